package loadgen_test

import (
	"bytes"
	"crypto/tls"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/seed-5a006608/bench/loadgen"
	"github.com/seed-5a006608/bench/loadgen/exchange/exchangetest"
	"github.com/seed-5a006608/bench/loadgen/request"
	"github.com/seed-5a006608/bench/loadgen/runfile"
	"github.com/seed-5a006608/bench/profiles"
	"github.com/seed-5a006608/bench/report"
	"github.com/seed-5a006608/bench/report/html"
)

// engines are those that must withstand hostile servers, and judge them alike.
var engines = loadgen.Engines()

// The load of every hostile case: all of its requests can be outstanding at once, so that each has its whole timeout. It
// is short where a case is about it; else nothing but a hang takes as long.
const (
	hostileRequests = 10
	hostileLength   = 50 * time.Millisecond
	shortTimeout    = 250 * time.Millisecond
	never           = time.Minute
)

func hostilePlan(engine, url string) loadgen.Plan {
	return loadgen.Plan{
		Target: runfile.Target{Name: "hostile", URL: url},
		Profile: profiles.Profile{Name: "short", Arrivals: profiles.Even, Phases: []profiles.Phase{{
			Name: "hold", Kind: profiles.Hold, Duration: hostileLength,
			From: hostileRequests / hostileLength.Seconds(), To: hostileRequests / hostileLength.Seconds(),
		}}},
		Requests: []request.Request{{URL: url}},
		Seed:     1,
		Engine:   engine,
		Limits:   loadgen.Limits{Connections: 2 * hostileRequests, Timeout: never, Drain: never},
	}
}

func TestHostileServers(t *testing.T) {
	server, _ := exchangetest.Certificate(t)
	for _, tc := range []struct {
		name   string
		secure *tls.Config
	}{{"", nil}, {" over TLS", server}} {
		for _, engine := range engines {
			t.Run(engine+tc.name, func(t *testing.T) { hostileServers(t, engine, tc.secure) })
		}
	}
}

// hostileServers drives an engine at each of the hostile servers, over TLS where they have some.
func hostileServers(t *testing.T, engine string, secure *tls.Config) {
	var (
		cases sync.WaitGroup
		mu    sync.Mutex
		runs  []*runfile.Run
	)
	atOnce := make(chan struct{}, 6) // they wait most of the time
	for i, tc := range hostiles(t) {
		if testing.Short() && i%6 != 0 {
			continue // CI runs these with the race detector, to which the answers are much alike
		}
		if secure != nil && i%3 != 0 {
			continue // once decrypted they are scanned alike: some stand for all
		}
		cases.Go(func() {
			atOnce <- struct{}{}
			defer func() { <-atOnce }()
			t.Run(tc.name, func(t *testing.T) {
				run := tc.test(t, engine, secure)
				mu.Lock()
				defer mu.Unlock()
				runs = append(runs, run)
			})
		})
	}
	cases.Wait()
	checkWritten(t, runs)
}

func (tc hostile) test(t *testing.T, engine string, secure *tls.Config) *runfile.Run {
	serve, scheme := tc.serve, "http://"
	if secure != nil {
		serve, scheme = overTLS(secure, serve), "https://"
	}
	p := hostilePlan(engine, scheme+hostileServer(t, serve)+"/")
	p.TLS.Insecure = true
	kinds := append(tc.or, tc.kind)
	if slices.Contains(kinds, "timeout") {
		p.Limits.Timeout = shortTimeout
		kinds = append(kinds, "connect: timeout") // on a busy machine
	}
	if tc.plan != nil {
		tc.plan(&p)
	}
	run := driveHostile(t, p)
	if q := run.Requests; !slices.Contains(kinds, "") && q.Succeeded > 0 || q.Unfinished+q.Unsent > 0 {
		t.Errorf("requests %+v, want all to fail", q)
	}
	for _, e := range run.Errors {
		if !slices.Contains(kinds, e.Kind) {
			t.Errorf("%d× %q (%q), want %q", e.Count, e.Kind, e.Sample, kinds)
		}
	}
	if tc.check != nil {
		tc.check(t, run)
	}
	return run
}

// driveHostile drives a plan and holds what must be so whatever the server does: all requests are accounted for.
func driveHostile(t *testing.T, p loadgen.Plan) *runfile.Run {
	t.Helper()
	run, err := loadgen.Drive(t.Context(), p, loadgen.Options{})
	if err != nil {
		t.Fatal(err)
	}
	q := run.Requests
	if q.Due != hostileRequests || q.Due != q.Succeeded+q.Failed+q.Unfinished+q.Unsent {
		t.Errorf("requests %+v, want %d accounted for", q, hostileRequests)
	}
	var failed uint64
	for _, e := range run.Errors {
		failed += e.Count
	}
	if failed != q.Failed {
		t.Errorf("%d failures by kind, %d in all", failed, q.Failed)
	}
	return run
}

// checkWritten holds that what is shown of the runs has no control character, and that their file is read back.
func checkWritten(t *testing.T, runs []*runfile.Run) {
	t.Helper()
	var text, file bytes.Buffer
	if err := report.WriteTerminal(&text, runs, report.Options{Verbose: true, Width: 100}); err != nil {
		t.Fatal(err)
	}
	if err := report.WriteMarkdown(&text, runs, report.Caller{}); err != nil {
		t.Fatal(err)
	}
	p, err := report.RunPage(runs, report.Options{Verbose: true})
	if err != nil {
		t.Fatal(err)
	}
	var page bytes.Buffer
	if err := html.WriteRuns(&page, p, runs); err != nil {
		t.Fatal(err)
	}
	if n := bytes.Count(page.Bytes(), []byte("<script")); n != 1 {
		t.Errorf("the page has %d scripts, of which one is its own", n)
	}
	text.Write(page.Bytes())
	control := func(r rune) bool { return r < ' ' && r != '\n' || r >= 0x7f && r < 0xa0 || r == '\u202e' }
	if i := strings.IndexFunc(text.String(), control); i >= 0 {
		t.Errorf("a control character is in the report: %q", text.String()[max(0, i-40):min(text.Len(), i+40)])
	}
	if err := runfile.Encode(&file, runs); err != nil {
		t.Fatal(err)
	}
	if _, err := runfile.Decode("run.json", &file); err != nil {
		t.Errorf("their own file is refused: %v", err)
	}
}

// Without a free connection for all, and with less time than they need: nobody waits for longer than the drain.
func TestHostileServersEndWithTheDrain(t *testing.T) {
	for _, engine := range engines {
		for name, serve := range map[string]func(*peer){
			"silence":        (*peer).silent,
			"endless body":   endless(head+"\r\n", again(strings.Repeat("x", 64<<10))),
			"endless header": func(p *peer) { p.request(); p.drip(head + fields(1000, "X-")) },
			"not read":       func(p *peer) { <-p.over },
		} {
			t.Run(engine+" "+name, func(t *testing.T) {
				t.Parallel()
				p := hostilePlan(engine, "http://"+hostileServer(t, serve)+"/")
				p.Limits = loadgen.Limits{Connections: 3, Timeout: shortTimeout, Drain: shortTimeout}
				begin := time.Now()
				q := driveHostile(t, p).Requests
				// A machine that stands still at the end may have a second time-out and the drain's end to tell of at once.
				if q.Succeeded != 0 || q.Failed > 6 || q.Unfinished+q.Unsent < hostileRequests-6 {
					t.Errorf("requests %+v of 3 connections with time for 3 to time out", q)
				}
				if took, limit := time.Since(begin), hostileLength+shortTimeout; took < limit || took > limit+never/2 {
					t.Errorf("it took %v, want %v, and no more than a busy machine adds", took, limit)
				}
			})
		}
	}
}

// What comes before HTTP is the server's to spoil, too.
func TestHostileHandshakes(t *testing.T) {
	alert := "\x15\x03\x03\x00\x02\x02\x28" // fatal: handshake failure
	for name, tc := range map[string]struct {
		serve func(*peer)
		kinds []string
	}{
		"silence":         {(*peer).silent, []string{"connect: timeout"}},
		"plain HTTP":      {func(p *peer) { p.send("HTTP/1.1 400 Bad Request\r\n\r\n"); p.silent() }, []string{"tls"}},
		"alert":           {func(p *peer) { p.send(alert); p.silent() }, []string{"tls"}},
		"garbage":         {func(p *peer) { p.send("\x16\x03\x03\x00\x04\x63\x00\x00\x00"); p.silent() }, []string{"tls"}},
		"close":           {func(p *peer) { _, _ = p.in.Peek(1) }, []string{"connection closed early", "connection reset"}},
		"reset on accept": {(*peer).reset, []string{"connection reset"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for _, engine := range engines {
				p := hostilePlan(engine, "https://"+hostileServer(t, tc.serve)+"/")
				if tc.kinds[0] == "connect: timeout" {
					p.Limits.Timeout = shortTimeout
				}
				run := driveHostile(t, p)
				if run.Requests.Failed != hostileRequests {
					t.Errorf("%s: requests %+v, want all to fail", engine, run.Requests)
				}
				for _, e := range run.Errors {
					if !slices.Contains(tc.kinds, e.Kind) {
						t.Errorf("%s: %d× %q (%q), want %q", engine, e.Count, e.Kind, e.Sample, tc.kinds)
					}
				}
			}
		})
	}
}
