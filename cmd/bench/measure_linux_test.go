package main

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"github.com/seed-5a006608/bench/loadgen/runfile"
	"github.com/seed-5a006608/bench/loadgen/usage"
	"github.com/seed-5a006608/bench/targets/reference"
)

const ms = time.Millisecond

// trial is one try at a measurement; what was off in it, and what may not be on any machine.
type trial struct{ off, wrong []string }

func (m *trial) errorf(format string, args ...any) {
	m.off = append(m.off, fmt.Sprintf(format, args...))
}

func (m *trial) wrongf(format string, args ...any) {
	m.wrong = append(m.wrong, fmt.Sprintf(format, args...))
}

// accounted checks the identity due = succeeded + failed + unfinished + unsent.
func (m *trial) accounted(r *runfile.Run, due uint64) {
	q := r.Requests
	if q.Due != due || q.Due != q.Succeeded+q.Failed+q.Unfinished+q.Unsent {
		m.wrongf("requests %+v, want %d accounted for", q, due)
	}
}

// measured tries up to three times: these tests hold figures against the clock, on machines that others use too. What
// is wrong in the program is wrong each time. Where a machine was late meanwhile, as a witness outside of bench saw it, such
// figures are worth nothing, and after two such tries the test is skipped. What is wrong on any machine is not tried again.
func measured(t *testing.T, once func(t *testing.T, m *trial)) {
	t.Helper()
	tries(t, once, true)
}

// loaded is measured for what itself takes all of a processor: the witness looks only after a try, when that has ended.
func loaded(t *testing.T, once func(t *testing.T, m *trial)) {
	t.Helper()
	tries(t, once, false)
}

// tries tries up to three times. A witness says whether the machine was late, meanwhile or after a try that was off.
func tries(t *testing.T, once func(t *testing.T, m *trial), meanwhile bool) {
	t.Helper()
	if testing.Short() || os.Getenv("BENCH_UNMEASURED") != "" {
		t.Skip("measures, which the race detector would spoil")
	}
	machineLate := 0
	for try := 1; ; try++ {
		var m trial
		var w *witness
		if meanwhile {
			w = watchMachine(t)
			t.Cleanup(func() { w.stop() }) // where the try ends the test
		}
		once(t, &m)
		if len(m.wrong) > 0 {
			t.Fatal(strings.Join(append(m.wrong, m.off...), "\n"))
		}
		if len(m.off) == 0 {
			return
		}
		if w == nil {
			w = watchMachine(t)
			time.Sleep(2 * time.Second) // how long it is watched, not a wait for anything
		}
		off := strings.Join(m.off, "\n")
		if late := w.stop(); late != "" {
			off += "\n" + late
			if machineLate++; machineLate == 2 {
				t.Skipf("%s, so nothing can be measured on it; off in try %d:\n%s", late, try, off)
			}
		}
		if try == 3 {
			t.Fatalf("off in the last of three tries:\n%s", off)
		}
		t.Logf("off in try %d:\n%s", try, off)
	}
}

// A server that is frozen for 2 s makes everyone wait who comes meanwhile, and a tool that counts from the send would
// not see it. The rate is one that server and bench soon catch up with on one machine, or catching up would be in the figures.
func TestFreezeIsMeasuredInFull(t *testing.T) {
	for _, tc := range []struct {
		name        string
		connections int
		over        spoken
		long        string // why it is left to .ci/long
	}{
		{"connections=256", 256, overHTTP, ""},
		{"connections=20", 20, overHTTP, "the second way to wait for a frozen server"},
		// With more connections their handshakes, all at once when the server goes on, would be in the figures.
		{"over TLS", 20, overTLS, "waiting for a frozen server over TLS"},
		{"over HTTP2", 256, overHTTP2, "waiting for a frozen server over HTTP/2"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			if tc.long != "" {
				long(t, tc.long)
			}
			measured(t, func(t *testing.T, m *trial) {
				s := serve(t, append([]string{"reference", "--service", "fixed:1ms"}, tc.over.serving...)...)
				b := start(t, append([]string{"sustained", s.url, "-r", "300/s", "-d", "10s", "-c", fmt.Sprint(tc.connections), "-o", "json=run.json"}, tc.over.driving...)...)
				within(t, time.Minute, "no progress on stderr", func() bool { return strings.Contains(b.stderr.String(), "in flight") })
				if err := s.Process.Signal(syscall.SIGSTOP); err != nil {
					t.Fatal(err)
				}
				time.Sleep(2 * time.Second) // how long the server is frozen, not a wait for anything
				if err := s.Process.Signal(syscall.SIGCONT); err != nil {
					t.Fatal(err)
				}
				b.exit(t, exitOK)
				run := b.run(t)
				m.accounted(run, 3000)
				r := run.Overall.ResponseTime
				for _, tc := range []struct {
					name      string
					got, want time.Duration
				}{{"P90", r.P90NS, 1000 * ms}, {"P95", r.P95NS, 1500 * ms}, {"P99", r.P99NS, 1900 * ms}} {
					if (tc.got - tc.want).Abs() > 100*ms {
						m.errorf("response time %s = %v, want %v ± 0.1 s", tc.name, tc.got, tc.want)
					}
				}
				if run.Verdict.Kind != runfile.TargetLimited || run.Overall.Lag.P99NS >= 10*ms {
					m.errorf("%s %q, lag P99 %v", run.Verdict.Kind, run.Verdict.Evidence, run.Overall.Lag.P99NS)
				}
				if len(run.Events) != 1 || run.Events[0].Kind != runfile.EventStall || (run.Events[0].DurationNS-2*time.Second).Abs() > 100*ms {
					m.errorf("events %+v, want one stall of 2 s", run.Events)
				}
			})
		})
	}
}

// A server of 200 requests/s under 400: lower bounds where they must be, and a backlog that is named.
func TestOverloadIsNamed(t *testing.T) {
	measured(t, func(t *testing.T, m *trial) {
		s := serve(t, "reference", "--service", "fixed:5ms", "--workers", "1")
		b := start(t, "sustained", s.url, "-r", "400/s", "-d", "4s", "--drain", "1s", "-o", "json=run.json")
		b.exit(t, exitOK)
		run := b.run(t)
		m.accounted(run, 1600)
		if r := run.Overall.ResponseTime; !r.Quantile(0.99).AtLeast || !strings.Contains(b.stdout.String(), "≥") {
			m.wrongf("P99 %v is no lower bound: %v", r.P99NS, r.AtLeast)
		}
		text := strings.Join(run.Verdict.Evidence, "; ")
		if run.Verdict.Kind == runfile.Valid {
			m.wrongf("%s", run.Verdict.Kind)
		}
		if run.Verdict.Kind != runfile.TargetLimited || !strings.Contains(text, "the backlog grew by") {
			m.errorf("%s: %s", run.Verdict.Kind, text)
		}
		got := run.Overall.Achieved.Rate
		if got > 210 {
			m.wrongf("achieved %v/s of a server of 200/s", got)
		}
		if got < 150 {
			m.errorf("achieved %v/s of a server of 200/s", got)
		}
	})
}

// pinThread gives the calling goroutine a thread of its own, on that processor. It is never unlocked: the thread ends with the
// goroutine.
func pinThread(cpu int) error {
	runtime.LockOSThread()
	var set unix.CPUSet
	set.Set(cpu)
	return unix.SchedSetaffinity(0, &set)
}

// burn keeps a processor busy with n threads until it is told to stop.
func burn(t *testing.T, cpu, n int) (cease func()) {
	t.Helper()
	var stop atomic.Bool
	cease = func() { stop.Store(true) }
	t.Cleanup(cease)
	for range n {
		pinned := make(chan error)
		go func() {
			pinned <- pinThread(cpu)
			for !stop.Load() {
			}
		}()
		if err := <-pinned; err != nil {
			t.Fatal(err)
		}
	}
	return cease
}

// A bench that others keep from its processor says so, and passes nothing.
func TestStarvedGeneratorIsNeverValid(t *testing.T) {
	_, own := usage.Split(usage.Processors())
	if own == nil {
		t.Skip("one processor only: no second one to starve bench on")
	}
	loaded(t, func(t *testing.T, m *trial) {
		defer burn(t, own[0], 6)()
		b := start(t, "sustained", "reference", "-r", "1000/s", "-d", "3s", "-o", "json=run.json")
		b.exit(t, exitOK)
		run := b.run(t)
		if run.Verdict.Kind == runfile.Valid {
			m.wrongf("%s", run.Verdict.Kind)
		}
		if k := run.Verdict.Kind; k != runfile.HostLimited && k != runfile.GeneratorLimited || len(run.Verdict.Evidence) == 0 {
			m.errorf("%s %q", k, run.Verdict.Evidence)
		}
		if said := b.stdout.String(); !strings.Contains(said, "latencies are bench's own") && !strings.Contains(said, "bench was late for") {
			m.errorf("the report does not warn: %s", b.stdout.String())
		}
	})
}

// Against a server that logs what it did: exponential service times, in percentiles, within 3 % or 0.3 ms.
func TestServiceTimeIsTheServersOwn(t *testing.T) {
	long(t, "50,000 requests, which the high percentiles need")
	measured(t, func(t *testing.T, m *trial) {
		log := filepath.Join(t.TempDir(), "delays.log")
		s := serve(t, "reference", "--service", "exp:10ms", "--log", log)
		b := start(t, "sustained", s.url, "-r", "2500/s", "-d", "21s", "-o", "json=run.json")
		b.exit(t, exitOK)
		run := b.run(t)
		if err := s.Process.Signal(syscall.SIGTERM); err != nil {
			t.Fatal(err)
		}
		within(t, time.Minute, "the server does not end", func() bool { return !alive([]int{s.Process.Pid}) })
		f, err := os.Open(log)
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		entries, err := reference.ReadLog(f)
		if err != nil {
			t.Fatal(err)
		}
		if run.Requests.Succeeded < 50_000 || len(entries) < int(run.Requests.Succeeded) {
			m.errorf("%d succeeded, %d are in the server's log", run.Requests.Succeeded, len(entries))
			return
		}
		var truth []time.Duration
		for _, e := range entries {
			truth = append(truth, e.Total)
		}
		slices.Sort(truth)
		d := run.Overall.ServiceTime
		for _, tc := range []struct {
			q   float64
			got time.Duration
		}{{0.5, d.P50NS}, {0.95, d.P95NS}, {0.99, d.P99NS}} {
			want := truth[int(tc.q*float64(len(truth)))]
			if off := (tc.got - want).Abs(); off > max(want*3/100, 300*time.Microsecond) {
				m.errorf("service time at %v = %v, the server's log says %v", tc.q, tc.got, want)
			}
		}
	})
}

// A bench that was stopped for 3 s says so, and blames nobody else.
func TestStoppedBenchSaysSo(t *testing.T) {
	measured(t, func(t *testing.T, m *trial) {
		s := serve(t, "reference", "--service", "fixed:1ms")
		b := start(t, "sustained", s.url, "-r", "200/s", "-d", "6s", "-o", "json=run.json")
		within(t, time.Minute, "no progress on stderr", func() bool { return strings.Contains(b.stderr.String(), "in flight") })
		if err := b.Process.Signal(syscall.SIGSTOP); err != nil {
			t.Fatal(err)
		}
		time.Sleep(3 * time.Second) // how long bench is stopped, not a wait for anything
		if err := b.Process.Signal(syscall.SIGCONT); err != nil {
			t.Fatal(err)
		}
		b.exit(t, exitOK)
		run := b.run(t)
		m.accounted(run, 1200)
		if len(run.Events) != 1 || run.Events[0].Kind != runfile.EventPause || (run.Events[0].DurationNS-3*time.Second).Abs() > 200*ms {
			m.errorf("events %+v, want one pause of 3 s", run.Events)
		}
		if run.Verdict.Kind != runfile.HostLimited || !strings.Contains(run.Verdict.Evidence[0], "bench itself did not run for ") {
			m.errorf("%s %q", run.Verdict.Kind, run.Verdict.Evidence)
		}
		if most := run.Overall.ResponseTime.MaxNS; most > 5*time.Second {
			m.errorf("a response time of %v", most)
		}
		if !strings.Contains(b.stdout.String(), "bench itself did not run for 3") {
			m.errorf("the report does not say it: %s", b.stdout.String())
		}
	})
}
