package compare

import (
	"testing"
	"time"

	"github.com/seed-5a006608/bench/loadgen/runfile"
)

// Stale reads and misses fail a gate as failures do: where the new side has surely more of them than the margin, and not where it has
// as many or fewer. Where nothing was judged nothing is passed.
func TestSharesAreHeldToTheirMargins(t *testing.T) {
	for _, tc := range []struct {
		what         string
		stale, hits  [2]uint64 // by arm, of 1,000 each
		unjudged     bool
		want         Outcome
		stales, miss Outcome
	}{
		{"alike", [2]uint64{5, 5}, [2]uint64{900, 900}, false, Pass, Pass, Pass},
		{"less stale, more hits", [2]uint64{50, 0}, [2]uint64{700, 900}, false, Pass, Pass, Pass},
		{"more stale", [2]uint64{0, 20}, [2]uint64{900, 900}, false, Regression, Regression, Pass},
		{"fewer hits", [2]uint64{5, 5}, [2]uint64{900, 800}, false, Regression, Pass, Regression},
		{"fewer hits within the margin", [2]uint64{5, 5}, [2]uint64{900, 880}, false, Pass, Pass, Pass},
		{"no version", [2]uint64{}, [2]uint64{900, 900}, true, Inconclusive, Inconclusive, Pass},
	} {
		run := func(arm int) *runfile.Run {
			r := answer(time.Millisecond)
			r.Overall.Cache = runfile.Cache{Hits: tc.hits[arm], Misses: 1000 - tc.hits[arm]}
			if !tc.unjudged {
				r.Overall.Consistency = &runfile.Consistency{Reads: 1000, Stale: tc.stale[arm]}
			}
			return r
		}
		o := gateOptions()
		o.Parts = []PartMargin{{StaleReads, 0.001}, {CacheMisses, 0.05}}
		trial, _ := play(t, o, func(s Step) *runfile.Run { return run(s.Arm) })
		var a, b []*runfile.Run
		for range MinRuns {
			a, b = append(a, run(0)), append(b, run(1))
		}
		for unit, r := range map[string]Result{"rounds": trial.Result(), "runs": Runs("old", "new", a, b, o)} {
			shares := r.Comparisons[0].Parts
			if r.Outcome() != tc.want || len(shares) != 2 || shares[0].Outcome != tc.stales || shares[1].Outcome != tc.miss {
				t.Errorf("%s, by %s: %s, %+v", tc.what, unit, r.Outcome(), shares)
			}
		}
	}
}
