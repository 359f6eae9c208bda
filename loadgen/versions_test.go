package loadgen

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/seed-5a006608/bench/loadgen/exchange"
	"github.com/seed-5a006608/bench/loadgen/request"
	"github.com/seed-5a006608/bench/loadgen/runfile"
	"github.com/seed-5a006608/bench/profiles"
)

// versionsPlan writes with even numbers and reads with odd ones, all of one key.
func versionsPlan(t testing.TB) Plan {
	t.Helper()
	key, err := request.ParseRequestExtract("path~^/items/([0-9]+)")
	if err != nil {
		t.Fatal(err)
	}
	version, err := request.ParseAnswerExtract("header:X-Version")
	if err != nil {
		t.Fatal(err)
	}
	const url = "http://127.0.0.1:1/items/7"
	return Plan{
		Profile: profiles.Profile{Name: "versions", Phases: []profiles.Phase{
			{Name: "first", Kind: profiles.Warmup, Duration: time.Second, From: 100, To: 100}, {Name: "hold", Kind: profiles.Hold, Duration: 9 * time.Second, From: 100, To: 100},
		}},
		Requests: []request.Request{
			{Name: "write", Method: "PUT", URL: url, Body: "{{version}}", Consistency: &request.Consistency{Write: true, Key: key}},
			{Name: "read", URL: url, Consistency: &request.Consistency{Key: key, Version: version}},
		},
		Order: runfile.Sequential,
	}
}

// twoLoops is a run of the plan by two loops, begun.
func twoLoops(t *testing.T, p Plan) (*recording, []*sink) {
	t.Helper()
	r, err := newRecording(p)
	if err != nil {
		t.Fatal(err)
	}
	r.shards = newShards(&r.layout, 2, &r.disturbed)
	r.versions.begin(time.Now(), nil)
	return r, []*sink{r.sink(0), r.sink(1)}
}

// over is a success of request k, all in milliseconds; what it read, if it is a read.
func (r *recording) over(k uint64, sent, end int, read string) *exchange.Exchange {
	const ms = time.Millisecond
	x := &exchange.Exchange{K: k, Intended: time.Duration(sent) * ms, Slot: time.Duration(sent) * ms, Free: time.Duration(sent) * ms, Sent: time.Duration(sent) * ms, End: time.Duration(end) * ms, Status: 200}
	if read != "" {
		x.Header.Lines = []byte("X-Version: " + read + "\r\n")
	}
	return x
}

// A read is judged when no loop can tell of an earlier write any more; by then no order of telling makes a difference.
func TestReadsAreJudgedWhenAllLoopsHaveTold(t *testing.T) {
	r, loops := twoLoops(t, versionsPlan(t))
	version := func(k int) string { return fmt.Sprintf("%s%d", r.versions.round.Prefix(), k) }
	loops[1].Record(r.over(1, 1500, 1510, version(0))) // told before both writes
	loops[1].Record(r.over(3, 2100, 2101, version(2)))
	r.tick(3 * time.Second)
	judged := func() uint64 { return r.versions.phases[1].reads }
	if judged() != 0 {
		t.Errorf("%d reads were judged before one loop told anything", judged())
	}
	loops[0].Record(r.over(0, 1010, 1020, ""))
	loops[0].Record(r.over(2, 1100, 1110, ""))
	r.timeline.collect(r.shards)
	failed := r.over(4, 1200, 1210, "")
	failed.Outcome, failed.Kind = exchange.Failed, "status 500"
	loops[0].Record(failed)
	twice := r.over(6, 1300, 1310, "")
	twice.Retries = 1
	loops[0].Record(twice)
	loops[0].Record(r.over(8, 3500, 3501, ""))
	loops[1].Record(r.over(5, 3600, 3601, version(4))) // the one that failed may have been written
	r.tick(4 * time.Second)
	if judged() != 2 {
		t.Errorf("%d reads are judged, want 2", judged())
	}
	unanswered := r.over(7, 3700, 3800, version(0))
	unanswered.Outcome = exchange.TimedOut
	loops[1].Record(unanswered)
	loops[1].Record(r.over(9, 3900, 3901, ""))      // no version
	loops[1].Record(r.over(11, 3910, 3911, "else")) // foreign
	r.timeline.finish(r.shards)
	c := r.versions.phases[1].describe()
	if c.Reads != 3 || c.Stale != 1 || c.StaleAge.MaxNS.Round(5*time.Millisecond) != 390*time.Millisecond || c.Writes != 3 || c.Unknown != 2 || c.NotJudged != 1 || c.Foreign != 1 {
		t.Errorf("%+v", c)
	}
	if s := r.timeline.counts[1].stale; s != 1 {
		t.Errorf("%d stale reads in their second", s)
	}
}

// Stale reads end a run that is to end by them; a plan that could find none is refused.
func TestStaleReadsEndARun(t *testing.T) {
	p := versionsPlan(t)
	stale, err := runfile.ParseCondition("stale>50%")
	if err != nil {
		t.Fatal(err)
	}
	p.Abort.On = []runfile.Threshold{stale}
	r, loops := twoLoops(t, p)
	prefix := r.versions.round.Prefix()
	r.tick(time.Second)
	loops[0].Record(r.over(0, 1010, 1020, ""))
	loops[0].Record(r.over(2, 1100, 1110, ""))
	for k := range 12 {
		loops[1].Record(r.over(uint64(2*k+1), 1200+10*k, 1201+10*k, prefix+"0"))
	}
	r.timeline.collect(r.shards)
	for _, s := range loops {
		s.Record(r.over(100, 2500, 2501, ""))
	}
	r.tick(3 * time.Second)
	if !r.aborted || !strings.Contains(r.events[0].Text, "stale is 100 % (12 of 12 reads), above 50 %") {
		t.Errorf("aborted %v: %+v", r.aborted, r.events)
	}
	p.Requests = p.Requests[:1]
	if err := p.Check(); err == nil || !strings.Contains(err.Error(), `"stale>50%": no request reads a version`) {
		t.Errorf("no reads: %v", err)
	}
}

// What telling and judging versions costs, for each request of a mix of 95 reads and 5 writes.
func BenchmarkVersions(b *testing.B) {
	p := versionsPlan(b)
	p.Order, p.Requests[0].Weight, p.Requests[1].Weight = "", 5, 95
	for i, what := range []string{"summary", "headline"} {
		p.Requests[i].URL = "http://127.0.0.1:1/items/{{zipf 300 1.1}}/" + what
	}
	r, err := newRecording(p)
	if err != nil {
		b.Fatal(err)
	}
	r.versions.begin(time.Now(), nil)
	s := r.sink(0)
	x := r.over(0, 1, 2, r.versions.round.Prefix()+"12")
	b.ReportAllocs()
	for k := uint64(0); b.Loop(); k++ {
		x.K, x.Sent, x.End = k, x.Sent+100*time.Microsecond, x.End+100*time.Microsecond
		s.tellVersion(x)
		if d := s.shard.current; len(d.sightings) == 10_000 {
			r.versions.take(d.sightings)
			d.sightings = d.sightings[:0]
			r.versions.judge(x.End)
		}
	}
}

// What one drive wrote is known in the next, on one clock.
func TestALedgerGoesFromDriveToDrive(t *testing.T) {
	first, loops := twoLoops(t, versionsPlan(t))
	loops[0].Record(first.over(0, 1000, 1010, ""))
	loops[1].Record(first.over(2, 2000, 2010, ""))
	first.timeline.finish(first.shards)
	next, loops := twoLoops(t, versionsPlan(t))
	next.versions.begin(first.versions.epoch.Add(10*time.Second), first.versions.ledger)
	loops[0].Record(next.over(1, 1500, 1510, first.versions.round.Prefix()+"0"))
	loops[0].Record(next.over(3, 1500, 1510, next.versions.round.Prefix()+"8")) // not over yet
	next.timeline.finish(next.shards)
	if c := next.versions.phases[1].describe(); c.Reads != 2 || c.Stale != 1 || c.StaleAge.MaxNS.Round(50*time.Millisecond) != 9500*time.Millisecond {
		t.Errorf("%+v", c)
	}
}

// Both sides of a mirrored run are sent the same versions.
func TestMirroredWritesAreTheSame(t *testing.T) {
	echo := func() *httptest.Server {
		return httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { _, _ = io.Copy(w, r.Body) }))
	}
	a, b := echo(), echo()
	defer a.Close()
	defer b.Close()
	job := func(url string) *Job {
		p := mirrorPlan(url, "")
		p.Requests = versionsPlan(t).Requests[:1]
		p.Requests[0].URL = url + "/items/7"
		return compiled(t, p)
	}
	m, err := Mirror(t.Context(), job(a.URL), job(b.URL), rulesOf(t, "body"), [2]Options{})
	if err != nil || m.Pairs.Different > 0 || m.A.Overall.Consistency.Writes == 0 || m.Pairs.Compared == 0 {
		t.Errorf("%+v, %v", m, err)
	}
}
