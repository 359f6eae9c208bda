package capacity

import (
	"math"
	"math/rand/v2"
	"strings"
	"testing"
)

// responsesOf counts what a simulated queue took at each rate, for so many seconds.
func responsesOf(r *rand.Rand, workers int, service func() float64, length float64, rates ...float64) []Responses {
	var list []Responses
	for _, rate := range rates {
		s := Responses{Rate: rate}
		for _, v := range simulate(r, workers, rate, service, int(length*rate)) {
			s.add(seconds(v))
		}
		list = append(list, s)
	}
	return list
}

// From steps of 8 s up to 60 % of the capacity, saturation is told within 15 %.
func TestFitMMCPredictsSaturation(t *testing.T) {
	tries, off, missed := 20, 0, 0
	if testing.Short() {
		tries = 10
	}
	for i := range tries {
		r := rand.New(rand.NewPCG(uint64(i), 4))
		f, err := fitMMC(responsesOf(r, 4, func() float64 { return r.ExpFloat64() / 125 }, 8, 30, 60, 120, 180, 240, 300), Saturation{})
		if err != nil {
			t.Errorf("try %d: %v", i, err)
			continue
		}
		if math.Abs(f.MMC.Saturation()/500-1) > 0.15 {
			off++
			t.Logf("try %d: %v, saturation %+v", i, f.MMC, f.Saturation)
		}
		if f.Saturation.Low > 500 || f.Saturation.High < 500 {
			missed++
		}
	}
	if most := tries / 10; off > most || missed > most {
		t.Errorf("of %d predictions %d are further than 15 %% off, and %d intervals miss", tries, off, missed)
	}
}

func TestFitMMCRefuses(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 4))
	exponential := func() float64 { return r.ExpFloat64() / 125 }
	for _, tc := range []struct {
		name  string
		steps []Responses
		want  string
	}{
		{"one step", responsesOf(r, 4, exponential, 5, 100), "at 1 rates"},
		{"fixed service", responsesOf(r, 4, func() float64 { return 0.008 }, 5, 100, 200, 300), "not those of M/M/c"},
		{"nothing waits", responsesOf(r, 400, exponential, 5, 10, 20, 30), "loaded enough"},
	} {
		if f, err := fitMMC(tc.steps, Saturation{}); err == nil || !strings.Contains(err.Error(), tc.want) {
			t.Errorf("%s: %+v %v, want %q", tc.name, f.MMC, err, tc.want)
		}
	}
}
