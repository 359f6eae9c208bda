package html_test

import (
	"bytes"
	"fmt"
	"math"
	"testing"
	"time"

	"github.com/seed-5a006608/bench/loadgen/racetest"
	"github.com/seed-5a006608/bench/loadgen/runfile"
	"github.com/seed-5a006608/bench/profiles"
	"github.com/seed-5a006608/bench/report"
	"github.com/seed-5a006608/bench/report/html"
)

const hostile = `</td></svg><script>alert("x")</script><img src=x onerror=alert(1)>'&`

// runs are two runs of a spike, of so many seconds, as a file holds them. Their text from elsewhere is hostile.
func runs(t testing.TB, seconds int) []*runfile.Run {
	t.Helper()
	return []*runfile.Run{spike(seconds, "cached", 1), spike(seconds, "uncached", 20)}
}

func spike(seconds int, name string, slow float64) *runfile.Run {
	r := &runfile.Run{
		Target: runfile.Target{Name: name, URL: "http://127.0.0.1:1/"}, Seed: 1, Started: time.Unix(0, 0), Repeat: "bench spike cached uncached " + hostile,
		Plan: runfile.PlanRecord{Profile: "spike", Arrivals: "poisson", Model: "open"}, Verdict: runfile.Verdict{Kind: runfile.TargetLimited, Evidence: []string{hostile}},
		Environment: runfile.Environment{CPU: hostile, Processors: 2},
		Events:      []runfile.Event{{Kind: runfile.EventStall, AtNS: 21 * time.Second, DurationNS: 3 * time.Second, Text: hostile}},
	}
	start, end := seconds/3, seconds/2
	var all []time.Duration
	made := distributions{}
	for i := range seconds {
		n, late := 40, 0
		if i >= start && i < end {
			n = 200
			late = int(slow)
		}
		response, service, values := made.of(i, n, late, slow)
		s := runfile.Interval{StartNS: time.Duration(i) * time.Second, Due: uint64(n + late + 2), OK: uint64(n), Failed: uint64(late + 2), Sent: uint64(n), Finished: uint64(n),
			InFlight: uint64(late), Backlog: uint64(late * i), Hits: uint64(n - n/10), Misses: uint64(n / 10),
			ResponseTime: response, ServiceTime: service}
		s.Failures = map[string]uint64{hostile: 2}
		if late > 0 {
			s.Failures["timeout"] = uint64(late)
		}
		r.Requests.Due, r.Requests.Succeeded, r.Requests.Failed = r.Requests.Due+s.Due, r.Requests.Succeeded+s.OK, r.Requests.Failed+s.Failed
		r.Intervals = append(r.Intervals, s)
		if len(all) < 20_000 {
			all = append(all, values...)
		}
		at := time.Duration(i+1) * time.Second
		r.Resources.Target = append(r.Resources.Target, runfile.ProcessSample{AtNS: at, CPUNS: time.Duration(i%10) * 50 * time.Millisecond, RSS: uint64(40e6 + float64(i)*1e4)})
		r.Resources.Generator = append(r.Resources.Generator, runfile.ProcessSample{AtNS: at, CPUNS: 90 * time.Millisecond, RSS: 70e6})
		r.Resources.Host = append(r.Resources.Host, runfile.HostSample{AtNS: at, Busy: 0.6})
	}
	dist := runfile.NewDist(3, all, []time.Duration{10 * time.Second})
	for i, p := range []struct {
		name     string
		from, to int
	}{{"baseline", 0, start}, {"spike", start, end}, {"recovery", end, seconds}} {
		length := time.Duration(p.to-p.from) * time.Second
		phase := runfile.Phase{Name: p.name, Kind: profiles.Kind(p.name), StartNS: time.Duration(p.from) * time.Second, DurationNS: length, Offered: runfile.Rate{Count: 100, Rate: float64(100 * (i%2 + 1))},
			Achieved: runfile.Rate{Count: 90, Rate: 90}, ResponseTime: dist, ServiceTime: dist, Wait: dist, Lag: dist, Verdict: r.Verdict,
			Requests:     runfile.Requests{Planned: 100, Due: 100, Sent: 100, Succeeded: 90, Failed: 10},
			ServerTiming: []runfile.ServerTiming{{Name: hostile, Count: 90, SumNS: 90 * time.Millisecond}, {Name: "db", Count: 90, SumNS: 900 * time.Millisecond}}}
		for _, e := range []string{"GET /a", hostile} {
			phase.Endpoints = append(phase.Endpoints, runfile.Endpoint{Name: e, Class: runfile.ClassOK, Count: 90, ResponseTime: dist, ServiceTime: dist})
		}
		r.Phases = append(r.Phases, phase)
		r.Plan.Phases = append(r.Plan.Phases, runfile.PhaseRecord{Name: p.name, Kind: profiles.Kind(p.name), DurationNS: length, From: phase.Offered.Rate, To: phase.Offered.Rate})
	}
	r.Phases[1].Recovery = &runfile.Recovery{State: runfile.Recovered, AfterNS: 4 * time.Second}
	r.Overall = r.Phases[1]
	actual := float64(dist.P99NS)
	limit, _ := runfile.ParseThreshold("p99<200ms")
	r.Thresholds = []runfile.ThresholdResult{{Of: limit, Text: limit.Text, Passed: slow < 2, Actual: &actual, Sentence: hostile}, {Text: "errors<1%", Undecided: true, Sentence: "not judged"}}
	r.Errors = []runfile.ErrorCount{{Kind: hostile, Count: 2, Sample: hostile}}
	return r
}

// distributions are made once for all seconds that are alike: encoding them is what takes time.
type distributions map[[3]int]struct {
	response, service runfile.Dist
	values            []time.Duration
}

func (d distributions) of(second, n, late int, slow float64) (response, service runfile.Dist, values []time.Duration) {
	key := [3]int{second % 25, n, late}
	if _, there := d[key]; !there {
		values, bounds := make([]time.Duration, n), make([]time.Duration, late)
		for j := range values {
			x := float64((key[0]*7919+j*104729)%1000) / 1000
			values[j] = time.Duration(slow * 1e6 * (1 + float64(n)/40) * math.Exp(3*x*x))
		}
		for j := range bounds {
			bounds[j] = 10*time.Second + time.Duration(j)*time.Millisecond
		}
		made := d[key]
		made.response, made.service, made.values = runfile.NewDist(2, values, bounds), runfile.NewDist(2, values, nil), values
		d[key] = made
	}
	made := d[key]
	return made.response, made.service, made.values
}

// written is the report of runs.
func written(t testing.TB, list []*runfile.Run) []byte {
	t.Helper()
	p, err := report.RunPage(list, report.Options{Verbose: true})
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if err := html.WriteRuns(&b, p, list); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestSizes(t *testing.T) {
	racetest.Skip(t)
	for _, c := range []struct{ seconds, limit int }{{300, 1_000_000}, {3600, 5_000_000}} {
		if testing.Short() && c.seconds > 300 {
			continue
		}
		t.Run(fmt.Sprint(c.seconds), func(t *testing.T) {
			if testing.Short() && c.seconds > 300 {
				t.Skip("makes up an hour of two targets")
			}
			content := written(t, runs(t, c.seconds))
			if got := len(content); got >= c.limit {
				t.Errorf("%d s of two targets are %d bytes, not below %d", c.seconds, got, c.limit)
			} else {
				t.Logf("%d bytes", got)
			}
			// Each is more to read for a browser before it shows anything.
			if tags := bytes.Count(content, []byte("<")); tags > 20_000 {
				t.Errorf("%d s of two targets are %d tags", c.seconds, tags)
			}
		})
	}
}

// How long a report takes to make: five minutes of two targets at most 1 s, an hour at most 5 s.
func BenchmarkReport(b *testing.B) {
	for _, seconds := range []int{300, 3600} {
		b.Run(fmt.Sprintf("%ds", seconds), func(b *testing.B) {
			list := runs(b, seconds)
			for b.Loop() {
				written(b, list)
			}
		})
	}
}
