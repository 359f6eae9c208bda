package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"testing"

	"github.com/seed-5a006608/bench/report/capacity"
)

// searches is how often the measured tests of bench capacity search: they take minutes each, and a quiet machine.
//
//	BENCH_CAPACITY=20 go test -run TestCapacity -timeout 3h ./cmd/bench
func searches(t *testing.T) int {
	t.Helper()
	n, err := strconv.Atoi(os.Getenv("BENCH_CAPACITY"))
	if err != nil || n < 1 {
		t.Skip("takes minutes and a quiet machine: BENCH_CAPACITY=20 asks for 20 searches")
	}
	return n
}

// foundCapacity runs bench capacity and reads what it found.
func foundCapacity(t *testing.T, args ...string) *capacity.Capacity {
	t.Helper()
	b := start(t, append([]string{"capacity", "--quiet", "-o", "json=capacity.json"}, args...)...)
	<-b.done
	if code := b.ProcessState.ExitCode(); code != exitOK {
		t.Fatalf("%v: exit %d\n%s%s", args, code, b.stdout.String(), b.stderr.String())
	}
	source, err := os.ReadFile(filepath.Join(b.dir, "capacity.json"))
	if err != nil {
		t.Fatal(err)
	}
	var f capacity.File
	if err := json.Unmarshal(source, &f); err != nil {
		t.Fatal(err)
	}
	return f.Capacity
}

// Four workers of 8 ms are full at 500/s, and M/M/4 says where an objective breaks.
func TestCapacityOfTheReference(t *testing.T) {
	n := searches(t)
	q := capacity.MMC{Workers: 4, ServiceRate: 125}
	for _, tc := range []struct {
		slo   string
		truth float64
		most  float64
	}{{"p99<50ms", q.RateWithin(0.99, 50*ms), 0.05}, {"p99<100ms", q.RateWithin(0.99, 100*ms), 0.03}} {
		held := 0
		for i := range n {
			s := serve(t, "reference", "--service", "exp:8ms", "--workers", "4", "--seed", fmt.Sprint(i+1))
			c := foundCapacity(t, s.url, "--slo", tc.slo, "--seed", fmt.Sprint(1000*i+1))
			if off := c.MaxRate.Rate.Rate/tc.truth - 1; off > tc.most || off < -tc.most {
				t.Errorf("%s, search %d: %.4g/s, want %.4g/s within %v", tc.slo, i, c.MaxRate.Rate.Rate, tc.truth, tc.most)
			}
			if c.MaxRate.Low <= tc.truth && tc.truth <= c.MaxRate.High {
				held++
			}
			if c.Saturation == nil || c.Saturation.Rate < 485 || c.Saturation.Rate > 515 {
				t.Errorf("%s, search %d: saturation %+v, want 500/s within 3 %%", tc.slo, i, c.Saturation)
			}
		}
		if held*20 < 17*n {
			t.Errorf("%s: %d of %d intervals hold %.4g/s", tc.slo, held, n, tc.truth)
		}
	}
}

// What was confirmed holds again at 95 % of it.
func TestCapacityHoldsWhenDrivenAgain(t *testing.T) {
	n := searches(t)
	for _, target := range []string{"cached", "uncached", "pooled", "unpooled"} {
		held := 0
		for range n {
			c := foundCapacity(t, target)
			b := start(t, "sustained", target, "-d", "30s", "-r", fmt.Sprintf("%.3f/s", 0.95*c.MaxRate.Confirmed),
				"--threshold", "p99<100ms", "--threshold", "errors<0.1%", "--quiet", "--no-save")
			<-b.done
			if b.ProcessState.ExitCode() == exitOK {
				held++
			}
		}
		if held*10 < 9*n {
			t.Errorf("%s: the confirmed rate held %d of %d times", target, held, n)
		}
	}
}
