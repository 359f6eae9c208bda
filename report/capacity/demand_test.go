package capacity

import (
	"math"
	"math/rand/v2"
	"testing"

	"pgregory.net/rapid"

	"github.com/seed-5a006608/bench/loadgen/racetest"
)

func TestFitDemand(t *testing.T) {
	d, err := fitDemand("processor", 2, nil, []Use{{100, 0.06, 1, 0}, {200, 0.11, 1, 0}, {400, 0.21, 1, 0}}) // 0.5 ms each and 0.01 idle
	if err != nil || math.Abs(d.Seconds.Value-0.0005) > 1e-12 || math.Abs(d.Idle-0.01) > 1e-9 || math.Abs(d.Saturation.Rate-3980) > 1e-6 {
		t.Errorf("got %+v, %v; want 0.5 ms, 0.01 idle, full at (2 − 0.01)/0.0005 = 3980/s", d, err)
	}
	for _, uses := range [][]Use{nil, {{100, 0.1, 1, 0}, {200, 0.2, 1, 0}}, {{100, 0, 1, 0}, {0, 1, 1, 0}, {200, 0.2, 1, 0}}, {{100, 5, 1, 0}, {200, 5, 1, 0}, {400, 5, 1, 0}}} {
		if d, err := fitDemand("processor", 2, nil, uses); err == nil {
			t.Errorf("%v told %+v", uses, d)
		}
	}
}

// 0.5 ms each, up to 0.3 ms more for those that find one of two processors idle, and 0.01 idle.
func TestFitDemandOfAProcessorThatMustBeWoken(t *testing.T) {
	idle := 0.01
	for _, sleep := range sleepTimes {
		law := waking{demand: 0.0005, wake: 0.0003, sleep: sleep}
		var uses []Use
		for _, rate := range []float64{200, 400, 800, 1600, 2400} {
			uses = append(uses, Use{rate, law.busyAt(Use{Rate: rate}, 2, idle), 1, 0})
		}
		d, err := fitDemand("processor", 2, &idle, uses)
		if err != nil || math.Abs(d.Saturation.Rate/3980-1) > 0.02 || d.Saturation.Low > 3980 || d.Saturation.High < 3980 || d.Idle != idle ||
			d.Sleep != sleep || math.Abs(d.Wake/0.0003-1) > 0.01 || d.R2 < 1-1e-6 {
			t.Errorf("sleep %v: got %+v, %v; want full at (2 − 0.01)/0.0005 = 3980/s, 0.3 ms more", sleep, d, err)
		}
		// What the law is for: a straight line through the same foretells too little, unless waking costs the more the longer.
		if line, err := fitDemand("processor", 2, nil, uses); sleep < 5e-3 && (err != nil || line.Saturation.Rate > 0.97*3980 || line.Idle < 2*idle) {
			t.Errorf("sleep %v: the straight line: %+v, %v", sleep, line, err)
		}
	}
	// A cost that falls so fast that none would be left is no such law: the line stands.
	if d, err := fitDemand("processor", 1, &idle, []Use{{100, 0.30, 1, 0}, {200, 0.31, 1, 0}, {300, 0.32, 1, 0}, {400, 0.33, 1, 0}}); err != nil || d.Wake != 0 || d.Idle < 0.2 {
		t.Errorf("%+v, %v, want the straight line", d, err)
	}
}

func TestDemandIntervalHoldsTheTruth(t *testing.T) {
	racetest.Skip(t)
	idle, fits := 0.005, 1000
	if testing.Short() {
		fits = 60
	}
	for _, tc := range []struct {
		wake, sleep float64
		idle        *float64
	}{{0, 0, nil}, {0, 0, &idle}, {0.001, 0, &idle}, {0.001, 300e-6, &idle}, {0.001, 3e-3, &idle}} {
		r := rand.New(rand.NewPCG(11, 0))
		held := 0
		law := waking{demand: 0.002, wake: tc.wake, sleep: tc.sleep}
		for range fits {
			var uses []Use
			for _, rate := range []float64{20, 40, 80, 160, 280} {
				uses = append(uses, Use{rate, law.busyAt(Use{Rate: rate}, 1, idle) * (1 + 0.03*r.NormFloat64()), 1, 0})
			}
			d, err := fitDemand("processor", 1, tc.idle, uses)
			if err == nil && d.Seconds.Low <= 0.002 && 0.002 <= d.Seconds.High {
				held++
			}
		}
		if least := fits * 93 / 100; held < least {
			t.Errorf("waking %v after %v: the interval holds the demand %d times of %d, want %d", tc.wake, tc.sleep, held, fits, least)
		}
	}
}

func TestBottleneckIsFullFirst(t *testing.T) {
	demands := []Demand{
		{Resource: Processor, Servers: 4, Seconds: Estimate{Value: 0.008}, Saturation: Rate{Rate: 500}},
		{Resource: "db", Servers: 1, Seconds: Estimate{Value: 0.004}, Saturation: Rate{Rate: 250}},
		{Resource: "render", Seconds: Estimate{Value: 1}}, // of how many is not known
	}
	if got := Bottleneck(demands); got != 1 {
		t.Errorf("the bottleneck is %d, want the database: 4 ms of one against 8 ms of four", got)
	}
	if Bottleneck(nil) != -1 || Bottleneck(demands[2:]) != -1 {
		t.Error("nothing that has an end is no bottleneck")
	}
	if d, err := fitDemand("render", 0, nil, []Use{{100, 0.06, 1, 0}, {200, 0.11, 1, 0}, {400, 0.21, 1, 0}}); err != nil || d.Saturation != (Rate{}) || math.Abs(d.Seconds.Value-0.0005) > 1e-12 {
		t.Errorf("%+v %v, want 0.5 ms and no saturation", d, err)
	}
}

func TestKnee(t *testing.T) {
	// y = 1/(1 − x) on 0 … 0.9: the chord's slope is 10 where 1/(1−x)² = 10, at x = 0.684.
	var curve []Point
	for x := 0.0; x <= 0.9001; x += 0.01 {
		curve = append(curve, Point{x, 1 / (1 - x)})
	}
	if k, ok := Knee(curve); !ok || math.Abs(k.X-(1-math.Sqrt(0.1))) > 0.01 {
		t.Errorf("knee at %v, %v, want 0.684", k, ok)
	}
	for name, flat := range map[string][]Point{
		"a line":  {{1, 1}, {2, 2}, {3, 3}, {4, 4}, {5, 5}},
		"flat":    {{1, 1}, {2, 1}, {3, 1}, {4, 1}},
		"falling": {{1, 4}, {2, 3}, {3, 2}, {4, 1}},
		"short":   {{1, 1}, {2, 1}, {3, 9}},
		"one x":   {{1, 1}, {1, 2}, {1, 3}, {1, 4}},
	} {
		if k, ok := Knee(flat); ok {
			t.Errorf("%s has a knee at %v", name, k)
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		points := rapid.SliceOf(rapid.Custom(func(t *rapid.T) Point {
			return Point{rapid.Float64().Draw(t, "x"), rapid.Float64().Draw(t, "y")}
		})).Draw(t, "points")
		Knee(points) // must not panic
	})
}
