package runfile

import (
	"strings"
	"testing"
	"time"
)

func TestThresholdsOfCost(t *testing.T) {
	run := func(c Cache, o *Origin) *Run {
		return &Run{Verdict: Verdict{Kind: Valid}, Origin: o, Overall: Phase{
			DurationNS: 10 * time.Second, Requests: Requests{Due: 100, Sent: 100, Succeeded: 100}, Cache: c, TargetTime: &TargetTime{},
		}}
	}
	lost := func(l Lost) *Run {
		r := run(Cache{}, nil)
		r.Overall.Consistency = &Consistency{Lost: &l}
		return r
	}
	counted := func(n uint64) *Origin {
		return &Origin{Source: OriginCounter, LengthNS: 10 * time.Second, Statements: n}
	}
	timings := func(n uint64) *Origin {
		return &Origin{Source: OriginTimings, LengthNS: 10 * time.Second, Statements: n}
	}
	for _, c := range []struct {
		text              string
		run               *Run
		passed, undecided bool
		sentence          string
	}{
		{"hits>90%", run(Cache{95, 5}, nil), true, false, "hits is 95.0 % (95 of 100 lookups), above 90 %"},
		{"hits>90%", run(Cache{90, 10}, nil), false, false, "hits is 90.0 % (90 of 100 lookups), not above 90 %"},
		{"hits>0.9", run(Cache{9, 0}, nil), true, false, "it rests on 9 samples"},
		{"hits>90%", run(Cache{}, nil), false, false, "no answer says whether it came from a cache"},
		{"origin<50/s", run(Cache{}, counted(499)), true, false, "origin is 49.9/s, below 50.0/s"},
		{"origin<50/s", run(Cache{}, counted(0)), true, false, "origin is 0.00/s, below 50.0/s"},
		{"origin<50/s", run(Cache{}, counted(500)), false, false, "origin is 50/s, not below 50/s"},
		{"origin<50/s", run(Cache{}, nil), false, false, "neither a counter of its statements nor Server-Timing tells it"},
		{"origin<50/s", run(Cache{}, &Origin{Source: OriginCounter, Problem: "GET / answered status 500"}), false, false, "not measured: GET / answered status 500"},
		{"origin<50/s", run(Cache{}, timings(400)), false, true, "at least 40.0/s by Server-Timing, which leaves out what is asked in the background"},
		{"origin<50/s", run(Cache{}, timings(500)), false, false, "not below 50/s"},
		{"origin>50/s", run(Cache{}, timings(600)), true, false, "origin is 60.0/s, above 50.0/s"},
		{"origin>50/s", run(Cache{}, timings(400)), false, true, "cannot be judged"},
		{"lost<=0", run(Cache{}, nil), false, false, "no key was read back at the origin"},
		{"lost<=0", lost(Lost{Keys: 40, Of: 50}), true, false, "lost is 0 (0 of 40 keys have gone back), at most 0"},
		{"lost<=0", lost(Lost{Keys: 40, Of: 40, NotJudged: 9, Again: 1, GoneBack: 2, Writes: 3}), false, false, "lost is 3 (2 of 30 keys have gone back), not at most 0"},
		{"lost<10", lost(Lost{Keys: 40, Of: 40, GoneBack: 2, Writes: 3}), true, false, "below 10"},
		{"lost<=0", lost(Lost{Keys: 9, Of: 9, NotJudged: 9}), false, false, "of none of 9 keys it can be told"},
		{"lost<=0", lost(Lost{}), true, false, "0 of 0 keys"},
	} {
		th, err := ParseThreshold(c.text)
		if err != nil {
			t.Fatal(err)
		}
		got := th.Judge(c.run)
		if got.Passed != c.passed || got.Undecided != c.undecided || !strings.Contains(got.Sentence, c.sentence) {
			t.Errorf("%s of %+v, %+v: %+v\nwant passed %v, undecided %v, %q", c.text, c.run.Overall.Cache, c.run.Origin, got, c.passed, c.undecided, c.sentence)
		}
	}
	for text, want := range map[string]string{
		"hits>95":           "for a percentage write 95%",
		"hits<0":            "write hits<=0",
		"service:hits>90%":  `leave out "service:"`,
		"origin<50ms":       "must be a number of requests",
		"lost<0":            "write lost<=0",
		"lost<1%":           "a number of writes such as 0",
		"lost@peak<=0":      "over the whole run",
		"origin@peak<5/s":   "over the whole run",
		"origin{GET /}<5/s": "over the whole run",
	} {
		if _, err := ParseThreshold(text); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", text, err, want)
		}
	}
}

func TestLostIsNoCondition(t *testing.T) {
	if _, err := ParseCondition("lost>0"); err == nil || !strings.Contains(err.Error(), "known after a run") {
		t.Error(err)
	}
}

func TestOriginAddsUp(t *testing.T) {
	a := &Origin{Source: OriginCounter, LengthNS: time.Second, Statements: 10, Reads: 100, Work: &OriginWork{Loads: 7, Flushes: 3}}
	none := &Origin{Source: OriginCounter, LengthNS: time.Second, Statements: 105, Reads: 100}
	if sum := a.Plus(a); sum.Rate() != 10 || sum.Statements != 20 || sum.Work.Flushes != 6 || sum.Reads != 200 {
		t.Errorf("%+v, %+v", sum, sum.Work)
	}
	if share, ok := SavedShare(a, none); !ok || !near(share, 1-0.1/1.05) {
		t.Errorf("saved %v, %v", share, ok)
	}
	broken := &Origin{Source: OriginCounter, Problem: "gone"}
	for _, sum := range []*Origin{a.Plus(broken), broken.Plus(a)} {
		if _, ok := SavedShare(sum, none); ok || sum.Problem != "gone" {
			t.Errorf("%+v", sum)
		}
	}
	if a.Plus(nil) != nil {
		t.Error("the sum with a run in which it was not measured")
	}
	share := func(i uint64) *Run { return &Run{Share: &Share{i, 2}, Origin: a} }
	if sum := mergeOrigin(share(0), share(1)); sum.Statements != 10 || sum.LengthNS != time.Second || sum.Reads != 200 {
		t.Errorf("two machines that read one counter: %+v", sum)
	}
	timings := &Run{Phases: []Phase{{Kind: "hold", Endpoints: []Endpoint{{Name: "r", Class: ClassHit, Count: 8}, {Name: "w", Class: ClassOK, Count: 2}, {Name: "r", Class: ClassFailed, Count: 1}}}}}
	timings.Plan.Endpoints = []EndpointRecord{{Name: "r", Method: "GET"}, {Name: "w", Method: "PUT"}}
	timings.Overall.DurationNS, timings.Overall.ServerTiming = time.Second, []ServerTiming{{Name: "db", Count: 4}}
	if timings.TellOrigin(nil); *timings.Origin != (Origin{Source: OriginTimings, LengthNS: time.Second, Statements: 4, Reads: 8}) {
		t.Errorf("%+v", timings.Origin)
	}
}
