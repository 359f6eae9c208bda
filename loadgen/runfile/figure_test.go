package runfile

import (
	"testing"
	"time"
)

// The figures of a summary are known without its histogram, and say what is only a lower bound.
func TestFigures(t *testing.T) {
	d := NewDist(3, []time.Duration{10 * time.Millisecond, 12 * time.Millisecond}, []time.Duration{5 * time.Second})
	for _, packed := range []bool{false, true} {
		if packed {
			d.Pack()
		}
		for _, tc := range []struct {
			f    Figure
			want string
		}{{d.Quantile(0.50), "12 ms"}, {d.Quantile(0.99), "≥ 5.0 s"}, {d.Quantile(1), "≥ 5.0 s"}, {d.Mean(), "≥ 1.6 s"}, {d.Min(), "10 ms"}} {
			if got := tc.f.String(); got != tc.want {
				t.Errorf("%s, want %s", got, tc.want)
			}
		}
	}
	if got := d.Quantile(0.25); !got.Missing {
		t.Errorf("a quantile that no summary has is %v without the histogram", got)
	}
	for _, f := range []Figure{new(Dist).Quantile(0.99), new(Dist).Mean()} {
		if f.String() != "–" {
			t.Errorf("a figure of nothing is %s", f)
		}
	}
}
