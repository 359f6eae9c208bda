package targets

import (
	"fmt"
	"math/rand/v2"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/seed-5a006608/bench/targets/catalogue"
)

// cpuTime is what a process has spent of its processors, by the scheduler's count in ns.
func cpuTime(tb testing.TB, pid int) time.Duration {
	tb.Helper()
	var total time.Duration
	threads, err := os.ReadDir(fmt.Sprintf("/proc/%d/task", pid))
	if err != nil {
		tb.Fatal(err)
	}
	for _, thread := range threads {
		b, err := os.ReadFile(fmt.Sprintf("/proc/%d/task/%s/schedstat", pid, thread.Name()))
		if err != nil {
			tb.Fatal(err)
		}
		var ns int64
		fmt.Sscan(string(b), &ns)
		total += time.Duration(ns)
	}
	return total
}

// resident is a process's resident memory in bytes.
func resident(tb testing.TB, pid int) int64 {
	tb.Helper()
	b, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		tb.Fatal(err)
	}
	_, rest, _ := strings.Cut(string(b), "VmRSS:")
	var kb int64
	fmt.Sscan(rest, &kb)
	return kb << 10
}

// BenchmarkCost measures what one request costs the service's process on one processor, alone and warm. With BENCH_LONG=1
// the catalogue is that of the bundled services.
func BenchmarkCost(b *testing.B) {
	for _, tc := range []struct {
		service, path string
		ids           int
	}{
		{"uncached", "/categories/%d/summary", 300},
		{"uncached", "/products/%d", catalogue.Default.Products},
		{"cached", "/categories/%d/summary", 300},
		{"pooled", "/products/%d/stock", catalogue.Default.Products},
		{"unpooled", "/products/%d/stock", catalogue.Default.Products},
		{"reference", "/%d", 1},
	} {
		b.Run("service="+tc.service+tc.path, func(b *testing.B) {
			o := StartOptions{CPUs: []int{0}}
			o.Reference.Service.Set("fixed:0s")
			c := startService(b, tc.service, o)
			r := rand.New(rand.NewPCG(1, 1))
			for id := range min(tc.ids, 1000) {
				get(b, c.URL+fmt.Sprintf(tc.path, id+1))
			}
			before := cpuTime(b, c.PID)
			for b.Loop() {
				if resp, _ := get(b, c.URL+fmt.Sprintf(tc.path, r.IntN(tc.ids)+1)); resp.StatusCode != 200 {
					b.Fatal(resp.Status)
				}
			}
			b.ReportMetric(float64((cpuTime(b, c.PID)-before).Microseconds())/float64(b.N), "cpu-us/req")
			b.ReportMetric(float64(resident(b, c.PID)>>20), "resident-MB")
		})
	}
}
