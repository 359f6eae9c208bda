package runfile

import (
	"strings"
	"testing"
	"time"
)

// readStale is a run of so many requests that succeeded, of which versions tell what is given.
func readStale(due uint64, c *Consistency) *Run {
	r := &Run{Verdict: Verdict{Kind: Valid}}
	r.Overall.Requests = Requests{Planned: due, Due: due, Sent: due, Succeeded: due}
	r.Overall.Consistency = c
	return r
}

func staleAges(ages ...time.Duration) Dist { return NewDist(TotalDigits, ages, nil) }

func TestStaleThresholds(t *testing.T) {
	ms := time.Millisecond
	three := &Consistency{Reads: 1000, Stale: 3, StaleAge: staleAges(10*ms, 20*ms, 30*ms)}
	forgotten := &Consistency{Reads: 1000, Stale: 2, StaleAge: NewDist(TotalDigits, []time.Duration{10 * ms}, []time.Duration{20 * ms})}
	for _, tc := range []struct {
		text   string
		c      *Consistency
		passes bool
		want   string
	}{
		{"stale<0.5%", three, true, "stale is 0.30 % (3 of 1,000 reads), below 0.5 %"},
		{"stale<=0.3%", three, true, "stale is 0.30 % (3 of 1,000 reads), at most 0.3 %"},
		{"stale<0.1%", three, false, "stale is 0.30 % (3 of 1,000 reads), not below 0.1 %"},
		{"stale<=0", &Consistency{Reads: 1000}, true, "stale is 0.00 % (0 of 1,000 reads), at most 0 %"},
		{"stale<0.1%", nil, false, "the run tells no versions"},
		{"stale<0.1%", &Consistency{Foreign: 900}, false, "no read could be judged: somebody else wrote what 900 reads returned"},
		{"stale<0.1%", &Consistency{NotJudged: 900}, false, "no read could be judged: 900 reads had no key or no version"},
		{"stale:p99<2s", &Consistency{Reads: 1000}, true, "none of 1,000 reads was stale, so their age is below 2.00 s"},
		{"stale:max<25ms", three, false, "stale:max is 30.0 ms, not below 25.0 ms; it rests on 3 samples"},
		{"stale:mean<25ms", three, true, "stale:mean is 20.0 ms, below 25.0 ms"},
		{"stale:max<1s", forgotten, false, "stale:max is at least 20.0 ms, as 1 read had a version that was forgotten by then: it is not below 1.00 s; it rests on 2 samples"},
	} {
		threshold, err := ParseThreshold(tc.text)
		if err != nil {
			t.Error(err)
			continue
		}
		got := threshold.Judge(readStale(2000, tc.c))
		if got.Passed != tc.passes || got.Undecided || !strings.Contains(got.Sentence, tc.want) {
			t.Errorf("%s: passed %v, %q, want %v, %q", tc.text, got.Passed, got.Sentence, tc.passes, tc.want)
		}
	}
	for text, want := range map[string]string{
		"stale<2":         "for a percentage write 2%",
		"stale<0":         "write stale<=0 for none at all",
		"stale:p99{x}<2s": "stale reads are counted by phase",
		"stale{x}<2%":     "stale reads are counted by phase",
		"wait:stale<2%":   "stale is not taken of a duration",
		"staleness<1%":    "there is no metric",
		"stale:errors<1%": "errors is not taken of a duration",
		"stale:p99<0.1%":  "its limit must be a duration",
	} {
		if _, err := ParseThreshold(text); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", text, err, want)
		}
	}
}

func TestConsistencyAddsUp(t *testing.T) {
	a := &Consistency{Reads: 10, Stale: 2, OwnStale: 1, StaleAge: staleAges(1, 2), Foreign: 1, NotJudged: 2, Writes: 3, Unknown: 4}
	b := &Consistency{Reads: 20, Stale: 1, StaleAge: staleAges(time.Second), Lost: &Lost{Keys: 3, Of: 5, GoneBack: 1, Writes: 2, AgeMaxNS: 9}}
	sum, err := a.merge(b)
	if err != nil {
		t.Fatal(err)
	}
	if sum.Reads != 30 || sum.Stale != 3 || sum.StaleAge.Count != 3 || sum.StaleAge.MaxNS < time.Second || sum.Unknown != 4 || *sum.Lost != *b.Lost {
		t.Errorf("%+v", sum)
	}
	if alone, err := a.merge(nil); err != nil || alone != a {
		t.Errorf("%+v, %v", alone, err)
	}
}

func TestConsistencyIsChecked(t *testing.T) {
	good := Consistency{Reads: 10, Stale: 2, OwnStale: 1, StaleAge: staleAges(1, 2), Foreign: 1, Writes: 3, Lost: &Lost{Keys: 3, Of: 5, GoneBack: 1, Writes: 2}}
	if err := good.check(14); err != nil {
		t.Error(err)
	}
	for what, change := range map[string]func(*Consistency){
		"more stale than read":  func(c *Consistency) { c.Reads = 1 },
		"more own than stale":   func(c *Consistency) { c.OwnStale = 3 },
		"ages of others":        func(c *Consistency) { c.StaleAge = staleAges(1) },
		"more than requests":    func(c *Consistency) { c.Unknown = 1 },
		"a sum that overflows":  func(c *Consistency) { c.Writes = 1<<64 - 10 },
		"more keys than were":   func(c *Consistency) { c.Lost = &Lost{Keys: 6, Of: 5} },
		"gone without a write":  func(c *Consistency) { c.Lost = &Lost{Keys: 5, Of: 5, GoneBack: 1} },
		"no histogram of its":   func(c *Consistency) { c.StaleAge.HDR = "x" },
		"lost before it was":    func(c *Consistency) { c.Lost = &Lost{AgeMaxNS: -1} },
		"gone back of too many": func(c *Consistency) { c.Lost = &Lost{Keys: 1, Of: 5, GoneBack: 2, Writes: 2} },
	} {
		c := good
		change(&c)
		if err := c.check(14); err == nil {
			t.Errorf("%s: no error", what)
		}
	}
}
