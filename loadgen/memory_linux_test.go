package loadgen

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/seed-5a006608/bench/loadgen/exchange"
	"github.com/seed-5a006608/bench/loadgen/request"
	"github.com/seed-5a006608/bench/loadgen/runfile"
	"github.com/seed-5a006608/bench/profiles"
)

// resident returns this process's resident memory in bytes.
func resident(t *testing.T) int64 {
	t.Helper()
	data, err := os.ReadFile("/proc/self/status")
	if err != nil {
		t.Fatal(err)
	}
	_, rest, _ := strings.Cut(string(data), "VmRSS:")
	var kb int64
	if _, err := fmt.Sscan(rest, &kb); err != nil {
		t.Fatal(err)
	}
	return kb << 10
}

// memorySeen is what the child of TestMemoryIsBounded measured, in bytes.
type memorySeen struct{ Early, Late, Most int64 }

// Two million requests in six phases, of several endpoints and all four classes: memory depends on the numbers of
// phases and endpoints, not of requests. It is measured in a process of its own.
func TestMemoryIsBounded(t *testing.T) {
	if os.Getenv("BENCH_TEST_MEMORY") != "" {
		recordMillions(t)
		return
	}
	if testing.Short() {
		t.Skip("records four million requests")
	}
	for endpoints, limit := range map[string]int64{"5": 100 << 20, "1000": 150 << 20} {
		cmd := exec.Command(os.Args[0], "-test.run=^TestMemoryIsBounded$", "-test.v")
		cmd.Env = append(os.Environ(), "BENCH_TEST_MEMORY="+endpoints)
		out, err := cmd.CombinedOutput()
		if err != nil {
			t.Fatalf("%v: %s", err, out)
		}
		_, line, found := strings.Cut(string(out), "seen ")
		line, _, _ = strings.Cut(line, "\n")
		var m memorySeen
		if err := json.Unmarshal([]byte(line), &m); err != nil || !found {
			t.Fatalf("%v: %s", err, out)
		}
		t.Logf("%s endpoints: %d MB 10 s into the last phase, %d MB at its end, %d MB at most", endpoints, m.Early>>20, m.Late>>20, m.Most>>20)
		if m.Most > limit || m.Early == 0 || m.Late > m.Early*21/20 {
			t.Errorf("%s endpoints: %d MB 10 s into the last phase, %d MB at its end, %d MB at most; want at most %d MB, and no growth",
				endpoints, m.Early>>20, m.Late>>20, m.Most>>20, limit>>20)
		}
	}
}

func recordMillions(t *testing.T) {
	var endpoints int
	if _, err := fmt.Sscan(os.Getenv("BENCH_TEST_MEMORY"), &endpoints); err != nil {
		t.Fatal(err)
	}
	p := Plan{Profile: profiles.Profile{Name: "six", Arrivals: profiles.Even}, Seed: 1}
	const perSecond, seconds = 10_000, 34 // a phase; six of them have 2 million requests
	for i := range 6 {
		p.Profile.Phases = append(p.Profile.Phases, profiles.Phase{
			Name: string(rune('a' + i)), Kind: profiles.Hold, Duration: seconds * time.Second, From: perSecond, To: perSecond,
		})
	}
	for i := range endpoints {
		p.Requests = append(p.Requests, request.Request{URL: fmt.Sprintf("http://h/endpoint/%d", i)})
	}
	r, err := newRecording(p)
	if err != nil {
		t.Fatal(err)
	}
	defer r.limitMemory()()
	draws := profiles.NewStream(1, "memory")
	var seen memorySeen
	cursor := r.schedule.Cursor()
	next, second := uint64(0), time.Second
	for {
		k, at, ok := cursor.Next()
		if !ok {
			break
		}
		next = k + 1
		x := sample{
			Exchange: &exchange.Exchange{
				Intended: at, Free: at, Sent: at + 50_000, End: at + 50_000 + time.Duration(draws.Exp(k)*20e6), Kind: "status 500",
			},
			endpoint: r.mix.Endpoint(k), timings: []timing{{[]byte("db"), time.Millisecond}},
		}
		switch k % 4 {
		case 1:
			x.cache = cacheHit
		case 2:
			x.cache = cacheMiss
		case 3:
			x.Outcome = exchange.Failed
		}
		r.shards[0].record(&x)
		if at >= second {
			r.tick(second)
			second += time.Second
			seen.Most = max(seen.Most, resident(t))
			if second == (5*seconds+10)*time.Second { // the last phase has begun
				seen.Early = resident(t)
			}
		}
	}
	seen.Late = resident(t)
	run := r.finish(ending{at: r.layout.length + time.Second, cut: r.layout.length, loops: []loopEnd{{next: next, freeSince: -1}}}, runfile.Resources{})
	seen.Most = max(seen.Most, resident(t))
	if run.Requests.Due < 2_000_000 {
		t.Fatalf("%d requests", run.Requests.Due)
	}
	line, err := json.Marshal(seen)
	if err != nil {
		t.Fatal(err)
	}
	fmt.Printf("seen %s\n", line)
}
