package loadgen

import (
	"cmp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/seed-5a006608/bench/loadgen/exchange"
	"github.com/seed-5a006608/bench/loadgen/racetest"
	"github.com/seed-5a006608/bench/loadgen/request"
	"github.com/seed-5a006608/bench/loadgen/runfile"
	"github.com/seed-5a006608/bench/profiles"
)

const ms = time.Millisecond

// counted returns the totals of n requests, of which share had the slow wait and lag, and the rest none.
func counted(n int, share float64, wait, lag time.Duration) *totals {
	t := newTotals()
	for i := range n {
		x := sample{Exchange: &exchange.Exchange{Sent: 1, End: 5 * ms}}
		if float64(i) < share*float64(n) {
			x.Slot, x.Free, x.Sent, x.End = wait, wait, wait+lag, wait+lag+5*ms
		}
		t.count(&x)
	}
	return &t
}

// opening returns the totals of n requests that each opened a connection.
func opening(n int, connecting, service time.Duration) *totals {
	t := newTotals()
	for range n {
		t.count(&sample{Exchange: &exchange.Exchange{Free: connecting, Connect: connecting, Sent: connecting, End: connecting + service}})
	}
	return &t
}

func TestJudge(t *testing.T) {
	grown := func(by uint64, length time.Duration, seconds ...float64) *backlogTrend {
		b := &backlogTrend{Backlog: runfile.Backlog{End: by}, seconds: seconds, length: length, service: 20 * ms, perSec: 100}
		if len(seconds) > 0 {
			b.to = time.Duration(seconds[len(seconds)-1] * 1e9)
		}
		return b
	}
	for _, tc := range []struct {
		name string
		j    symptoms
		want runfile.VerdictKind
		says string
	}{
		{"nothing amiss", symptoms{totals: counted(1000, 0, 0, 0), response: 5 * ms, backlog: grown(3, 10*time.Second)}, runfile.Valid, "the backlog did not grow"},
		{"lag of 1 ms is not late", symptoms{totals: counted(1000, 1, 0, ms*99/100), response: 6 * ms}, runfile.Valid, "lag P99"},
		{"lag is small beside the response", symptoms{totals: counted(1000, 1, 0, 2*ms), response: 100 * ms}, runfile.Valid, "lag P99"},
		{"lag of its own doing", symptoms{totals: counted(1000, 0.1, 0, 20*ms), response: 25 * ms, late: 400 * ms, host: hostDelays{queue: 100 * ms}}, runfile.GeneratorLimited, "bench was late for 400 ms"},
		{"lag of the host's doing", symptoms{totals: counted(1000, 0.1, 0, 20*ms), response: 25 * ms, late: 400 * ms, host: hostDelays{steal: 200 * ms}}, runfile.HostLimited, "kept its threads waiting for 200 ms"},
		{"late by the schedule", symptoms{totals: counted(1000, 0.1, 0, 20*ms), response: 250 * ms, backlog: grown(3, 10*time.Second), length: 10 * time.Second, disturbed: 400 * ms, touched: 312, late: 400 * ms}, runfile.GeneratorLimited, "bench could have sent and did not for 400 ms of 10.0 s, which disturbed 312 of 1,000 requests"},
		{"late by the schedule, now and then", symptoms{totals: counted(1000, 0.1, 0, 20*ms), response: 25 * ms, backlog: grown(3, 10*time.Second), length: 10 * time.Second, disturbed: 90 * ms, late: 90 * ms}, runfile.Valid, "lag P99 20.0 ms"},
		{"late because the machine paused", symptoms{totals: counted(1000, 0.1, 0, 20*ms), response: 25 * ms, backlog: grown(3, 10*time.Second), length: 10 * time.Second, disturbed: 400 * ms, late: 400 * ms, host: hostDelays{queue: 10 * ms, unexplained: 370 * ms}}, runfile.HostLimited, "this machine paused for 370 ms of it, and nothing in it explains that"},
		{"lag of less than 1 in 100", symptoms{totals: counted(1000, 0.005, 0, 20*ms), response: 5 * ms}, runfile.Valid, ""},
		{"as fast as it goes was asked for", symptoms{totals: counted(1000, 1, 0, 20*ms), response: 25 * ms, fullTilt: true}, runfile.Valid, ""},
		{"waiting", symptoms{totals: counted(1000, 0.1, 30*ms, 0), response: 35 * ms}, runfile.TargetLimited, "wait P99 30.0 ms"},
		{"late comes before waiting", symptoms{totals: counted(1000, 0.1, 30*ms, 20*ms), response: 55 * ms, late: 1}, runfile.GeneratorLimited, ""},
		{"waiting because bench had no processor left", symptoms{totals: counted(1000, 0.1, 30*ms, 0), response: 35 * ms, used: 0.97, taken: 0.01}, runfile.GeneratorLimited, "bench used 97.0 % of its processors"},
		{"waiting because others had bench's processor", symptoms{totals: counted(1000, 0.1, 30*ms, 0), response: 35 * ms, used: 0.1, taken: 0.88}, runfile.HostLimited, "and wanted 88.0 % more"},
		{"waiting while bench was at ease", symptoms{totals: counted(1000, 0.1, 30*ms, 0), response: 35 * ms, used: 0.6, taken: 0.3}, runfile.TargetLimited, "used 60.0 %"},
		{"waiting for slots that bench was late with", symptoms{totals: counted(1000, 0.1, 30*ms, 2*ms), response: 35 * ms, late: 300 * ms, length: time.Second}, runfile.GeneratorLimited, "bench was late for 300 ms"},
		{"waiting for slots that a throttled bench was late with", symptoms{totals: counted(1000, 0.1, 30*ms, 2*ms), response: 35 * ms, late: 300 * ms, host: hostDelays{throttled: 200 * ms}, periods: 8, length: time.Second}, runfile.HostLimited, "its control group throttled bench in 8 periods"},
		{"waiting while bench was late at times", symptoms{totals: counted(1000, 0.1, 30*ms, 2*ms), response: 35 * ms, late: 200 * ms, length: time.Second}, runfile.TargetLimited, "wait P99 30.0 ms"},
		{"a growing backlog", symptoms{totals: counted(1000, 0, 0, 0), response: 5 * ms, backlog: grown(600, 7*time.Second, 0, .1, .2, .3, .4, .5, .6)}, runfile.TargetLimited, "grew by 600 requests and rose second by second"},
		{"a backlog that grew by less than 1 % of the phase", symptoms{totals: counted(1000, 0, 0, 0), response: 5 * ms, backlog: grown(600, 70*time.Second, 0, .1, .2, .3, .4, .5, .6)}, runfile.Valid, "the backlog stayed at what falls due in 600 ms"},
		{"a backlog that jumped and did not rise", symptoms{totals: counted(1000, 0, 0, 0), response: 5 * ms, backlog: grown(600, 7*time.Second, .1, .9, .2, .7, .1, .8, .6)}, runfile.Valid, "the backlog came to what falls due in 600 ms, without a trend"},
		{"a backlog that is drained", symptoms{totals: counted(1000, 0, 0, 0), response: 5 * ms, backlog: grown(0, 7*time.Second, 0, .1, .2, .3, .4, .5, .6)}, runfile.Valid, "the backlog did not grow"},
		{"a backlog that grew in a short phase", symptoms{totals: counted(1000, 0, 0, 0), response: 5 * ms, backlog: grown(80, 3*time.Second, .3, .6, .8)}, runfile.TargetLimited, "grew by 80 requests, by as many as fell due in 800 ms, and the usual service P99 is 20.0 ms"},
		{"and by less than chance may do", symptoms{totals: counted(1000, 0, 0, 0), response: 5 * ms, backlog: grown(40, 3*time.Second, .3, .35, .4)}, runfile.Valid, "the backlog did not grow"},
		{"and within the service time", symptoms{totals: counted(1000, 0, 0, 0), response: 5 * ms, backlog: grown(80, 3*time.Second, .01, .015, .02)}, runfile.Valid, ""},
		{"connecting, little of the response", symptoms{totals: opening(1000, 20*ms, 400*ms), response: 420 * ms}, runfile.Valid, "wait P99 20.0 ms: 1,000 connections were opened, in 20.0 ms (P99)"},
		{"connecting, much of the response", symptoms{totals: opening(1000, 60*ms, 400*ms), response: 460 * ms}, runfile.TargetLimited, "requests waited for a connection: P99 60.0 ms of a response P99 of 460 ms"},
		{"connecting for each request", symptoms{totals: opening(1000, 60*ms, 40*ms), response: 100 * ms, anew: true}, runfile.Valid, "1,000 connections were opened"},
		{"connecting in no time", symptoms{totals: opening(1000, ms*9/10, ms), response: 2 * ms}, runfile.Valid, "wait P99 900 us"},
	} {
		got := verdictOf(tc.j)
		if got.Kind != tc.want || !strings.Contains(strings.Join(got.Evidence, "; "), tc.says) {
			t.Errorf("%s: %s %q, want %s with %q", tc.name, got.Kind, got.Evidence, tc.want, tc.says)
		}
	}
}

// What bench ran out of decides, whatever else is seen and however fast it was asked to go.
func TestJudgeFindsWhatBenchRanOutOf(t *testing.T) {
	for kind, want := range map[string]string{
		runfile.OutOfPorts:       "bench ran out of local ports, so 1 of 1,001 requests were not sent",
		runfile.OutOfDescriptors: "bench ran out of file descriptors, so 1 of 1,001 requests were not sent",
		"connect: refused":       "",
	} {
		tot := counted(1000, 0.1, 30*ms, 0)
		tot.count(&sample{Exchange: &exchange.Exchange{End: 1, Outcome: exchange.Failed, Kind: kind}})
		sum := newTotals()
		sum.add(tot)
		got := verdictOf(symptoms{totals: &sum, response: 35 * ms, fullTilt: true})
		if want == "" && got.Kind == runfile.TargetLimited {
			continue
		}
		if got.Kind != runfile.GeneratorLimited || len(got.Evidence) != 1 || got.Evidence[0] != want {
			t.Errorf("%s: %s %q, want %q", kind, got.Kind, got.Evidence, want)
		}
	}
}

// Requests that were due with a free slot and never sent are the generator's, however small the lag of the others.
func TestJudgeFindsTheUnsent(t *testing.T) {
	tot := counted(900, 0, 0, 0)
	for range 100 {
		tot.count(&sample{Exchange: &exchange.Exchange{Intended: 0, Free: 0, Stopped: 10 * time.Second, End: 10 * time.Second, Outcome: exchange.Unsent}})
	}
	got := verdictOf(symptoms{totals: tot, response: time.Hour, late: time.Second})
	if got.Kind != runfile.GeneratorLimited || !strings.Contains(strings.Join(got.Evidence, " "), "of 1,000 requests due with a free slot, 900 were sent") {
		t.Errorf("%s %q", got.Kind, got.Evidence)
	}
}

func TestHostDelay(t *testing.T) {
	var late lateness
	late.mark(1200*ms, 1300*ms)
	generator := []runfile.ProcessSample{
		{AtNS: 1000 * ms, RunDelayNS: 900 * ms, CPUNS: 10 * ms}, // nothing was late in it
		{AtNS: 2000 * ms, RunDelayNS: 80 * ms, CPUNS: 300 * ms},
		{AtNS: 3000 * ms, RunDelayNS: 500 * ms},
	}
	host := []runfile.HostSample{{StealNS: time.Second}, {StealNS: 3 * ms, ThrottledNS: 4 * ms}, {}}
	var stood lateness
	gotLate, gotHost := hostDelay(&late, &stood, runfile.Resources{Generator: generator, Host: host}, 1, 0, 3*time.Second)
	if gotLate != 100*ms || gotHost.sum() != 87*ms {
		t.Errorf("late for %v and kept for %v, want 100ms and 80 + 3 + 4 ms", gotLate, gotHost)
	}
	// What its loop stood for beyond that nothing accounts for.
	stood.mark(1200*ms, 1295*ms)
	stood.mark(2500*ms, 2600*ms) // nothing was late then
	if _, got := hostDelay(&late, &stood, runfile.Resources{Generator: generator, Host: host}, 1, 0, 3*time.Second); got.unexplained != 8*ms || got.sum() != 95*ms {
		t.Errorf("kept for %+v, want 95 ms, of which 8 are unexplained", got)
	}
	// A bench that used all of its processor waited for itself.
	generator[1].CPUNS, generator[1].RunDelayNS = 990*ms, 900*ms
	if _, got := hostDelay(&late, &stood, runfile.Resources{Generator: generator}, 1, 0, 3*time.Second); got.sum() != 10*ms {
		t.Errorf("kept for %v, want the 10 ms that bench left to others", got)
	}
}

func TestProcessorShare(t *testing.T) {
	r := runfile.Resources{Generator: []runfile.ProcessSample{
		{AtNS: 1000 * ms, CPUNS: 999 * ms},
		{AtNS: 2000 * ms, CPUNS: 250 * ms, RunDelayNS: 3000 * ms}, // of several threads: no more than the rest was lost
		{AtNS: 3000 * ms, CPUNS: 250 * ms, RunDelayNS: 250 * ms},
		{AtNS: 4000 * ms, CPUNS: 999 * ms},
	}}
	if used, taken := processorShare(r, 1, 1000*ms, 3000*ms); used != 0.25 || taken != 0.5 {
		t.Errorf("used %v and lost %v, want 0.25 and (0.75 + 0.25) / 2", used, taken)
	}
	if used, taken := processorShare(r, 1, 9000*ms, 9500*ms); used != 0 || taken != 0 {
		t.Errorf("used %v and lost %v of a time without samples", used, taken)
	}
}

// drivenFake runs an even profile of one phase at a fake server.
func drivenFake(t *testing.T, rate float64, length time.Duration, limits Limits, server fakeServer) *runfile.Run {
	t.Helper()
	return phasedFake(t, limits, server, profiles.Phase{Name: "load", Kind: profiles.Hold, Duration: length, From: rate, To: rate})
}

// phasedFake runs an even profile at a fake server.
func phasedFake(t *testing.T, limits Limits, server fakeServer, phases ...profiles.Phase) *runfile.Run {
	t.Helper()
	p := Plan{
		Profile:  profiles.Profile{Name: "test", Arrivals: profiles.Even, Phases: phases},
		Requests: []request.Request{{URL: "http://fake/"}}, Seed: 1, Limits: limits,
	}
	r, err := newRecording(p)
	if err != nil {
		t.Fatal(err)
	}
	end, _ := fakeEngine(r, server)
	return r.finish(end, runfile.Resources{})
}

func fixed(d time.Duration) func(uint64) time.Duration {
	return func(uint64) time.Duration { return d }
}

// A server frozen for 2 s under 1,000 requests/s: those due meanwhile waited from 2 s down to nothing, however few
// connections there are.
func TestFreezeInVirtualTime(t *testing.T) {
	for _, connections := range []int{256, 20} {
		run := drivenFake(t, 1000, 10*time.Second, Limits{Connections: connections}, fakeServer{
			service: fixed(ms), freeze: [2]time.Duration{4 * time.Second, 6 * time.Second},
		})
		r := run.Overall.ResponseTime
		for _, tc := range []struct {
			name      string
			got, want time.Duration
		}{{"P90", r.P90NS, 1000 * ms}, {"P95", r.P95NS, 1500 * ms}, {"P99", r.P99NS, 1900 * ms}} {
			if (tc.got - tc.want).Abs() > 100*ms {
				t.Errorf("-c %d: response time %s = %v, want %v ± 0.1 s", connections, tc.name, tc.got, tc.want)
			}
		}
		if run.Requests.Succeeded != 10_000 {
			t.Errorf("-c %d: %d succeeded of 10,000", connections, run.Requests.Succeeded)
		}
		if run.Verdict.Kind != runfile.TargetLimited || run.Overall.Lag.P99NS > 0 {
			t.Errorf("-c %d: %s, lag P99 %v: the wait is the target's", connections, run.Verdict.Kind, run.Overall.Lag.P99NS)
		}
	}
}

// A server of 200 requests/s under 400: what it cannot do shows as lower bounds, and as a backlog that grows.
func TestOverloadInVirtualTime(t *testing.T) {
	run := drivenFake(t, 400, 10*time.Second, Limits{Drain: 2 * time.Second}, fakeServer{workers: 1, service: fixed(5 * ms)})
	q := run.Requests
	if q.Due != 4000 || q.Due != q.Succeeded+q.Failed+q.Unfinished+q.Unsent || q.Unfinished == 0 || q.Unsent == 0 {
		t.Errorf("requests %+v", q)
	}
	if r := run.Overall.ResponseTime; !r.Quantile(0.99).AtLeast || r.Min().AtLeast || r.P99NS < 5*time.Second {
		t.Errorf("P50 %v, P99 %v, lower bounds %v", r.P50NS, r.P99NS, r.AtLeast)
	}
	text := strings.Join(run.Verdict.Evidence, "; ")
	if run.Verdict.Kind != runfile.TargetLimited || !strings.Contains(text, "the backlog grew by 2,001 requests") {
		t.Errorf("%s: %s", run.Verdict.Kind, text)
	}
}

// A slow target, not a slow generator: however slow the answers, it is never called GENERATOR-LIMITED.
func TestSlowTargetIsNotTheGenerator(t *testing.T) {
	for _, service := range []time.Duration{ms, 100 * ms, 3 * time.Second, 30 * time.Second} {
		run := drivenFake(t, 100, 5*time.Second, Limits{Connections: 10, Timeout: 2 * time.Second}, fakeServer{workers: 4, service: fixed(service)})
		if k := run.Verdict.Kind; k == runfile.GeneratorLimited || k == runfile.HostLimited {
			t.Errorf("service time %v: %s %q", service, k, run.Verdict.Evidence)
		}
	}
}

// A run in which every request failed says so, and is not taken for an overloaded target where nothing could be sent.
func TestJudgeSaysThatAllFailed(t *testing.T) {
	tls, missing, slow := newTotals(), newTotals(), newTotals()
	for range 100 {
		tls.count(&sample{Exchange: &exchange.Exchange{Free: exchange.NeverFree, End: 30 * ms, Outcome: exchange.Failed, Kind: "tls"}})
		missing.count(&sample{Exchange: &exchange.Exchange{Free: 2 * ms, Connect: 2 * ms, Sent: 2 * ms, End: 3 * ms, Outcome: exchange.Failed, Kind: "status 404"}})
		slow.count(&sample{Exchange: &exchange.Exchange{Slot: exchange.NeverFree, Free: exchange.NeverFree, End: 10 * time.Second, Outcome: exchange.TimedOut, Kind: "connect: timeout"}})
	}
	for _, tc := range []struct {
		totals  *totals
		failure string
		want    runfile.VerdictKind
		says    string
	}{
		{&tls, "tls", runfile.Valid, "all 100 requests failed (most: tls)"},
		{&missing, "status 404", runfile.Valid, "all 100 requests failed (most: status 404)"},
		{&missing, "", runfile.Valid, "all 100 requests failed"},
		{&slow, "connect: timeout", runfile.TargetLimited, "all 100 requests failed (most: connect: timeout)"},
	} {
		got := verdictOf(symptoms{totals: tc.totals, failure: tc.failure, backlog: &backlogTrend{}})
		if got.Kind != tc.want || got.Evidence[0] != tc.says {
			t.Errorf("%s %q, want %s with %q first", got.Kind, got.Evidence, tc.want, tc.says)
		}
	}
}

// What the target did to requests that waited for nothing, for a connection, or in a queue.
func TestVerdictsInVirtualTime(t *testing.T) {
	racetest.Skip(t)
	hold := func(length time.Duration, rate float64) profiles.Phase {
		return profiles.Phase{Name: "load", Kind: profiles.Hold, Duration: length, From: rate, To: rate}
	}
	ramp := func(length time.Duration, from, to float64) profiles.Phase {
		return profiles.Phase{Name: "ramp", Kind: profiles.Ramp, Duration: length, From: from, To: to}
	}
	burst := func(length time.Duration, rate float64) []profiles.Phase {
		return []profiles.Phase{
			{Name: "baseline", Kind: profiles.Baseline, Duration: 10 * time.Second, From: 20, To: 20},
			{Name: "spike", Kind: profiles.Spike, Duration: length, From: rate, To: rate},
			{Name: "recovery", Kind: profiles.Recovery, Duration: 10 * time.Second, From: 20, To: 20},
		}
	}
	many := Limits{Connections: 5000}
	for _, tc := range []struct {
		name   string
		phases []profiles.Phase
		limits Limits
		server fakeServer
		want   runfile.VerdictKind
		says   string // in the evidence of the phase that asks most
	}{
		{"a ramp at a service that does not queue", []profiles.Phase{ramp(30*time.Second, 100, 1000)}, many,
			fakeServer{service: fixed(500 * ms)}, runfile.Valid, "the backlog stayed at what falls due in 500 ms"},
		{"a ramp down", []profiles.Phase{hold(5*time.Second, 1000), ramp(30*time.Second, 1000, 100)}, many,
			fakeServer{service: fixed(500 * ms)}, runfile.Valid, ""},
		{"a ramp beyond what is served", []profiles.Phase{ramp(30*time.Second, 100, 1000)}, many,
			fakeServer{workers: 6, service: fixed(10 * ms)}, runfile.TargetLimited, "rose second by second"},
		{"answers that take a sixth of the phase", []profiles.Phase{hold(30*time.Second, 100)}, many,
			fakeServer{service: fixed(5 * time.Second)}, runfile.Valid, "the backlog stayed at what falls due in 5.00 s"},
		{"two in a hundred too many", []profiles.Phase{hold(30*time.Second, 102)}, many,
			fakeServer{workers: 1, service: fixed(10 * ms)}, runfile.TargetLimited, "the backlog grew by"},
		{"a spike that is carried", burst(2*time.Second, 300), many, fakeServer{service: fixed(20 * ms)}, runfile.Valid, "the backlog did not grow"},
		{"a spike of slow answers", burst(2*time.Second, 300), many, fakeServer{service: fixed(500 * ms)}, runfile.Valid, "the backlog stayed at what falls due in 500 ms"},
		{"a short spike that is not carried", burst(2*time.Second, 300), many,
			fakeServer{workers: 1, service: fixed(10 * ms)}, runfile.TargetLimited, "the backlog grew by 401 requests, by as many as fell due in 1.34 s"},
		{"slow handshakes, kept", []profiles.Phase{hold(30*time.Second, 50)}, Limits{},
			fakeServer{connect: 20 * ms, service: fixed(400 * ms)}, runfile.Valid, "connections were opened, in 20.0 ms (P99)"},
		{"a millisecond away, never kept", []profiles.Phase{hold(10*time.Second, 100)}, Limits{NoKeepAlive: true},
			fakeServer{connect: 1100 * time.Microsecond, service: fixed(1100 * time.Microsecond)}, runfile.Valid, "1,000 connections were opened, in 1.10 ms (P99)"},
		{"overloaded, never kept", []profiles.Phase{hold(10*time.Second, 110)}, Limits{NoKeepAlive: true},
			fakeServer{workers: 1, connect: 1100 * time.Microsecond, service: fixed(10 * ms)}, runfile.TargetLimited, "the backlog grew by"},
	} {
		run := phasedFake(t, tc.limits, tc.server, tc.phases...)
		asked := slices.MaxFunc(run.Phases, func(a, b runfile.Phase) int { return cmp.Compare(a.Offered.Rate, b.Offered.Rate) })
		text := strings.Join(asked.Verdict.Evidence, "; ")
		if run.Verdict.Kind != tc.want || !strings.Contains(text, tc.says) {
			t.Errorf("%s: %s, %s, want %s with %q", tc.name, run.Verdict.Kind, text, tc.want, tc.says)
		}
		if grew := strings.Contains(text, "backlog grew"); grew != asked.Backlog.Grew {
			t.Errorf("%s: grew is %v, the evidence says %s", tc.name, asked.Backlog.Grew, text)
		}
	}
}
