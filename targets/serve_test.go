package targets

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"

	"github.com/seed-5a006608/bench/targets/catalogue"
	"github.com/seed-5a006608/bench/targets/reference"
)

// startService starts a service for the length of the test.
func startService(tb testing.TB, name string, o StartOptions) *Child {
	tb.Helper()
	o.Progress = func(line string) { tb.Log(line) }
	c, err := Start(tb.Context(), name, o)
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() {
		http.DefaultClient.CloseIdleConnections()
		if err := c.Stop(); err != nil {
			tb.Error(err)
		}
	})
	return c
}

// ask sends a request and returns the answer with its body read.
func ask(tb testing.TB, method, url, body string) (*http.Response, string) {
	tb.Helper()
	req, err := http.NewRequestWithContext(context.WithoutCancel(tb.Context()), method, url, strings.NewReader(body))
	if err != nil {
		tb.Fatal(err)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		tb.Fatal(err)
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	if err != nil {
		tb.Fatal(err)
	}
	return resp, string(b)
}

func get(tb testing.TB, url string) (*http.Response, string) { return ask(tb, http.MethodGet, url, "") }

// privateTmp has the test's private directories made in a place of their own, which is checked to be empty at its end.
func privateTmp(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	t.Setenv("TMPDIR", dir)
	t.Cleanup(func() { wantEmpty(t, dir) })
	return dir
}

func wantEmpty(t *testing.T, dir string) {
	t.Helper()
	left, err := filepath.Glob(filepath.Join(dir, "*"))
	if err != nil || left != nil {
		t.Errorf("left behind: %v, %v", left, err)
	}
}

var template = regexp.MustCompile(`\{\{zipf (\d+) [0-9.]+\}\}`)

// Every request that a service is driven with by default is answered, for the smallest and the greatest key, and says
// where its time went.
func TestRequestsOfEveryService(t *testing.T) {
	timings := map[string]*regexp.Regexp{
		"cached":    regexp.MustCompile(`^cache;dur=[0-9.]+, pool;dur=[0-9.]+, db;dur=[0-9.]+$`),
		"uncached":  regexp.MustCompile(`^pool;dur=[0-9.]+, db;dur=[0-9.]+$`),
		"pooled":    regexp.MustCompile(`^pool;dur=[0-9.]+, db;dur=[0-9.]+$`),
		"unpooled":  regexp.MustCompile(`^connect;dur=[0-9.]+, db;dur=[0-9.]+$`),
		"reference": regexp.MustCompile(`^$`),
	}
	for _, s := range Services() {
		t.Run(s.Name, func(t *testing.T) {
			tmp := privateTmp(t)
			c := startService(t, s.Name, StartOptions{ServeOptions: ServeOptions{Reference: reference.Options{Service: reference.Service{Kind: reference.Fixed}}}})
			for _, r := range s.Requests {
				for _, key := range []string{"1", "$1"} {
					path := template.ReplaceAllString(r.Path, key)
					resp, body := ask(t, r.Method, c.URL+path, r.Body)
					if resp.StatusCode != http.StatusOK || !json.Valid([]byte(body)) {
						t.Fatalf("%s %s: %s %s", r.Method, path, resp.Status, body)
					}
					if got := resp.Header.Get("Server-Timing"); !timings[s.Name].MatchString(got) {
						t.Errorf("%s: Server-Timing %q", path, got)
					}
					wants := map[bool][]string{true: {"MISS", "HIT"}, false: {"", ""}}[s.Name == "cached"]
					again, body2 := ask(t, r.Method, c.URL+path, r.Body)
					if first, second := resp.Header.Get("X-Cache"), again.Header.Get("X-Cache"); first != wants[0] || second != wants[1] {
						t.Errorf("%s: X-Cache %q and %q, want %q", path, first, second, wants)
					}
					if s.Name != "reference" && body != body2 {
						t.Errorf("%s: %s and then %s", path, body, body2)
					}
				}
			}
			for path, want := range map[string]string{"/healthz": "ok", "/metrics": "process_cpu_seconds_total", "/debug/pprof/": "goroutine"} {
				if resp, body := get(t, c.URL+path); resp.StatusCode != http.StatusOK || !strings.Contains(body, want) {
					t.Errorf("%s: %s %.60s", path, resp.Status, body)
				}
			}
			if dirs, _ := filepath.Glob(filepath.Join(tmp, "bench-*")); len(dirs) != 1 {
				t.Errorf("private directories: %v, want one", dirs)
			}
			if err := c.Stop(); err != nil {
				t.Error(err)
			}
			wantEmpty(t, tmp)
			if conn, err := net.Dial("tcp", strings.TrimPrefix(c.URL, "http://")); err == nil {
				conn.Close()
				t.Error("it still answers after Stop")
			}
		})
	}
}

func TestMetricsOfCacheAndPool(t *testing.T) {
	c := startService(t, "cached", StartOptions{ServeOptions: ServeOptions{PoolSize: 3}})
	for range 3 {
		get(t, c.URL+"/categories/7/summary")
	}
	get(t, c.URL+"/products/9")
	_, metrics := get(t, c.URL+"/metrics")
	for _, want := range []string{
		`cache_hits_total{cache="summaries"} 2`,
		`cache_misses_total{cache="summaries"} 1`,
		`cache_loads_total{cache="products"} 1`,
		`cache_entries{cache="summaries"} 1`,
		`db_pool_connections 3`,
		`db_pool_in_use 0`,
		`http_requests_total{code="200",route="GET /categories/{id}/summary"} 3`,
	} {
		if !strings.Contains(metrics, want+"\n") {
			t.Errorf("/metrics lacks %s", want)
		}
	}
}

func TestPriceChange(t *testing.T) {
	for _, name := range []string{"cached", "uncached", "unpooled"} {
		t.Run(name, func(t *testing.T) {
			c := startService(t, name, StartOptions{})
			product := func() (p catalogue.Product, cache string) {
				resp, body := get(t, c.URL+"/products/5")
				if err := json.Unmarshal([]byte(body), &p); err != nil {
					t.Fatal(err)
				}
				return p, resp.Header.Get("X-Cache")
			}
			before, _ := product()
			summary := fmt.Sprintf("%s/categories/%d/summary", c.URL, before.Category.ID)
			get(t, summary)
			dearest := int64(maxPriceCents)
			resp, body := ask(t, http.MethodPut, c.URL+"/products/5/price", fmt.Sprintf(`{"price_cents": %d}`, dearest))
			var change catalogue.PriceChange
			if err := json.Unmarshal([]byte(body), &change); err != nil || resp.StatusCode != http.StatusOK {
				t.Fatal(resp.Status, body, err)
			}
			if change.CategoryID != before.Category.ID || change.PriceCents != dearest || resp.Header.Get("X-Cache") != "" {
				t.Errorf("%s, X-Cache %q", body, resp.Header.Get("X-Cache"))
			}
			if after, cache := product(); after.PriceCents != dearest || cache == "HIT" {
				t.Errorf("after the change: %+v, X-Cache %q", after, cache)
			}
			var s catalogue.Summary
			if _, body := get(t, summary); json.Unmarshal([]byte(body), &s) != nil || s.MaxPriceCents != dearest {
				t.Errorf("the category's summary after the change: %s", body)
			}
		})
	}
}

func TestRefusals(t *testing.T) {
	c := startService(t, "uncached", StartOptions{})
	const wantBody = `{"error":"want a body such as {\"price_cents\": 1999}"}`
	for _, tc := range []struct {
		method, path, body string
		status             int
		want               string
	}{
		{"GET", "/products/0", "", 404, `{"error":"no product 0"}`},
		{"GET", "/products/100001", "", 404, `{"error":"no product 100001"}`},
		{"GET", "/products/100001/stock", "", 404, `{"error":"no product 100001"}`},
		{"GET", "/categories/301/summary", "", 404, `{"error":"no category 301"}`},
		{"GET", "/products/x", "", 400, `{"error":"product \"x\": want a number"}`},
		{"GET", "/categories/1e3/summary", "", 400, `{"error":"category \"1e3\": want a number"}`},
		{"GET", "/products/99999999999999999999", "", 400, `{"error":"product \"99999999999999999999\": want a number"}`},
		{"PUT", "/products/100001/price", `{"price_cents": 1}`, 404, `{"error":"no product 100001"}`},
		{"PUT", "/products/1/price", `{"price_cents": 0}`, 400, `{"error":"price_cents must be above 0 and at most 100000000, got 0"}`},
		{"PUT", "/products/1/price", `{"price_cents": 100000001}`, 400, `{"error":"price_cents must be above 0 and at most 100000000, got 100000001"}`},
		{"PUT", "/products/1/price", ``, 400, wantBody},
		{"PUT", "/products/1/price", `{}`, 400, wantBody},
		{"PUT", "/products/1/price", `{"price": 1}`, 400, wantBody},
		{"PUT", "/products/1/price", `{"price_cents": 1.5}`, 400, wantBody},
		{"PUT", "/products/1/price", `{"price_cents": 1}{}`, 400, wantBody},
		{"PUT", "/products/1/price", `{"price_cents": 1` + strings.Repeat(" ", 4096) + `}`, 400, wantBody},
		{"DELETE", "/products/1", "", 405, "Method Not Allowed"},
		{"GET", "/nowhere", "", 404, "404 page not found"},
	} {
		if resp, body := ask(t, tc.method, c.URL+tc.path, tc.body); resp.StatusCode != tc.status || strings.TrimSpace(body) != tc.want {
			t.Errorf("%s %s %s: %d %s, want %d %s", tc.method, tc.path, tc.body, resp.StatusCode, body, tc.status, tc.want)
		}
	}
}

func TestStartFails(t *testing.T) {
	tmp := privateTmp(t)
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, tc := range []struct {
		name string
		o    ServeOptions
		want string
	}{
		{"cachd", ServeOptions{}, "did you mean cached?"},
		{"cached", ServeOptions{Addr: taken.Addr().String()}, "bind: address already in use; 127.0.0.1:0 takes any free port"},
		{"cached", ServeOptions{PoolSize: -1}, "pool-size must be above 0, got -1"},
		{"cached", ServeOptions{CacheSize: -1}, "cache-size must be above 0, got -1"},
		{"cached", ServeOptions{TTL: -1}, "ttl must be above 0, got -1ns"},
		{"cached", ServeOptions{CacheDir: file}, "set BENCH_CACHE_DIR to another directory"},
		{"reference", ServeOptions{Reference: reference.Options{Bare: true, Workers: 2}}, "bare: such a server has no delays, workers"},
		{"reference", ServeOptions{Reference: reference.Options{Workers: -1}}, "workers must be 0 (no limit) or more, got -1"},
		{"reference", ServeOptions{Reference: reference.Options{Log: file}, Handicap: Handicap{Fail: 0.1}}, "log: the log would not say what slow"},
		{"reference", ServeOptions{Addr: "127.0.0.1"}, "addr 127.0.0.1: write it as host:port"},
		{"reference", ServeOptions{Reference: reference.Options{Log: file + "/x"}}, "create the log: open " + file + "/x: not a directory"},
	} {
		c, err := Start(t.Context(), tc.name, StartOptions{ServeOptions: tc.o})
		if err == nil {
			c.Stop()
		}
		if err == nil || !strings.Contains(err.Error(), tc.want) {
			t.Errorf("%s %+v: %v, want %q", tc.name, tc.o, err, tc.want)
		}
		wantEmpty(t, tmp)
	}
}

// Serve works in this process too, as "bench serve NAME" typed by a user does.
func TestServeUntilTheContextEnds(t *testing.T) {
	tmp := privateTmp(t)
	ctx, cancel := context.WithCancel(t.Context())
	url, ended := make(chan string, 1), make(chan error, 1)
	go func() { ended <- Serve(ctx, "cached", ServeOptions{}, func(u string) { url <- u }) }()
	select {
	case u := <-url:
		if resp, body := get(t, u+"/products/1"); resp.StatusCode != http.StatusOK {
			t.Error(resp.Status, body)
		}
		http.DefaultClient.CloseIdleConnections()
	case err := <-ended:
		t.Fatal(err)
	}
	cancel()
	if err := <-ended; err != nil {
		t.Error(err)
	}
	wantEmpty(t, tmp)
}

func TestServeIsStoppedBeforeItIsReady(t *testing.T) {
	tmp := privateTmp(t)
	ctx, cancel := context.WithCancel(t.Context())
	o := ServeOptions{CacheDir: t.TempDir(), Progress: func(string) { cancel() }} // it has to build the catalogue
	if err := Serve(ctx, "cached", o, func(string) { t.Error("it got ready") }); err != nil {
		t.Errorf("error %v, want nil: it was asked to stop", err)
	}
	wantEmpty(t, tmp)
}

// However many connections press, all requests are answered, in turn.
func TestOverload(t *testing.T) {
	if testing.Short() {
		t.Skip("takes seconds of processor time")
	}
	const connections = 256
	c := startService(t, "uncached", StartOptions{})
	transport := &http.Transport{MaxIdleConnsPerHost: connections}
	client := http.Client{Transport: transport}
	defer transport.CloseIdleConnections()
	var wg sync.WaitGroup
	var mu sync.Mutex
	answered := 0
	for i := range connections {
		wg.Go(func() {
			resp, err := client.Get(fmt.Sprintf("%s/categories/%d/summary", c.URL, 1+i%300))
			if err != nil {
				t.Error(err)
				return
			}
			defer resp.Body.Close()
			if _, err := io.Copy(io.Discard, resp.Body); err != nil || resp.StatusCode != http.StatusOK {
				t.Error(resp.Status, err)
			}
			mu.Lock()
			defer mu.Unlock()
			answered++
		})
	}
	wg.Wait()
	if answered != connections {
		t.Errorf("%d of %d answered", answered, connections)
	}
	_, metrics := get(t, c.URL+"/metrics")
	var rss float64
	for line := range strings.Lines(metrics) {
		if value, found := strings.CutPrefix(line, "process_resident_memory_bytes "); found {
			fmt.Sscan(value, &rss)
		}
	}
	if t.Logf("resident: %.0f MB", rss/1e6); rss > 150e6 {
		t.Errorf("%.0f MB resident under load, want at most 150", rss/1e6)
	}
}
