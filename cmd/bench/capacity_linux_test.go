package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/seed-5a006608/bench/loadgen/runfile"
	"github.com/seed-5a006608/bench/report/capacity"
)

// searches are the numbers of the searches that the measured tests of bench capacity make of each kind. They take minutes each,
// and a quiet machine: .ci/capacity-bars says how long. BENCH_CAPACITY=20 asks for 1 to 20, and 6-10 for the part from 6 to 10.
func searches(t *testing.T) (list []int) {
	t.Helper()
	text := os.Getenv("BENCH_CAPACITY")
	if text == "" {
		t.Skip("takes minutes and a quiet machine: BENCH_CAPACITY=20 asks for 20 searches")
	}
	from, to, part := strings.Cut(text, "-")
	if !part {
		from, to = "1", text
	}
	first, err := strconv.Atoi(from)
	last, err2 := strconv.Atoi(to)
	if err != nil || err2 != nil || first < 1 || last < first {
		t.Fatalf("BENCH_CAPACITY=%s: want a number of searches such as 20, or a part such as 6-10", text)
	}
	for i := first; i <= last; i++ {
		list = append(list, i)
	}
	return list
}

// mostSearch is what one search may take.
const mostSearch = 3 * time.Minute

// foundCapacity runs bench capacity, and returns what it found and how long it took.
func foundCapacity(t *testing.T, args ...string) (*capacity.Capacity, time.Duration) {
	t.Helper()
	began := time.Now()
	b := start(t, append([]string{"capacity", "--quiet", "--no-save", "-o", "json=capacity.json"}, args...)...)
	select {
	case <-b.done:
	case <-time.After(2 * mostSearch):
		t.Fatalf("%v is still running", args)
	}
	took := time.Since(began)
	if code := b.ProcessState.ExitCode(); code != exitOK {
		t.Fatalf("%v: exit %d\n%s%s", args, code, b.stdout.String(), b.stderr.String())
	}
	data, err := runfile.ReadBytes(filepath.Join(b.dir, "capacity.json"))
	if err != nil {
		t.Fatal(err)
	}
	list, err := capacity.Decode("capacity.json", data)
	if err != nil {
		t.Fatal(err)
	}
	return list[0], took
}

func holds(r *capacity.Rate, v float64) bool { return r != nil && r.Low <= v && v <= r.High }

func off(v, truth float64) string { return fmt.Sprintf("%+.1f %%", 100*(v/truth-1)) }

func within15(p *capacity.Prediction, measured *capacity.Rate) bool {
	return p != nil && measured != nil && p.Rate.Rate > 0.85*measured.Rate && p.Rate.Rate < 1.15*measured.Rate
}

// Four workers of 8 ms are full at 500/s, and M/M/4 says where an objective breaks. What limits the server is not seen, as it
// is only a URL; so saturation is foretold from the response times alone.
func TestCapacityOfTheReference(t *testing.T) {
	list := searches(t)
	q := capacity.MMC{Workers: 4, ServiceRate: 125}
	for _, tc := range []struct {
		slo   string
		truth float64
		most  float64
	}{{"p99<50ms", q.RateWithin(0.99, 50*ms), 0.05}, {"p99<100ms", q.RateWithin(0.99, 100*ms), 0.03}} {
		t.Run(tc.slo, func(t *testing.T) {
			held := 0
			for _, i := range list {
				s := serve(t, "reference", "--service", "exp:8ms", "--workers", "4", "--seed", fmt.Sprint(i))
				c, took := foundCapacity(t, s.url, "--slo", tc.slo, "--seed", fmt.Sprint(1000*i))
				r := &c.MaxRate.Rate
				if holds(r, tc.truth) {
					held++
				}
				t.Logf("search %2d: %6.1f/s (%.1f – %.1f) of %.1f/s: %s, held %t · saturation %s · foretold %s · %d steps, %v",
					i, r.Rate, r.Low, r.High, tc.truth, off(r.Rate, tc.truth), holds(r, tc.truth), saturationWords(c, 500), foretoldWords(c), len(c.Steps), took.Round(time.Second))
				if r.Rate < (1-tc.most)*tc.truth || r.Rate > (1+tc.most)*tc.truth {
					t.Errorf("search %d: %.4g/s, want %.4g/s within %v", i, r.Rate, tc.truth, tc.most)
				}
				if c.Saturation == nil || c.Saturation.Rate < 485 || c.Saturation.Rate > 515 {
					t.Errorf("search %d: saturation %+v, want 500/s within 3 %%", i, c.Saturation)
				}
				if !within15(c.Predicted, c.Saturation) {
					t.Errorf("search %d: saturation is foretold as %+v, want %+v within 15 %%", i, c.Predicted, c.Saturation)
				}
				if took > mostSearch {
					t.Errorf("search %d took %v", i, took)
				}
			}
			t.Logf("%d of %d intervals hold %.4g/s", held, len(list), tc.truth)
			if held*20 < 17*len(list) {
				t.Errorf("%d of %d intervals hold %.4g/s, want 17 of 20", held, len(list), tc.truth)
			}
		})
	}
}

// What was confirmed of each bundled service holds again at 95 % of it, in nine of ten tries, and its saturation is foretold.
func TestCapacityHoldsWhenDrivenAgain(t *testing.T) {
	list := searches(t)
	// What was searched is a service whose cache is filled, so it is filled when it is driven again.
	warmUp := map[string][]string{"cached": {"--warm-up", "10s"}}
	for _, target := range []string{"cached", "uncached", "pooled", "unpooled"} {
		t.Run(target, func(t *testing.T) {
			held, tries := 0, 0
			for _, i := range list {
				c, took := foundCapacity(t, target, "--seed", fmt.Sprint(1000*i))
				r := &c.MaxRate.Rate
				again := max(1, (10+len(list)-1)/len(list))
				kept := 0
				for try := range again {
					if holdsAgain(t, target, 0.95*c.MaxRate.Confirmed, 1000*i+try, warmUp[target]...) {
						kept++
					}
				}
				held, tries = held+kept, tries+again
				t.Logf("search %2d: %.0f/s (%.0f – %.0f), confirmed %.0f/s, held again %d of %d · saturation %s · foretold %s · %d steps, %v · %s",
					i, r.Rate, r.Low, r.High, c.MaxRate.Confirmed, kept, again, saturationWords(c, 0), foretoldWords(c), len(c.Steps), took.Round(time.Second), c.Limit)
				if took > mostSearch {
					t.Errorf("search %d took %v", i, took)
				}
				switch {
				case c.Saturation == nil || c.Predicted == nil:
					t.Errorf("search %d: saturation %+v, foretold %+v", i, c.Saturation, c.Predicted)
				case target == "pooled" && !within15(c.Predicted, c.Saturation):
					t.Errorf("search %d: saturation is foretold as %+v, want %+v within 15 %%", i, c.Predicted, c.Saturation)
				case (target == "cached" || target == "uncached") && !holds(&c.Predicted.Rate, c.Saturation.Rate):
					t.Errorf("search %d: saturation is foretold as %+v, which does not hold %+v", i, c.Predicted, c.Saturation)
				}
			}
			if held*10 < 9*tries {
				t.Errorf("the confirmed rate held %d of %d times, want 9 of 10", held, tries)
			}
		})
	}
}

// holdsAgain drives a service for 30 s at a rate and reports whether it met the objectives that bench capacity has by itself.
func holdsAgain(t *testing.T, target string, rate float64, seed int, args ...string) bool {
	t.Helper()
	if rate == 0 {
		return false
	}
	b := start(t, append([]string{"sustained", target, "-d", "30s", "-r", fmt.Sprintf("%.3f/s", rate), "--seed", fmt.Sprint(seed),
		"--threshold", defaultObjectives[0], "--threshold", defaultObjectives[1], "--quiet", "--no-save"}, args...)...)
	select {
	case <-b.done:
	case <-time.After(2 * time.Minute):
		t.Fatalf("%v is still running", b.Args)
	}
	if code := b.ProcessState.ExitCode(); code != exitOK {
		t.Logf("driven again, exit %d:\n%s%s", code, b.stdout.String(), b.stderr.String())
		return false
	}
	return true
}

func saturationWords(c *capacity.Capacity, truth float64) string {
	if c.Saturation == nil {
		return "not reached"
	}
	words := fmt.Sprintf("%.1f/s", c.Saturation.Rate)
	if truth > 0 {
		words += " (" + off(c.Saturation.Rate, truth) + ")"
	}
	return words
}

func foretoldWords(c *capacity.Capacity) string {
	if c.Predicted == nil || c.Saturation == nil {
		return "–"
	}
	p := c.Predicted
	return fmt.Sprintf("%.1f/s (%.1f – %.1f): %s", p.Rate.Rate, p.Low, p.High, off(p.Rate.Rate, c.Saturation.Rate))
}
