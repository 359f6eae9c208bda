package report

import (
	"math"
	"strings"
	"testing"
	"time"

	"github.com/HdrHistogram/hdrhistogram-go"

	"github.com/seed-5a006608/bench/loadgen/runfile"
)

// readLog reads an interval log back by the library's own reader.
func readLog(t *testing.T, text string) []*hdrhistogram.Histogram {
	t.Helper()
	r := hdrhistogram.NewHistogramLogReader(strings.NewReader(text))
	var all []*hdrhistogram.Histogram
	for {
		h, err := r.NextIntervalHistogram()
		if err != nil {
			t.Fatal(err)
		}
		if h == nil {
			return all
		}
		all = append(all, h)
	}
}

// twoDigits gives a run's seconds the histograms that a recorder would: of two digits.
func twoDigits(t *testing.T, run *runfile.Run) *runfile.Run {
	t.Helper()
	for i := range run.Intervals {
		d := &run.Intervals[i].ResponseTime
		h, err := successes(d)
		if err != nil {
			t.Fatal(err)
		}
		var values, bounds []time.Duration
		for _, bar := range h.Distribution() {
			for range bar.Count {
				values = append(values, time.Duration(bar.From))
			}
		}
		for range censoredOf(d) {
			bounds = append(bounds, drain)
		}
		*d = runfile.NewDist(2, values, bounds)
	}
	return run
}

func TestLogReadsBack(t *testing.T) {
	cached, uncached := twoDigits(t, cachedRun()), twoDigits(t, uncachedRun())
	uncached.Started = cached.Started.Add(42*time.Second + 250*time.Millisecond)
	for _, runs := range [][]*runfile.Run{{cached}, {uncached}, {uncached, cached}} {
		text := written(t, WriteHLog, runs...)
		lines := readLog(t, text)
		for _, run := range runs {
			merged := hdrhistogram.New(1, int64(time.Hour), 3)
			for _, second := range run.Intervals {
				h := lines[0]
				lines = lines[1:]
				want, err := successes(&second.ResponseTime)
				if err != nil {
					t.Fatal(err)
				}
				if !h.Equals(want) {
					t.Fatalf("%s at %s: another histogram", run.Target.Name, second.StartNS)
				}
				at := run.Started.Add(second.StartNS).UnixMilli()
				if math.Abs(float64(h.StartTimeMs()-at)) > 1 || math.Abs(float64(h.EndTimeMs()-at-1000)) > 1 {
					t.Errorf("%s at %s: from %d to %d ms, want %d", run.Target.Name, second.StartNS, h.StartTimeMs(), h.EndTimeMs(), at)
				}
				tag := run.Target.Name
				if len(runs) == 1 {
					tag = ""
				}
				if h.Tag() != tag {
					t.Errorf("tag %q, want %q", h.Tag(), tag)
				}
				if second.StartNS >= 3*time.Second { // the warm-up is no part of overall
					merged.Merge(h)
				}
			}
			overall, err := successes(&run.Overall.ResponseTime)
			if err != nil {
				t.Fatal(err)
			}
			if merged.TotalCount() != overall.TotalCount() {
				t.Errorf("%s: %d values, overall has %d", run.Target.Name, merged.TotalCount(), overall.TotalCount())
			}
			for _, q := range []float64{50, 95, 99, 99.9, 100} {
				got, want := merged.ValueAtQuantile(q), overall.ValueAtQuantile(q)
				if math.Abs(float64(got-want)) > 0.01*float64(want) {
					t.Errorf("%s: P%v of the merged log is %d ns, overall %d", run.Target.Name, q, got, want)
				}
			}
		}
		if len(lines) > 0 {
			t.Errorf("%d lines too many", len(lines))
		}
		if censored := strings.Contains(text, "without an end"); censored != (censoredOf(&runs[0].Overall.ResponseTime) > 0) {
			t.Errorf("the log says %v of requests without an end", censored)
		}
	}
}

func TestLogOfHostileNames(t *testing.T) {
	for _, text := range hostile {
		a, b := hostileRun(text), hostileRun(text)
		lines := readLog(t, written(t, WriteHLog, a, b))
		if len(lines) != len(a.Intervals)+len(b.Intervals) {
			t.Fatalf("%.40q: %d lines", text, len(lines))
		}
		first, last := lines[0], lines[len(lines)-1]
		if first.Tag() == "" || first.Tag() == last.Tag() {
			t.Errorf("%.40q: tags %q and %q", text, first.Tag(), last.Tag())
		}
		if first.StartTimeMs() != a.Started.UnixMilli() {
			t.Errorf("%.40q: it starts at %d, want %d", text, first.StartTimeMs(), a.Started.UnixMilli())
		}
	}
}

// The last second of a run that lasted 29.5 s is half a second long.
func TestLogSaysHowLongTheLastSecondWas(t *testing.T) {
	run := twoDigits(t, cachedRun())
	run.Phases[len(run.Phases)-1].DurationNS -= 500 * time.Millisecond
	lines := readLog(t, written(t, WriteHLog, run))
	for i, h := range lines {
		want := int64(1000)
		if i == len(lines)-1 {
			want = 500
		}
		if got := h.EndTimeMs() - h.StartTimeMs(); got != want {
			t.Errorf("interval %d is %d ms long, want %d", i, got, want)
		}
	}
}

// The seconds in which a run drains come after its last phase: without an answer of their own they are no intervals.
func TestLogLeavesOutTheDrain(t *testing.T) {
	run := twoDigits(t, cachedRun())
	want := len(readLog(t, written(t, WriteHLog, run)))
	run.Intervals = append(run.Intervals, runfile.Interval{StartNS: time.Duration(len(run.Intervals)) * time.Second})
	lines := readLog(t, written(t, WriteHLog, run))
	if len(lines) != want {
		t.Fatalf("%d intervals, want %d", len(lines), want)
	}
	for i, h := range lines {
		if h.EndTimeMs() <= h.StartTimeMs() {
			t.Errorf("interval %d is from %d to %d ms", i, h.StartTimeMs(), h.EndTimeMs())
		}
	}
}
