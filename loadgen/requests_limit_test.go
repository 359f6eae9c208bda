package loadgen

import (
	"bytes"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/seed-5a006608/bench/loadgen/racetest"
	"github.com/seed-5a006608/bench/loadgen/runfile"
	"github.com/seed-5a006608/bench/profiles"
)

// readBack wants the run's own file to be believed.
func readBack(t *testing.T, run *runfile.Run) *runfile.Run {
	t.Helper()
	var file bytes.Buffer
	if err := runfile.Encode(&file, []*runfile.Run{run}); err != nil {
		t.Fatal(err)
	}
	read, err := runfile.Decode("run.json", &file)
	if err != nil {
		t.Fatalf("its own file is refused: %v", err)
	}
	return read.Runs[0]
}

func TestLimitOfRequestsEndsTheSchedule(t *testing.T) {
	racetest.Skip(t)
	p := judgedPlan() // 100/s in the warm-up, 100/s, 1,000/s, 100/s, 1,000/s, a second each
	for _, tc := range []struct {
		n, planned uint64
		length     time.Duration
		why        string
	}{
		{150, 150, 1500 * ms, "half of the baseline"},
		{200, 200, 2 * time.Second, "the baseline's last one"},
		{700, 700, 2500 * ms, "half of the first spike"},
		{1_000_000, 2300, 5 * time.Second, "more than there are"},
	} {
		p.Limits.Requests = tc.n
		run := driven(t, p, judgedServer())
		last := run.Phases[len(run.Phases)-1]
		if q := run.Requests; q.Planned != tc.planned || q.Due != tc.planned || q.Succeeded+q.Failed != tc.planned || run.Interrupted {
			t.Errorf("%d, %s: requests %+v, interrupted %v", tc.n, tc.why, q, run.Interrupted)
		}
		if end := last.StartNS + last.DurationNS; end != tc.length || run.Plan.Requests != tc.n || len(run.Plan.Phases) != len(run.Phases) {
			t.Errorf("%d, %s: it ends at %v in %d phases of %d, want %v", tc.n, tc.why, end, len(run.Phases), len(run.Plan.Phases), tc.length)
		}
		readBack(t, run)
	}
	p.Limits.Requests = 100
	if err := p.Check(); err == nil || !strings.Contains(err.Error(), "more than the warm-up takes") {
		t.Errorf("a run of warm-up only: %v", err)
	}
}

func TestClosedModelEndsWithItsLastRequest(t *testing.T) {
	t.Parallel()
	var got atomic.Uint64
	s := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { got.Add(1) }))
	defer s.Close()
	p := steady(s.URL, time.Hour)
	p.Profile.Phases = append(p.Profile.Phases, profiles.Phase{Name: "more", Kind: profiles.Hold, Duration: time.Hour, From: 200, To: 200})
	for _, vus := range []int{3, 200} {
		got.Store(0)
		p.Closed, p.Limits.Requests = &Closed{VUs: vus}, 100
		run, err := Drive(t.Context(), p, Options{})
		if err != nil {
			t.Fatal(err)
		}
		if q := run.Requests; q.Planned != 100 || q.Sent != 100 || q.Succeeded != 100 || got.Load() != 100 || run.Interrupted {
			t.Errorf("%d users: %d arrived, requests %+v, interrupted %v", vus, got.Load(), q, run.Interrupted)
		}
		if len(run.Phases) != 1 || run.Phases[0].DurationNS > time.Minute || run.Phases[0].Achieved.Count != 100 {
			t.Errorf("%d users: phases %+v", vus, run.Phases)
		}
		if cpu := run.Phases[0].CPU.Generator; cpu == nil {
			t.Errorf("%d users: bench's processor use is not known", vus)
		}
		readBack(t, run)
	}
	p.Profile.Phases[0].Duration, p.Profile.Phases[1].Duration = 50*ms, 50*ms
	p.Limits.Requests, p.Closed.Think = 1_000_000, profiles.Think{Mean: 10 * ms}
	run, err := Drive(t.Context(), p, Options{})
	if err != nil {
		t.Fatal(err)
	}
	if len(run.Phases) != 2 || run.Overall.DurationNS != 100*ms || run.Interrupted {
		t.Errorf("a profile that ends first: %d phases in %v", len(run.Phases), run.Overall.DurationNS)
	}
	readBack(t, run)
}
