package report

import (
	"testing"
	"time"

	"github.com/seed-5a006608/bench/report/compare"
)

func TestPilotWords(t *testing.T) {
	scatter := []compare.Scatter{{Metric: "p95", Log: 0.1}}
	for _, tc := range []struct {
		tried compare.Tried
		want  string
	}{
		{compare.Tried{Share: 0.7, Rate: 50, Pairs: -4, Unmeasured: []string{"p95"}}, "rate 50/s, 70 % of what the slower one did as fast as it goes: the time that is left holds no pair of rounds"},
		{compare.Tried{Share: 0.7, Rate: 50, Pairs: 12, Holds: true, Scatter: scatter}, "rate 50/s, 70 % of what the slower one did as fast as it goes: in short rounds there pairs scatter by 11 % at P95"},
		{
			compare.Tried{Share: 0.7, Rate: 50, Pairs: 12, Scatter: scatter, Needed: 40, TakesNS: int64(60 * time.Second)},
			"rate 50/s, 70 % of what the slower one did as fast as it goes: in short rounds there pairs scatter by 11 % at P95; no share that was tried lets 12 pairs hold the margins in nine gates of ten, 40 would, in 1m20s",
		},
	} {
		if got := PilotWords(&compare.Found{Tried: []compare.Tried{tc.tried}}); got != tc.want {
			t.Errorf("got  %s\nwant %s", got, tc.want)
		}
	}
}
