package loadgen

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/seed-5a006608/bench/loadgen/exchange"
	"github.com/seed-5a006608/bench/loadgen/racetest"
	"github.com/seed-5a006608/bench/loadgen/request"
	"github.com/seed-5a006608/bench/profiles"
)

// echo answers with the path; it remembers the paths that it was asked for.
type echo struct {
	mu    sync.Mutex
	asked []string
	odd   bool // whether paths that end in 0 are answered otherwise, those in 1 with another status, those in 2 not at all
}

func (e *echo) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	e.mu.Lock()
	e.asked = append(e.asked, r.URL.Path)
	e.mu.Unlock()
	w.Header().Set("X-Build", fmt.Sprint(e.odd))
	switch last := r.URL.Path[len(r.URL.Path)-1:]; {
	case e.odd && last == "0":
		fmt.Fprint(w, r.URL.Path, " total 8")
	case e.odd && last == "1":
		w.WriteHeader(http.StatusTeapot)
		fmt.Fprint(w, r.URL.Path, " total 7")
	case e.odd && last == "2":
		panic(http.ErrAbortHandler)
	default:
		fmt.Fprint(w, r.URL.Path, " total 7")
	}
}

func mirrorPlan(url, engine string) Plan {
	rate := 400.0
	return Plan{
		Engine: engine, Seed: 5, Requests: []request.Request{{Name: "item", Method: http.MethodPost, URL: url + "/{{uuid}}"}}, // a POST is not sent again
		Limits: Limits{Timeout: time.Minute, Drain: time.Minute, Connections: 16},
		Profile: profiles.Profile{Name: "mirror", Arrivals: profiles.Even, Phases: []profiles.Phase{
			{Name: "warm-up", Kind: profiles.Warmup, Duration: 50 * time.Millisecond, From: rate, To: rate},
			{Name: "hold", Kind: profiles.Hold, Duration: 400 * time.Millisecond, From: rate, To: rate},
		}},
	}
}

func rulesOf(t *testing.T, texts ...string) (rules []DiffRule) {
	t.Helper()
	for _, text := range texts {
		rule, err := ParseDiffRule(text)
		if err != nil {
			t.Fatal(err)
		}
		rules = append(rules, rule)
	}
	return rules
}

// Both sides get the same requests, and each rule finds the answers that differ in what it is about, with each engine.
func TestMirrorComparesTheAnswersToTheSameRequests(t *testing.T) {
	t.Parallel()
	for _, engine := range Engines() {
		t.Run(engine, func(t *testing.T) {
			a, b := &echo{}, &echo{odd: true}
			serverA, serverB := httptest.NewServer(a), httptest.NewServer(b)
			defer serverA.Close()
			defer serverB.Close()
			rules := rulesOf(t, "status", "body", "header:x-build", `body~total (\d+)`, "header:Content-Type")
			m, err := Mirror(context.Background(), compiled(t, mirrorPlan(serverA.URL, engine)), compiled(t, mirrorPlan(serverB.URL, engine)), rules, [2]Options{})
			if err != nil {
				t.Fatal(err)
			}
			serverA.Close()
			serverB.Close()
			warmUp, all := 20, 180
			if len(a.asked) != all {
				t.Fatalf("A was asked %d times, want %d", len(a.asked), all)
			}
			slices.Sort(a.asked)
			slices.Sort(b.asked)
			if !slices.Equal(a.asked, b.asked) {
				t.Errorf("the two were asked for different things, %d and %d", len(a.asked), len(b.asked))
			}

			p := m.Pairs
			// Which paths were asked for in the warm-up, both engines agree on: those of the first numbers.
			mix, err := request.NewMix(mirrorPlan(serverA.URL, engine).Requests, request.Selection{Seed: 5})
			if err != nil {
				t.Fatal(err)
			}
			var ends [3]uint64 // of the paths after the warm-up, those that end in 0, 1 and 2
			for k := warmUp; k < all; k++ {
				r, err := mix.Render(uint64(k), time.Time{})
				if err != nil {
					t.Fatal(err)
				}
				if i := strings.IndexByte("012", r.URL.Path[len(r.URL.Path)-1]); i >= 0 {
					ends[i]++
				}
			}
			if ends[0]*ends[1]*ends[2] == 0 {
				t.Fatalf("the paths test nothing: %v", ends)
			}
			answered := uint64(all-warmUp) - ends[2]
			want := map[string]uint64{"status": ends[1], "body": ends[0], "header:x-build": answered, "body~…": ends[0]}
			for _, rule := range rules {
				if got := p.ByRule[rule.Text]; got != want[rule.Text] {
					t.Errorf("%s: %d differ, want %d", rule.Text, got, want[rule.Text])
				}
			}
			if p.Compared != answered || p.Different != answered || p.OnlyA != ends[2] || p.OnlyB+p.Neither+p.Uncounted != 0 {
				t.Errorf("%+v, want %d compared and %d answered by A alone", p, answered, ends[2])
			}
			if p.Timed != answered-ends[1] || uint64(len(p.Latencies)) != p.Timed || p.Slower > p.Timed {
				t.Errorf("%d timed (%d kept), want %d: both succeeded", p.Timed, len(p.Latencies), answered-ends[1])
			}
			if len(p.Samples) != maxDiffSamples || p.Samples[0].Endpoint != "item" || p.Samples[0].AtNS < 50*time.Millisecond {
				t.Errorf("%d samples, the first %+v", len(p.Samples), p.Samples[0])
			}
			if skew := m.A.Started.Sub(m.B.Started); skew != 0 {
				t.Errorf("the two began %v apart", skew)
			}
		})
	}
}

// An interrupted mirrored run tells what it saw.
func TestMirrorInterrupted(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	a, b := &echo{}, http.HandlerFunc(func(http.ResponseWriter, *http.Request) { cancel() })
	serverA, serverB := httptest.NewServer(a), httptest.NewServer(b)
	defer serverA.Close()
	defer serverB.Close()
	m, err := Mirror(ctx, compiled(t, mirrorPlan(serverA.URL, "")), compiled(t, mirrorPlan(serverB.URL, "")), DefaultDiffRules(), [2]Options{})
	if err != nil || !m.A.Interrupted || !m.B.Interrupted {
		t.Fatalf("%+v, %v", m, err)
	}
}

// A side that cannot be driven does not keep the other waiting.
func TestMirrorOfWhatCannotBeDriven(t *testing.T) {
	server := httptest.NewServer(&echo{})
	defer server.Close()
	good, bad := compiled(t, mirrorPlan(server.URL, "")), compiled(t, mirrorPlan(server.URL, ""))
	bad.schedule = func() (*profiles.Schedule, error) { return nil, errors.New("no schedule") }
	if m, err := Mirror(context.Background(), good, bad, DefaultDiffRules(), [2]Options{}); m != nil || err == nil {
		t.Errorf("%+v, %v, want an error", m, err)
	}
	users := mirrorPlan(server.URL, "")
	users.Closed = &Closed{VUs: 1}
	closed := compiled(t, users)
	if _, err := Mirror(context.Background(), closed, closed, DefaultDiffRules(), [2]Options{}); err == nil || !strings.Contains(err.Error(), "closed model") {
		t.Errorf("%v, want that the closed model cannot be mirrored", err)
	}
}

// What waits for its other side is bounded; what is beyond the bound is counted.
func TestPairingIsBounded(t *testing.T) {
	racetest.Skip(t)
	p := newPairing(DefaultDiffRules(), 0)
	a, b := &pairSide{p, 0}, &pairSide{p, 1}
	const due = maxWaitingPairs + 10
	for k := range uint64(due) {
		a.done(&sample{Exchange: &exchange.Exchange{K: k, Outcome: exchange.Failed}}, "")
	}
	if len(p.waiting) != maxWaitingPairs {
		t.Errorf("%d wait, want %d", len(p.waiting), maxWaitingPairs)
	}
	for k := range uint64(maxWaitingPairs) {
		b.done(&sample{Exchange: &exchange.Exchange{K: k, Outcome: exchange.Failed}}, "")
	}
	if f := p.result(due); f.Neither != maxWaitingPairs || f.Uncounted != 10 {
		t.Errorf("%+v, want 10 that were not counted", f)
	}
}

// What one side did not answer in time took at least so long there; where neither did, which took longer is not known.
func TestPairsOfWhatWasNotAnsweredInTime(t *testing.T) {
	p := newPairing(DefaultDiffRules(), 0)
	pair := func(k uint64, a, b exchange.Exchange) {
		a.K, b.K = k, k
		(&pairSide{p, 0}).done(&sample{Exchange: &a}, "")
		(&pairSide{p, 1}).done(&sample{Exchange: &b}, "")
	}
	fast, slow := exchange.Exchange{Sent: 1, End: 5 * time.Millisecond}, exchange.Exchange{Sent: 1, End: 3 * time.Second}
	hangs, failing := exchange.Exchange{Sent: 1, End: 2 * time.Second, Outcome: exchange.TimedOut}, exchange.Exchange{Sent: 1, End: time.Millisecond, Outcome: exchange.Failed}
	pair(1, fast, hangs)
	pair(2, hangs, fast)
	pair(3, hangs, hangs)
	pair(4, hangs, slow) // which took longer is not known
	pair(5, fast, failing)
	pair(6, fast, slow)
	f := p.result(6)
	if f.Timed != 4 || f.OneBound != 3 || f.Unanswered != 1 || f.Slower != 2 {
		t.Errorf("%+v, want 4 timed, of them 3 with one side at its bound and 2 slower, and 1 that says nothing", f)
	}
	if len(f.Latencies) != 5 || !f.Latencies[0].BLow || f.Latencies[0].ALow || f.Latencies[0].B != 2e9 || !f.Latencies[2].ALow || !f.Latencies[2].BLow {
		t.Errorf("%+v", f.Latencies)
	}
}

// A body is compared beyond what of it is hashed, by its length.
func TestLongBodiesDifferByTheirLength(t *testing.T) {
	p := newPairing(DefaultDiffRules(), 0)
	for side, length := range []uint64{100_000, 100_001} {
		s := &pairSide{p, side}
		x := exchange.Exchange{K: 1, Status: 200, BytesIn: length}
		s.answer(&x, make([]byte, request.MaxExpectedBody))
		s.done(&sample{Exchange: &x}, "")
	}
	if f := p.result(1); f.Different != 1 || f.ByRule["body"] != 1 {
		t.Errorf("%+v, want a difference of the body", f)
	}
}

func TestParseDiffRule(t *testing.T) {
	for text, want := range map[string]string{
		"status": "status", "body": "body", "header:etag": "header:etag", "body~secret(.*)": "body~…", "header:etag~x": "header:etag~…",
	} {
		if r, err := ParseDiffRule(text); err != nil || r.Text != want {
			t.Errorf("%s: %+v, %v, want %s", text, r, err, want)
		}
	}
	for _, text := range []string{"", "header:", "status~2..", "bodies", "body~(", "header:~x"} {
		if r, err := ParseDiffRule(text); err == nil {
			t.Errorf("%s is read as %+v", text, r)
		}
	}
}
