package report

import (
	"strings"
	"testing"
	"time"

	"github.com/seed-5a006608/bench/loadgen/runfile"
)

func withConsistency(r *runfile.Run, c *runfile.Consistency) *runfile.Run {
	other := *r
	other.Overall.Consistency = c
	return &other
}

// What versions tell is a sentence and a table, in a terminal and in Markdown; where somebody else writes it is said.
func TestConsistencyIsShown(t *testing.T) {
	ages := runfile.NewDist(3, []time.Duration{10 * time.Millisecond, 900 * time.Millisecond}, []time.Duration{2 * time.Second})
	stale := &runfile.Consistency{Reads: 2000, Stale: 3, OwnStale: 1, StaleAge: ages, NotJudged: 4, Writes: 100, Unknown: 5}
	for _, tc := range []struct {
		c     *runfile.Consistency
		words []string
	}{
		{stale, []string{"3 of 2,000 reads (0.2 %): a newer write of the key was acknowledged before the read was sent; 1 of them did not see the same user's own write", "900 ms", "≥ 2.0 s"}},
		{&runfile.Consistency{Reads: 2000, Writes: 1}, []string{"none of 2,000 reads was stale, by the versions of 1 write"}},
		{&runfile.Consistency{Reads: 2000, Foreign: 50}, []string{"somebody else writes here: 50 reads returned a version that bench did not write"}},
		{&runfile.Consistency{NotJudged: 7}, []string{"no read could be judged: 7 reads had no key or no version"}},
	} {
		text := strings.Join(strings.Fields(render(t, Options{}, withConsistency(cachedRun(), tc.c))), " ")
		for _, want := range tc.words {
			if !strings.Contains(text, want) {
				t.Errorf("no %q in\n%s", want, text)
			}
		}
	}
	if text := render(t, Options{}, withConsistency(cachedRun(), &runfile.Consistency{Reads: 2000, Foreign: 20})); strings.Contains(text, "somebody else") {
		t.Error("1 % of foreign reads is said to be somebody else's doing")
	}
	if text := written(t, markdownOfRuns, withConsistency(cachedRun(), stale), uncachedRun()); !strings.Contains(text, "cached: 3 of 2,000 reads") {
		t.Errorf("the Markdown of two runs has no sentence:\n%s", text)
	}
	if text := render(t, Options{}, cachedRun()); strings.Contains(text, "stale") {
		t.Error("a run without versions speaks of stale reads")
	}
}
