package sweep

import (
	"strings"
	"testing"
	"time"

	"github.com/seed-5a006608/bench/loadgen/racetest"
	"github.com/seed-5a006608/bench/loadgen/runfile"
	"github.com/seed-5a006608/bench/report/compare"
)

// distOf is a distribution of one value, so often.
func distOf(digits int, v time.Duration, count int64) runfile.Dist {
	h := &runfile.Histogram{Digits: digits}
	h.RecordN(v, count)
	return runfile.DistOf(h, &runfile.Histogram{Digits: digits})
}

// mixed is a round of reads that hit and miss, and of writes.
func mixed(hit, miss, write time.Duration) *runfile.Run {
	endpoint := func(name string, class runfile.Class, v time.Duration, n int64) runfile.Endpoint {
		return runfile.Endpoint{Name: name, Class: class, Count: uint64(n), TargetTime: runfile.NewTargetTime(runfile.DetailDigits, distOf(runfile.DetailDigits, v, n), runfile.Dist{}, 0)}
	}
	const hits, misses, writes = 900, 50, 50
	return &runfile.Run{
		Verdict: runfile.Verdict{Kind: runfile.Valid},
		Plan: runfile.PlanRecord{Endpoints: []runfile.EndpointRecord{
			{Name: "read", Method: "GET", Weight: 0.95}, {Name: "write", Method: "PUT", Weight: 0.05},
		}},
		Requests: runfile.Requests{Due: hits + misses + writes, Succeeded: hits + misses + writes},
		Overall: runfile.Phase{
			Requests: runfile.Requests{Due: hits + misses + writes, Succeeded: hits + misses + writes}, DurationNS: time.Second,
			Cache:      runfile.Cache{Hits: hits, Misses: misses},
			TargetTime: runfile.NewTargetTime(runfile.TotalDigits, distOf(runfile.TotalDigits, hit, hits), runfile.Dist{}, 0),
		},
		Phases: []runfile.Phase{
			{Kind: "warmup", Endpoints: []runfile.Endpoint{endpoint("read", runfile.ClassMiss, time.Hour, 1000)}},
			{Kind: "hold", Endpoints: []runfile.Endpoint{
				endpoint("read", runfile.ClassHit, hit, hits), endpoint("read", runfile.ClassMiss, miss, misses), endpoint("write", runfile.ClassOK, write, writes),
			}},
		},
		Resources: runfile.Resources{Target: []runfile.ProcessSample{{RSS: 30 << 20}, {RSS: 20 << 20}}},
	}
}

// play drives a trial by rounds that run makes, and returns what was found.
func play(t *testing.T, o Options, run func(step compare.Step) *runfile.Run) *Sweep {
	t.Helper()
	trial, err := NewTrial(o)
	if err != nil {
		t.Fatal(err)
	}
	for {
		step, done := trial.Next()
		if done {
			break
		}
		trial.Add(run(step))
	}
	s := trial.Result(true)
	s.Options = []string{"size"}
	for i := range s.Cells {
		s.Cells[i].Values = []string{strings.TrimPrefix(s.Cells[i].Name, "size=")}
	}
	trial.Numeric(s)
	return s
}

// Reads and writes are told apart, and hits from misses; the discarded quad counts for nothing.
func TestReadsAndWritesAreApart(t *testing.T) {
	racetest.Skip(t)
	s := play(t, Options{Cells: []string{"a", "b"}, Quads: 6, Planned: 950}, func(step compare.Step) *runfile.Run {
		if step.Quad == 0 {
			return mixed(time.Second, time.Second, time.Second)
		}
		return mixed(time.Millisecond, 4*time.Millisecond, 9*time.Millisecond)
	})
	c := s.Cells[0]
	near := func(got, want time.Duration) bool { return got >= want && got < want+want/50 }
	if c.Reads.Count != 12*950 || !near(c.Reads.P50NS, time.Millisecond) || !near(c.Reads.P99NS, 4*time.Millisecond) {
		t.Errorf("reads %+v", c.Reads)
	}
	if c.Writes == nil || c.Writes.Count != 600 || !near(c.Writes.P95NS, 9*time.Millisecond) {
		t.Errorf("writes %+v", c.Writes)
	}
	if c.Hits == nil || !near(c.Hits.P99NS, time.Millisecond) || c.Misses == nil || !near(c.Misses.P50NS, 4*time.Millisecond) {
		t.Errorf("hits %+v, misses %+v", c.Hits, c.Misses)
	}
	if c.Cache == nil || *c.Cache != (Cache{12 * 900, 12 * 50}) || c.Memory != 30<<20 || c.Due != 12_000 {
		t.Errorf("%+v, memory %d, due %d", c.Cache, c.Memory, c.Due)
	}
	if s.Metric != "p99" || !s.Cells[0].Best || !s.Cells[1].Best {
		t.Errorf("tested %s; %+v", s.Metric, s.Pairs)
	}
}

// A cell that cannot carry the load is in no test, however fast its answers are.
func TestLimitedCellsAreNotRanked(t *testing.T) {
	racetest.Skip(t)
	s := play(t, Options{Cells: []string{"size=1", "size=2", "size=4"}, Quads: 6, Planned: 950}, func(step compare.Step) *runfile.Run {
		r := mixed(time.Millisecond, time.Duration(step.Arm+1)*10*time.Millisecond, time.Millisecond)
		if step.Arm == 0 {
			r.Verdict.Kind = runfile.TargetLimited
		}
		return r
	})
	if c := s.Cells[0]; !c.Unranked || c.Best || c.First != 0 || c.Limited != 12 {
		t.Errorf("%+v", c)
	}
	if !s.Cells[1].Best || s.Cells[2].Best || len(s.Pairs) != 2 || s.Pairs[0].Slower != "" || s.Pairs[1].Slower != "b" {
		t.Errorf("%+v", s.Pairs)
	}
	if got := Answer(s); !strings.Contains(got, "size=2 reads fastest") || !strings.Contains(got, "size=1 could not carry") {
		t.Error(got)
	}
}

// The number of quads is set anew by what the discarded one took, and never after that.
func TestQuadsArePlannedAnew(t *testing.T) {
	trial, err := NewTrial(Options{Cells: []string{"a", "b"}, Quads: 6, Planned: 950})
	if err != nil {
		t.Fatal(err)
	}
	for {
		step, done := trial.Next()
		if done {
			break
		}
		switch step.Quad {
		case 1:
			trial.Plan(8)
		case 3:
			trial.Plan(20)
		}
		trial.Add(mixed(time.Millisecond, 4*time.Millisecond, time.Millisecond))
	}
	if s := trial.Result(true); s.Quads != 8 || s.Planned != 8 || !s.Tested || s.Cells[0].Rounds != 16 {
		t.Errorf("%d of %d quads, tested %v, %d rounds", s.Quads, s.Planned, s.Tested, s.Cells[0].Rounds)
	}
}

// A spoiled round counts for nothing and is driven again.
func TestSpoiledRoundsAreRepeated(t *testing.T) {
	spoilt := false
	s := play(t, Options{Cells: []string{"a", "b"}, Quads: 6, Planned: 950}, func(step compare.Step) *runfile.Run {
		r := mixed(time.Millisecond, 4*time.Millisecond, time.Millisecond)
		if step.Quad == 2 && step.Round == 1 && !spoilt {
			spoilt = true
			r.Overall.Disturbed = r.Overall.Requests.Due
		}
		return r
	})
	if s.Quads != 6 || s.Again != 1 || s.Cells[0].Rounds != 12 || s.Cells[1].Rounds != 12 {
		t.Errorf("%d quads, %d again, %d and %d rounds", s.Quads, s.Again, s.Cells[0].Rounds, s.Cells[1].Rounds)
	}
}

// Cells are held to objectives, and the one that asks its database least is named of those that hold all.
func TestObjectivesNameTheLeastOriginLoad(t *testing.T) {
	racetest.Skip(t)
	objective, err := runfile.ParseThreshold("p99<5ms")
	if err != nil {
		t.Fatal(err)
	}
	s := play(t, Options{Cells: []string{"a", "b", "c"}, Quads: 6, Planned: 950, Objectives: []runfile.Threshold{objective}}, func(step compare.Step) *runfile.Run {
		v := []time.Duration{1, 2, 50}[step.Arm] * time.Millisecond
		r := mixed(v, v, v)
		d := distOf(runfile.TotalDigits, v, 1000)
		r.Overall.ResponseTime, r.Overall.TargetTime = d, runfile.NewTargetTime(runfile.TotalDigits, d, runfile.Dist{}, 0)
		return r
	})
	if s.Cells[0].Holds != compare.Pass || s.Cells[1].Holds != compare.Pass || s.Cells[2].Holds != compare.Missed {
		t.Fatalf("%s, %s, %s", s.Cells[0].Holds, s.Cells[1].Holds, s.Cells[2].Holds)
	}
	for i, load := range []float64{9, 4, 1} {
		s.Cells[i].Origin = &Origin{PerSecond: load}
	}
	if got := Answer(s); !strings.HasPrefix(got, "Of the 2 that hold p99<5ms, b asks its database least: 4/s. a reads fastest") {
		t.Error(got)
	}
}

// What a cell costs adds up over its rounds, and thresholds judge it so: they are missed by the cell that costs more.
func TestCostsOfCells(t *testing.T) {
	racetest.Skip(t)
	var objectives []runfile.Threshold
	for _, text := range []string{"stale<1%", "stale:p99<2s", "hits>90%", "origin<50/s", "lost<=0"} {
		objective, err := runfile.ParseThreshold(text)
		if err != nil {
			t.Fatal(err)
		}
		objectives = append(objectives, objective)
	}
	const quads = 6
	trial, err := NewTrial(Options{Cells: []string{"none", "ttl"}, Quads: quads, Planned: 950, Objectives: objectives})
	if err != nil {
		t.Fatal(err)
	}
	for {
		step, done := trial.Next()
		if done {
			break
		}
		r := mixed(time.Millisecond, 4*time.Millisecond, time.Millisecond)
		r.Overall.Consistency = &runfile.Consistency{Reads: 950, Writes: 50}
		r.Origin = &runfile.Origin{Source: runfile.OriginCounter, Counter: "q", LengthNS: time.Second, Statements: 1000, Reads: 950}
		if step.Arm == 1 {
			r.Overall.Consistency = &runfile.Consistency{Reads: 940, Stale: 9, StaleAge: distOf(runfile.TotalDigits, time.Second, 9), Foreign: 4, NotJudged: 6, Writes: 50}
			r.Origin.Statements = 40
		}
		trial.Add(r)
	}
	trial.Killed(0, &runfile.Lost{Keys: 30, Of: 30})
	trial.Killed(1, &runfile.Lost{Keys: 30, Of: 30, GoneBack: 2, Writes: 3, AgeMaxNS: time.Second, NotJudged: 1})
	s := trial.Result(true)
	none, ttl := s.Cells[0], s.Cells[1]
	if none.Stale == nil || none.Stale.Judged != 2*quads*950 || none.Stale.Stale != 0 || none.Origin == nil || none.Origin.PerSecond != 1000 || none.Origin.Saved != nil {
		t.Errorf("%+v, %+v", none.Stale, none.Origin)
	}
	if st := ttl.Stale; st == nil || st.Judged != 2*quads*940 || st.Stale != 2*quads*9 || st.Foreign != 2*quads*4 || st.NotJudged != 2*quads*6 ||
		st.AgeP99 < time.Second || st.AgeP99 > 1010*time.Millisecond || st.Between == nil || st.Between[0] > st.share() || st.Between[1] < st.share() {
		t.Errorf("%+v", st)
	}
	if o := ttl.Origin; o == nil || o.PerSecond != 40 || o.Saved == nil || *o.Saved != 0.96 {
		t.Errorf("%+v", o)
	}
	if l := ttl.Lost; l == nil || *l != (Lost{Writes: 3, Keys: 30, Oldest: time.Second, NotJudged: 1}) {
		t.Errorf("%+v", l)
	}
	want := [2][]compare.Outcome{
		{compare.Pass, compare.Pass, compare.Pass, compare.Missed, compare.Pass},
		{compare.Pass, compare.Pass, compare.Pass, compare.Pass, compare.Missed},
	}
	for i, c := range s.Cells {
		for j, o := range c.Objectives {
			if o.Outcome != want[i][j] {
				t.Errorf("%s: %s is %s, want %s", c.Name, o.Text, o.Outcome, want[i][j])
			}
		}
	}
}
