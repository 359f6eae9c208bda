package targets

import (
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/seed-5a006608/bench/targets/reference"
)

// drive keeps connections busy with n requests in all.
func drive(tb testing.TB, url string, connections, n int) {
	tb.Helper()
	transport := &http.Transport{MaxIdleConnsPerHost: connections}
	client := http.Client{Transport: transport}
	defer transport.CloseIdleConnections()
	left := make(chan struct{}, n)
	for range n {
		left <- struct{}{}
	}
	close(left)
	var wg sync.WaitGroup
	for range connections {
		wg.Go(func() {
			for range left {
				resp, err := client.Get(url)
				if err != nil {
					tb.Error(err)
					return
				}
				resp.Body.Close()
			}
		})
	}
	wg.Wait()
}

func readLog(tb testing.TB, path string) []reference.Entry {
	tb.Helper()
	f, err := os.Open(path)
	if err != nil {
		tb.Fatal(err)
	}
	defer f.Close()
	entries, err := reference.ReadLog(f)
	if err != nil {
		tb.Fatal(err)
	}
	return entries
}

// A child logs every request it answered, also when it is stopped at once.
func TestReferenceLog(t *testing.T) {
	path := filepath.Join(t.TempDir(), "log")
	var o StartOptions
	o.Reference = reference.Options{Service: reference.Service{Kind: reference.Exponential, Mean: time.Millisecond}, Seed: 3, Log: path}
	c := startService(t, "reference", o)
	drive(t, c.URL, 20, 1000)
	if err := c.Stop(); err != nil {
		t.Fatal(err)
	}
	entries := readLog(t, path)
	if len(entries) != 1000 {
		t.Fatalf("%d entries, want 1000", len(entries))
	}
	var sum time.Duration
	for _, e := range entries {
		sum += e.Service
		if e.Total < e.Service || e.Queue != 0 {
			t.Errorf("%+v", e)
		}
	}
	if mean := sum / 1000; mean < 900*time.Microsecond || mean > 1100*time.Microsecond { // 1 ms ± 3 standard errors, seeded
		t.Errorf("mean delay %v, want 1ms", mean)
	}
}

// BenchmarkReference measures how late answers are, by the server's own log, and what one costs the server.
func BenchmarkReference(b *testing.B) {
	for _, tc := range []struct {
		service     string
		connections int
	}{{"fixed:20ms", 1}, {"exp:10ms", 10}, {"exp:10ms", 50}} {
		b.Run(fmt.Sprintf("service=%s/connections=%d", tc.service, tc.connections), func(b *testing.B) {
			path := filepath.Join(b.TempDir(), "log")
			o := StartOptions{CPUs: []int{0}}
			o.Reference.Log = path
			if err := o.Reference.Service.Set(tc.service); err != nil {
				b.Fatal(err)
			}
			c := startService(b, "reference", o)
			before := cpuTime(b, c.PID)
			began := time.Now()
			drive(b, c.URL, tc.connections, b.N)
			took := time.Since(began)
			spent := cpuTime(b, c.PID) - before
			if err := c.Stop(); err != nil {
				b.Fatal(err)
			}
			var late []time.Duration
			for _, e := range readLog(b, path) {
				late = append(late, e.Total-e.Queue-e.Service)
			}
			slices.Sort(late)
			b.ReportMetric(float64(late[len(late)/2].Microseconds()), "late-P50-us")
			b.ReportMetric(float64(late[len(late)*99/100].Microseconds()), "late-P99-us")
			b.ReportMetric(float64(b.N)/took.Seconds(), "req/s")
			b.ReportMetric(float64(spent.Microseconds())/float64(b.N), "cpu-us/req")
			b.ReportMetric(100*spent.Seconds()/took.Seconds(), "cpu-%")
		})
	}
}
