package loadgen

import (
	"fmt"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/seed-5a006608/bench/loadgen/exchange"
	"github.com/seed-5a006608/bench/loadgen/request"
	"github.com/seed-5a006608/bench/loadgen/runfile"
	"github.com/seed-5a006608/bench/profiles"
)

// However many paths, status codes, error texts and names of timings there are, only so many are told apart; the rest
// is other, no count is lost, and memory stays what it was.
func TestDistinctThingsAreBounded(t *testing.T) {
	n := uint64(1_000_000)
	if testing.Short() {
		n = 100_000
	}
	const seconds, paths = 10, 1000
	p := Plan{
		Profile: profiles.Profile{Name: "many", Arrivals: profiles.Even, Phases: []profiles.Phase{
			{Name: "hold", Kind: profiles.Hold, Duration: seconds * time.Second, From: float64(n) / seconds, To: float64(n) / seconds},
		}},
		Seed: 1,
	}
	for i := range paths {
		p.Requests = append(p.Requests, request.Request{URL: fmt.Sprintf("http://h/%d/{{seq}}", i)})
	}
	r, err := newRecording(p)
	if err != nil {
		t.Fatal(err)
	}
	text := strings.Repeat("\xff\x1b[31m ", 1000)
	rendered := map[string]bool{}
	var early uint64
	cursor := r.schedule.Cursor()
	second := time.Second
	for {
		k, at, ok := cursor.Next()
		if !ok {
			break
		}
		for ; at >= second; second += time.Second {
			r.tick(second)
			if second == 2*time.Second {
				early = liveHeap()
			}
		}
		if k%1000 == 0 { // rendering all would take long, and their number is known from the template
			request, err := r.mix.Render(k, time.Time{})
			if err != nil {
				t.Fatal(err)
			}
			rendered[request.URL.Path] = true
		}
		distinct := fmt.Sprint(k)
		r.shards[0].record(&sample{
			Exchange: &exchange.Exchange{
				Intended: at, Free: at, Sent: at + 1, End: at + time.Millisecond,
				Outcome: exchange.Failed, Kind: "status " + distinct, Detail: distinct + text[:k%uint64(len(text))],
			},
			endpoint: r.mix.Endpoint(k), timings: []timing{{[]byte("t" + distinct), time.Millisecond}},
		})
	}
	late := liveHeap()
	// What grows is what the timeline holds of a second: nothing that depends on how many things there were in it.
	if late > early+4<<20 {
		t.Errorf("%d MB of heap after two seconds, %d MB at the end", early>>20, late>>20)
	}
	run := r.finish(ending{at: seconds*time.Second + time.Second, cut: seconds * time.Second, loops: []loopEnd{{next: n, freeSince: -1}}}, runfile.Resources{})
	if len(rendered) != int(n/1000) || run.Requests.Failed != n {
		t.Errorf("%d different paths of %d, requests %+v, want %d", len(rendered), n/1000, run.Requests, n)
	}
	counts := map[string]uint64{}
	for _, e := range run.Errors {
		counts[e.Kind] = e.Count
		if len(e.Sample) > len(runfile.Excerpt(strings.Repeat("x", 1000))) {
			t.Errorf("%s: a sample of %d bytes", e.Kind, len(e.Sample))
		}
	}
	if len(counts) != runfile.MaxErrorKinds+1 || counts[runfile.Other] != n-runfile.MaxErrorKinds {
		t.Errorf("%d kinds of error, %d of them %s", len(counts), counts[runfile.Other], runfile.Other)
	}
	var requests uint64
	for _, e := range run.Phases[0].Endpoints {
		requests += e.Count
		counts["endpoint "+e.Name] = e.Count
	}
	if len(run.Phases[0].Endpoints) != runfile.MaxEndpoints+1 || requests != n || counts["endpoint "+runfile.Other] < n*9/10 {
		t.Errorf("%d endpoints with %d requests, %d of them %s", len(run.Phases[0].Endpoints), requests, counts["endpoint "+runfile.Other], runfile.Other)
	}
	if got := len(run.Phases[0].ServerTiming); got != runfile.MaxTimings {
		t.Errorf("%d server timings", got)
	}
}

// liveHeap returns the bytes that live on the heap.
func liveHeap() uint64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}
