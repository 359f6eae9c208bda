package capacity

import (
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/seed-5a006608/bench/loadgen/racetest"
)

func TestUSLReproducesPublishedCoefficients(t *testing.T) {
	for _, tc := range []struct {
		name                 string
		points               []Load
		lambda, sigma, kappa float64
	}{
		{
			// SPEC SDM91 on a Sun SPARCcenter 2000, with the coefficients that the R package usl prints in its test
			// "usl-nlxb" of version 3: alpha 0.0277285, beta 0.0001044, gamma 89.9952330.
			"specsdm91",
			[]Load{{1, 64.9}, {18, 995.9}, {36, 1652.4}, {72, 1853.2}, {108, 1828.9}, {144, 1775.0}, {216, 1702.2}},
			89.9952330, 0.0277285, 0.0001044,
		},
		{
			// The benchmark of MySQL on a Cisco server in Schwartz, Practical Scalability Analysis with the Universal
			// Scalability Law, 2015: λ 995.6486, σ 0.02671591, κ 0.0007690945.
			"cisco",
			[]Load{
				{1, 955.16}, {2, 1878.91}, {3, 2688.01}, {4, 3548.68}, {5, 4315.54}, {6, 5130.43}, {7, 5931.37}, {8, 6531.08},
				{9, 7219.8}, {10, 7867.61}, {11, 8278.71}, {12, 8646.7}, {13, 9047.84}, {14, 9426.55}, {15, 9645.37},
				{16, 9897.24}, {17, 10097.6}, {18, 10240.5}, {19, 10532.39}, {20, 10798.52}, {21, 11151.43}, {22, 11518.63},
				{23, 11806}, {24, 12089.37}, {25, 12075.41}, {26, 12177.29}, {27, 12211.41}, {28, 12158.93}, {29, 12155.27},
				{30, 12118.04}, {31, 12140.4}, {32, 12074.39},
			},
			995.6486, 0.02671591, 0.0007690945,
		},
		{
			// The ray tracer of Gunther, Guerrilla Capacity Planning, 2007, table 5.1; version 3 of usl holds beta at 0 and
			// finds gamma 21.848843, alpha 0.057771.
			"raytracer",
			[]Load{{1, 20}, {4, 78}, {8, 130}, {12, 170}, {16, 190}, {20, 200}, {24, 210}, {28, 230}, {32, 260}, {48, 280}, {64, 310}},
			21.848843, 0.057771, 0,
		},
	} {
		u := FitUSL(tc.points, nil, 1)
		if u.Refused != "" {
			t.Errorf("%s: refused: %s", tc.name, u.Refused)
			continue
		}
		for _, c := range []struct {
			name      string
			got, want float64
		}{{"λ", u.Lambda.Value, tc.lambda}, {"σ", u.Sigma.Value, tc.sigma}, {"κ", u.Kappa.Value, tc.kappa}} {
			if math.Abs(c.got-c.want) > 0.02*c.want+1e-9 {
				t.Errorf("%s: %s is %.7g, published %.7g", tc.name, c.name, c.got, c.want)
			}
		}
	}
}

func TestUSLIntervalsHoldTheTruth(t *testing.T) {
	racetest.Skip(t)
	fits := 500
	if testing.Short() {
		fits = 40
	}
	r := rand.New(rand.NewPCG(3, 0))
	truth := law{1, 1, 0.05, 0.002}
	truth.scale = 1000
	var sigma, kappa int
	for i := range fits {
		var points []Load
		for n := 1.0; n <= 64; n *= 2 {
			points = append(points, Load{n, truth.at(n) * (1 + 0.03*r.NormFloat64())})
		}
		u := FitUSL(points, nil, uint64(i))
		if u.Sigma.Low <= 0.05 && 0.05 <= u.Sigma.High {
			sigma++
		}
		if u.Kappa.Low <= 0.002 && 0.002 <= u.Kappa.High {
			kappa++
		}
	}
	if least := fits * 93 / 100; sigma < least || kappa < least {
		t.Errorf("of %d fits the intervals hold σ %d times and κ %d times, want %d", fits, sigma, kappa, least)
	}
}

func TestUSLRecognisesTheExtremes(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 0))
	for _, tc := range []struct {
		name      string
		x         func(n float64) float64
		low, high float64 // of σ
		says      string
	}{
		{"serial", func(n float64) float64 { return 125 }, 0.9, 1.1, "serial"},
		{"parallel", func(n float64) float64 { return 50 * n }, 0, 0.02, "in proportion"},
	} {
		for _, noise := range []float64{0, 0.01, 0.03} {
			var points []Load
			for n := 1.0; n <= 64; n *= 2 {
				points = append(points, Load{n, tc.x(n) * (1 + noise*r.NormFloat64())})
			}
			u := FitUSL(points, nil, 1)
			if u.Refused != "" || u.Sigma.Value < tc.low || u.Sigma.Value > tc.high || !strings.Contains(u.Says, tc.says) {
				t.Errorf("%s, noise %v: σ %+v κ %+v, %q %q", tc.name, noise, u.Sigma, u.Kappa, u.Says, u.Refused)
			}
		}
	}
}

func TestUSLRefuses(t *testing.T) {
	for _, tc := range []struct {
		points []Load
		want   string
	}{
		{nil, "there are 0"},
		{[]Load{{1, 10}, {2, 20}, {2, 21}, {4, 30}}, "there are 3"},
		{[]Load{{10, 10}, {11, 20}, {12, 21}, {13, 30}}, "too close together"},
		{[]Load{{1, 10}, {2, 0}, {4, 21}, {8, 30}}, "the law cannot be fitted"},
		{[]Load{{1, 10}, {2, math.NaN()}, {4, 21}, {8, 30}}, "the law cannot be fitted"},
		{[]Load{{1, 100}, {2, 20}, {4, 300}, {8, 10}, {16, 500}, {32, 40}}, "off any curve"},
	} {
		if u := FitUSL(tc.points, nil, 1); !strings.Contains(u.Refused, tc.want) {
			t.Errorf("%v: refused %q, want %q", tc.points, u.Refused, tc.want)
		}
	}
}

// Where the bend is sharper than any of the law, and where noise hides which cost is the greater, the law says so instead of
// concluding.
func TestUSLSaysWhereItDoesNotTell(t *testing.T) {
	for _, tc := range []struct {
		name   string
		points []Load
		want   string
		sharp  float64
	}{
		{"four workers", []Load{{1, 125}, {2, 250}, {4, 480}, {8, 500}, {16, 500}, {32, 500}, {64, 500}}, "fixed number of workers", 4},
		{"four workers, softly", []Load{{1, 125}, {2, 240}, {4, 420}, {8, 490}, {16, 500}, {32, 500}, {64, 500}}, "the law fits poorly", 4},
		{"noise", []Load{{1, 60}, {2, 90}, {4, 75}, {8, 88}, {16, 70}, {32, 55}, {64, 62}}, "do not tell whether contention", 0},
		{"contention", []Load{{1, 100}, {2, 182}, {4, 308}, {8, 471}, {16, 640}, {32, 780}, {64, 877}}, "contention", 0}, // σ 0.1
	} {
		u := FitUSL(tc.points, nil, 1)
		if !strings.Contains(u.Refused+u.Says, tc.want) {
			t.Errorf("%s: %q %q, want %q", tc.name, u.Says, u.Refused, tc.want)
		}
		if (u.Sharp != nil) != (tc.sharp > 0) || u.Sharp != nil && math.Abs(u.Sharp.Users-tc.sharp) > 0.3 {
			t.Errorf("%s: sharp %+v, want a bend at %v users", tc.name, u.Sharp, tc.sharp)
		}
		if tc.name == "contention" && strings.Contains(u.Says, "do not tell") {
			t.Errorf("contention of a tenth is not told: %q", u.Says)
		}
	}
}
