package capacity

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/seed-5a006608/bench/loadgen/racetest"
)

func TestFitGrowth(t *testing.T) {
	var exact, seasonal Peaks
	season := []float64{0.9, 0.95, 1, 1.05, 1.1, 1, 0.95, 0.9, 1, 1.05, 1.1, 1}
	for i := range 36 {
		trend := 1000 * math.Pow(1.03, float64(i))
		exact, seasonal = append(exact, trend), append(seasonal, trend*season[i%12])
	}
	if g := fitGrowth(exact[:6]); !near(g.Monthly, 0.03) || g.Seasonal != nil || !near(g.Level, exact[5]) {
		t.Errorf("%+v, want 3 %% a month from %v", g, exact[5])
	}
	if g := fitGrowth(exact); g.Seasonal != nil {
		t.Errorf("a trend alone has seasons: %v", g.Seasonal)
	}
	g := fitGrowth(seasonal)
	if math.Abs(g.Monthly-0.03) > 1e-9 || g.Seasonal == nil {
		t.Fatalf("%+v, want 3 %% a month and seasons", g)
	}
	for m := 1; m <= 24; m++ {
		if got, want := g.At(seasonal[35], m).Rate, 1000*math.Pow(1.03, float64(35+m))*season[(35+m)%12]; math.Abs(got/want-1) > 1e-9 {
			t.Errorf("in %d months %v, want %v", m, got, want)
		}
	}
	// A demand of its own holds the season of the month that it is of.
	g.Level = 0
	if got, want := g.At(500, 12).Rate, 500*math.Pow(1.03, 12); math.Abs(got/want-1) > 1e-9 {
		t.Errorf("in a year %v, want %v", got, want)
	}
}

// Worked by hand with logs of 0, 1, 1, 2: slope 0.6, intercept 0.1, residuals −0.1, 0.3, −0.3, 0.1, s² = 0.2/2 = 0.1,
// Sxx = 5, and Student's t of 2 degrees of freedom 4.302653.
func TestGrowthOfFourMonthsByHand(t *testing.T) {
	g := fitGrowth(Peaks{1, math.E, math.E, math.E * math.E})
	s := math.Sqrt(0.1)
	if !near(g.Monthly, math.Expm1(0.6)) || !near(g.Scatter, s) || !near(g.Level, math.Exp(0.1+3*0.6)) {
		t.Errorf("%+v", g)
	}
	if want := math.Expm1(0.6 - 4.302653*s/math.Sqrt(5)); math.Abs(g.Low-want) > 1e-6 {
		t.Errorf("low %v, want %v", g.Low, want)
	}
	// Two months on: x = 5, e^(0.1 + 5·0.6), half-width t·s·√(1 + 1/4 + (5 − 1.5)²/5).
	r := g.At(math.E*math.E, 2)
	half := 4.302653 * s * math.Sqrt(1+0.25+3.5*3.5/5)
	if !near(r.Rate, math.Exp(3.1)) || math.Abs(math.Log(r.High/r.Rate)-half) > 1e-6 || math.Abs(math.Log(r.Rate/r.Low)-half) > 1e-6 {
		t.Errorf("%+v, want %v by e^±%v", r, math.Exp(3.1), half)
	}
	if r := g.At(7, 0); r != (Rate{7, 7, 7}) {
		t.Errorf("now is known, and is %+v", r)
	}
}

// What comes in the months after the last is held by 95 % intervals, with and without seasons, and noise is no season.
func TestPredictionIntervalsHold(t *testing.T) {
	racetest.Skip(t)
	r := rand.New(rand.NewPCG(5, 5))
	const tries = 1000
	for _, tc := range []struct {
		months int
		season float64
	}{{6, 0}, {24, 0}, {36, 0}, {30, 0.2}} {
		held, seasonal := 0, 0
		for range tries {
			draw := func(i int) float64 {
				return 1000 * math.Exp(0.02*float64(i)+tc.season*math.Sin(float64(i)*math.Pi/6)+0.05*r.NormFloat64())
			}
			var peaks Peaks
			for i := range tc.months {
				peaks = append(peaks, draw(i))
			}
			g := fitGrowth(peaks)
			if g.Seasonal != nil {
				seasonal++
			}
			m := 1 + r.IntN(12)
			if p, next := g.At(peaks[tc.months-1], m), draw(tc.months-1+m); p.Low <= next && next <= p.High {
				held++
			}
		}
		if held < tries*93/100 || held > tries*97/100 {
			t.Errorf("%d months, seasons of %v: %d of %d held, want 95 %%", tc.months, tc.season, held, tries)
		}
		if tc.season == 0 && seasonal > tries*3/100 || tc.season > 0 && seasonal < tries*99/100 {
			t.Errorf("%d months, seasons of %v: %d of %d have seasons", tc.months, tc.season, seasonal, tries)
		}
	}
}

func TestADemandThatShrinksLasts(t *testing.T) {
	c := planned(t, Inputs{Demand: 5000, Growth: Growth{Monthly: -0.02, Low: -0.02, High: -0.02}, Horizon: 12})
	if c.Plan.RunsOut.Month != -1 || c.Plan.Months[12].Instances > c.Plan.Months[0].Instances {
		t.Errorf("%+v", c.Plan.RunsOut)
	}
}
