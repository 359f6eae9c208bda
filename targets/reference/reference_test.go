package reference

import (
	"bytes"
	"context"
	"io"
	"math"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"
	"pgregory.net/rapid"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func newServer(t testing.TB, o Options) *Server {
	t.Helper()
	s, err := New(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

func TestParse(t *testing.T) {
	for _, tc := range []struct {
		text string
		want Service
		err  string
	}{
		{"fixed:20ms", Service{Fixed, 20 * time.Millisecond}, ""},
		{"exp:10ms", Service{Exponential, 10 * time.Millisecond}, ""},
		{"fixed:0s", Service{Fixed, 0}, ""},
		{"fixed:1h0m0s", Service{Fixed, time.Hour}, ""},
		{"fixed:1h0m0.000000001s", Service{}, `service "fixed:1h0m0.000000001s": the duration must be above 0 (fixed:0s is allowed) and at most 1h`},
		{"exp:0s", Service{}, `service "exp:0s": the duration must be above 0 (fixed:0s is allowed) and at most 1h`},
		{"fixed:-1ms", Service{}, `service "fixed:-1ms": the duration must be above 0 (fixed:0s is allowed) and at most 1h`},
		{"20ms", Service{}, `service "20ms": want fixed:DURATION or exp:DURATION, such as fixed:20ms`},
		{"normal:20ms", Service{}, `service "normal:20ms": want fixed:DURATION or exp:DURATION, such as fixed:20ms`},
		{"exp:", Service{}, `service "exp:": want fixed:DURATION or exp:DURATION, such as fixed:20ms`},
		{"", Service{}, `service "": want fixed:DURATION or exp:DURATION, such as fixed:20ms`},
	} {
		got, err := ParseService(tc.text)
		checkParse(t, tc.text, got, tc.want, err, tc.err)
	}
	for _, tc := range []struct {
		text string
		want Freeze
		err  string
	}{
		{"5s,2s", Freeze{5 * time.Second, 2 * time.Second}, ""},
		{"0s,1ms", Freeze{0, time.Millisecond}, ""},
		{"", Freeze{}, ""},
		{"5s", Freeze{}, `freeze "5s": want AT,FOR, such as 5s,2s: after 5 s, for 2 s`},
		{"5,2", Freeze{}, `freeze "5,2": want AT,FOR, such as 5s,2s: after 5 s, for 2 s`},
		{"5s,0s", Freeze{}, `freeze "5s,0s": AT must be 0 or more and FOR above 0`},
		{"-5s,1s", Freeze{}, `freeze "-5s,1s": AT must be 0 or more and FOR above 0`},
	} {
		got, err := ParseFreeze(tc.text)
		checkParse(t, tc.text, got, tc.want, err, tc.err)
	}
}

func checkParse[V comparable](t *testing.T, text string, got, want V, err error, wantErr string) {
	t.Helper()
	if got != want || (err == nil) != (wantErr == "") || err != nil && err.Error() != wantErr {
		t.Errorf("%q: %+v, %v; want %+v, %s", text, got, err, want, wantErr)
	}
}

func TestStringIsParsedBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := Service{rapid.SampledFrom([]Kind{Fixed, Exponential}).Draw(t, "kind"), time.Duration(rapid.Int64Range(1, int64(time.Hour)).Draw(t, "mean"))}
		if got, err := ParseService(s.String()); err != nil || got != s {
			t.Fatalf("%v gave %+v, %v", s, got, err)
		}
		f := Freeze{time.Duration(rapid.Int64Range(0, int64(time.Hour)).Draw(t, "at")), time.Duration(rapid.Int64Range(1, int64(time.Hour)).Draw(t, "for"))}
		if got, err := ParseFreeze(f.String()); err != nil || got != f {
			t.Fatalf("%v gave %+v, %v", f, got, err)
		}
	})
}

// acted acts the server out millisecond by millisecond: what arrives queues up, a free worker takes the first, a timer
// runs for it whatever happens; while frozen the server sees neither timers nor arrivals.
func acted(arrivals, delays []int, workers int, freeze Freeze) (done []int) {
	from, to := -1, -1
	if freeze.For > 0 {
		from = arrivals[0] + int(freeze.At.Milliseconds())
		to = from + int(freeze.For.Milliseconds())
	}
	done = make([]int, len(arrivals))
	ends := map[int]int{} // of the requests in service
	next, arrived, finished := 0, 0, 0
	for now := arrivals[0]; finished < len(arrivals); now++ {
		for arrived < len(arrivals) && arrivals[arrived] <= now {
			arrived++
		}
		if now >= from && now < to {
			continue
		}
		for again := true; again; {
			again = false
			for k, end := range ends {
				if end <= now {
					delete(ends, k)
					done[k] = now
					finished++
				}
			}
			for next < arrived && (workers == 0 || len(ends) < workers) {
				ends[next] = now + delays[next]
				again = again || delays[next] == 0
				next++
			}
		}
	}
	return done
}

func TestArriveAgreesWithTheServerActedOut(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(1, 30).Draw(t, "n")
		workers := rapid.IntRange(0, 3).Draw(t, "workers")
		freeze := Freeze{}
		if rapid.Bool().Draw(t, "freezes") {
			freeze = Freeze{
				time.Duration(rapid.IntRange(0, 40).Draw(t, "at")) * time.Millisecond,
				time.Duration(rapid.IntRange(1, 40).Draw(t, "for")) * time.Millisecond,
			}
		}
		arrivals := rapid.SliceOfN(rapid.IntRange(0, 60), n, n).Draw(t, "arrivals")
		slices.Sort(arrivals)
		delays := rapid.SliceOfN(rapid.IntRange(0, 20), n, n).Draw(t, "delays")
		want := acted(arrivals, delays, workers, freeze)

		s := &Server{draw: rand.New(rand.NewPCG(0, 0)), freeze: freeze}
		if workers > 0 {
			s.free = make(instants, workers)
		}
		epoch := time.Unix(1_000_000, 0)
		for k := range n {
			s.service = Service{Fixed, time.Duration(delays[k]) * time.Millisecond}
			p := s.arrive(epoch.Add(time.Duration(arrivals[k]) * time.Millisecond))
			if got := int(p.done.Sub(epoch).Milliseconds()); got != want[k] {
				t.Fatalf("request %d is done at %d ms, want %d; all: %v", k, got, want[k], want)
			}
		}
	})
}

// The mean wait in a queue M/M/c is C(c, λ/μ) / (cμ - λ) with Erlang's C, and with c = 1 and fixed delays (M/D/1) half of
// that. C(4, 3.2) = 0.5964 and C(1, 0.8) = 0.8 are from tables.
func TestWaitsAgreeWithTheory(t *testing.T) {
	const mean = 10 * time.Millisecond
	for _, tc := range []struct {
		name    string
		kind    Kind
		workers int
		want    time.Duration
	}{
		{"M/M/1", Exponential, 1, time.Duration(0.8 / (100 - 80) * 1e9)},
		{"M/M/4", Exponential, 4, time.Duration(0.5964 / (400 - 320) * 1e9)},
		{"M/D/1", Fixed, 1, time.Duration(0.8 / (100 - 80) / 2 * 1e9)},
	} {
		s := &Server{service: Service{tc.kind, mean}, draw: rand.New(rand.NewPCG(1, 0)), free: make(instants, tc.workers)}
		gaps := rand.New(rand.NewPCG(2, 0))
		now := time.Unix(1_000_000, 0)
		var waited time.Duration
		const n = 300_000
		for range n {
			now = now.Add(time.Duration(gaps.ExpFloat64() * float64(mean) / 0.8 / float64(tc.workers)))
			waited += s.arrive(now).begin.Sub(now)
		}
		if got := waited / n; math.Abs(got.Seconds()/tc.want.Seconds()-1) > 0.03 {
			t.Errorf("%s at 80 %%: mean wait %v, theory says %v", tc.name, got, tc.want)
		}
	}
}

// Kolmogorov and Smirnov's test under a fixed seed: D·√n < 1.36 holds for 95 % of samples.
func TestExponentialDelays(t *testing.T) {
	s := Service{Exponential, 10 * time.Millisecond}
	r := rand.New(rand.NewPCG(1, 0))
	delays := make([]float64, 50_000)
	for i := range delays {
		delays[i] = s.draw(r).Seconds()
	}
	slices.Sort(delays)
	var d float64
	for i, x := range delays {
		f := 1 - math.Exp(-x/0.010)
		d = max(d, math.Abs(f-float64(i)/float64(len(delays))), math.Abs(f-float64(i+1)/float64(len(delays))))
	}
	if stat := d * math.Sqrt(float64(len(delays))); stat > 1.36 {
		t.Errorf("D·√n = %.2f", stat)
	}
}

func TestAlarm(t *testing.T) {
	a, err := newAlarm()
	if err != nil {
		t.Fatal(err)
	}
	defer a.close()
	// The machine makes most of them late while others use it, but not forever.
	for begun := time.Now(); ; {
		late := wokenLate(t, a)
		if late[0] < 0 {
			t.Fatalf("one woke %v early", -late[0])
		}
		median := late[len(late)/2]
		t.Logf("late: P50 %v, P99 %v", median, late[len(late)*99/100])
		if median <= 5*time.Millisecond { // it is some tens of microseconds on an idle machine
			return
		}
		if time.Since(begun) > 30*time.Second {
			t.Fatalf("half of them woke %v late or more, each time", median)
		}
	}
}

// wokenLate returns how late 500 of a fifth of a second were woken, in order.
func wokenLate(t *testing.T, a *alarm) []time.Duration {
	t.Helper()
	var wg sync.WaitGroup
	var mu sync.Mutex
	var late []time.Duration
	r := rand.New(rand.NewPCG(1, 1))
	for range 500 {
		until := time.Now().Add(time.Duration(r.IntN(int(200 * time.Millisecond))))
		wg.Go(func() {
			if err := a.wait(t.Context(), until); err != nil {
				t.Error(err)
			}
			mu.Lock()
			defer mu.Unlock()
			late = append(late, time.Since(until))
		})
	}
	wg.Wait()
	slices.Sort(late)
	return late
}

func TestAlarmIsGivenUp(t *testing.T) {
	a, err := newAlarm()
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	soon := time.Now().Add(10 * time.Millisecond)
	gaveUp, closed := make(chan error, 1), make(chan error, 1)
	go func() { gaveUp <- a.wait(ctx, soon) }()
	go func() { closed <- a.wait(t.Context(), soon.Add(time.Hour)) }()
	cancel()
	<-gaveUp
	if err := a.wait(t.Context(), soon.Add(10*time.Millisecond)); err != nil {
		t.Errorf("after another gave up: %v", err)
	}
	a.close()
	if err := <-closed; err != errClosed {
		t.Errorf("after close: %v", err)
	}
}

// serve serves as targets does, and returns the URL and the log's path.
func serve(t testing.TB, o Options) (s *Server, url string) {
	t.Helper()
	s = newServer(t, o)
	mux := http.NewServeMux()
	mux.Handle("/", s)
	mux.HandleFunc("/healthz", func(w http.ResponseWriter, _ *http.Request) {})
	mux.HandleFunc("POST /log/flush", s.FlushLog)
	ts := httptest.NewServer(s.Frozen(mux))
	t.Cleanup(ts.Close)
	t.Cleanup(http.DefaultClient.CloseIdleConnections)
	return s, ts.URL
}

func get(t testing.TB, url string) (body string, took time.Duration) {
	t.Helper()
	began := time.Now()
	resp, err := http.Get(url)
	if err != nil {
		t.Error(err)
		return
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	if err != nil || resp.StatusCode != http.StatusOK {
		t.Errorf("%s: %s %s, %v", url, resp.Status, b, err)
	}
	return string(b), time.Since(began)
}

func readLog(t *testing.T, path string) []Entry {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	entries, err := ReadLog(f)
	if err != nil {
		t.Fatal(err)
	}
	return entries
}

func TestLogHoldsWhatHappened(t *testing.T) {
	path := filepath.Join(t.TempDir(), "log")
	s, url := serve(t, Options{Service: Service{Fixed, 5 * time.Millisecond}, Workers: 2, Log: path})
	began := time.Now()
	var wg sync.WaitGroup
	for range 10 {
		wg.Go(func() {
			if body, took := get(t, url+"/some/path"); took < 5*time.Millisecond || !strings.Contains(body, `"service_ns":5000000`) {
				t.Errorf("%s after %v", body, took)
			}
		})
	}
	wg.Wait()
	if took := time.Since(began); took < 25*time.Millisecond {
		t.Errorf("2 workers did 10 requests of 5 ms in %v", took)
	}
	if resp, err := http.Post(url+"/log/flush", "", nil); err != nil || resp.StatusCode != http.StatusNoContent {
		t.Fatal(resp, err)
	}
	entries := readLog(t, path)
	if len(entries) != 10 {
		t.Fatalf("%d entries after a flush, want 10", len(entries))
	}
	begin := func(e Entry) int64 { return e.Start + int64(e.Queue) }
	for _, e := range entries {
		if e.Service != 5*time.Millisecond || e.Total < e.Queue+e.Service || e.Start < began.UnixNano() || e.Queue < 0 {
			t.Errorf("%+v", e)
		}
		inService := 0
		for _, other := range entries {
			end := begin(other) + int64(other.Service) - int64(time.Microsecond) // Start is by another clock
			if begin(other) <= begin(e) && begin(e) < end {
				inService++
			}
		}
		if inService > 2 {
			t.Errorf("2 workers served %d requests at once", inService)
		}
	}
	get(t, url)
	s.Close()
	if n := len(readLog(t, path)); n != 11 {
		t.Errorf("%d entries after closing, want 11", n)
	}
}

// Whoever has an answer finds it in the log that is flushed next.
func TestFlushedLogHoldsEveryAnswer(t *testing.T) {
	path := filepath.Join(t.TempDir(), "log")
	_, url := serve(t, Options{Service: Service{Kind: Fixed}, Log: path})
	other := http.Client{Transport: &http.Transport{}} // a connection is not read from before its last answer is logged
	defer other.CloseIdleConnections()
	for n := 1; n <= 500; n++ {
		get(t, url)
		resp, err := other.Post(url+"/log/flush", "", nil)
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
		if got := len(readLog(t, path)); got != n {
			t.Fatalf("%d entries after %d answers", got, n)
		}
	}
}

func TestFreezeStopsEveryAnswer(t *testing.T) {
	freeze := Freeze{At: 50 * time.Millisecond, For: 250 * time.Millisecond}
	s, url := serve(t, Options{Service: Service{Fixed, time.Millisecond}, Freeze: freeze})
	get(t, url+"/healthz") // does not count as the first request
	if !s.first.IsZero() {
		t.Error("the clock of the freeze runs before the first request")
	}
	get(t, url)
	from := s.first.Add(freeze.At)
	time.Sleep(time.Until(from.Add(20 * time.Millisecond)))
	var wg sync.WaitGroup
	for _, path := range []string{"/", "/healthz"} {
		wg.Go(func() {
			if asked := time.Now(); asked.After(from.Add(freeze.For)) {
				t.Log("this machine was too busy to ask within the freeze")
				return
			}
			get(t, url+path)
			if now := time.Now(); now.Before(from.Add(freeze.For)) {
				t.Errorf("%s was answered %v after the freeze began, want %v at least", path, now.Sub(from), freeze.For)
			}
		})
	}
	wg.Wait()
	// There is one freeze. A busy machine may take as long for an answer, but not forever.
	for began := time.Now(); ; {
		_, took := get(t, url)
		if took < freeze.For {
			break
		}
		if time.Since(began) > 30*time.Second {
			t.Fatalf("after the freeze each answer took %v and more", took)
		}
	}
}

func TestRefusals(t *testing.T) {
	if _, err := New(Options{Workers: -1}); err == nil {
		t.Error("-1 workers were accepted")
	}
	if _, err := New(Options{Log: filepath.Join(t.TempDir(), "none", "log")}); err == nil {
		t.Error("a log in no directory was accepted")
	}
	s := newServer(t, Options{})
	w := httptest.NewRecorder()
	s.FlushLog(w, nil)
	if w.Code != http.StatusConflict {
		t.Errorf("flushing no log: %d", w.Code)
	}
	for _, text := range []string{"", "k,ns\n1,2\n", logHeader + "\n1,2,3\n", logHeader + "\n1,2,3,x\n"} {
		if entries, err := ReadLog(strings.NewReader(text)); err == nil && (text != "" || entries != nil) {
			t.Errorf("%q was read as %v", text, entries)
		}
	}
}

func FuzzReadLog(f *testing.F) {
	f.Add([]byte(logHeader + "\n1,2,3,4\n"))
	f.Fuzz(func(t *testing.T, b []byte) {
		entries, err := ReadLog(bytes.NewReader(b))
		if err != nil {
			return
		}
		if lines := bytes.Count(b, []byte("\n")); len(entries) > lines {
			t.Errorf("%d entries in %d lines", len(entries), lines)
		}
	})
}
