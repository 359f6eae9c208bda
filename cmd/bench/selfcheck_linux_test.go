package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/seed-5a006608/bench/loadgen"
	"github.com/seed-5a006608/bench/report/selfcheck"
)

// found reads the report that bench wrote to found.json.
func found(t *testing.T, b *started) selfcheck.Report {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(b.dir, "found.json"))
	if err != nil {
		t.Fatal(err)
	}
	var r selfcheck.Report
	if err := json.Unmarshal(data, &r); err != nil {
		t.Fatal(err)
	}
	return r
}

// The real thing: every engine is measured in every respect, in time, and nothing is left.
func TestSelfcheckMeasuresEveryEngine(t *testing.T) {
	loaded(t, func(t *testing.T, m *trial) {
		begun := time.Now()
		b := start(t, "selfcheck", "--quick", "-o", "json=found.json")
		<-b.done
		if took := time.Since(begun); took > 10*time.Second {
			m.errorf("it took %v", took)
		}
		// Whether this machine is to be trusted is not for this test to say, but the exit code and the report agree.
		code := b.ProcessState.ExitCode()
		if code != exitOK && code != exitLimited {
			t.Fatalf("exit %d: %s", code, b.stderr.String())
		}
		r := found(t, b)
		if r.Schema != selfcheck.SchemaVersion || r.Interrupted || !r.Quick || r.Trusted == nil || (r.Trusted.Rate >= selfcheck.RequiredRate) != (code == exitOK) {
			t.Fatalf("exit %d, trusted %+v of %+v", code, r.Trusted, r)
		}
		if trusted := strings.Contains(b.stdout.String(), "can be trusted up to"); trusted != (code == exitOK) {
			t.Errorf("exit %d and %s", code, b.stdout.String())
		}
		if r.IdleThread == nil || r.Environment.Processors == 0 || len(r.Engines) != len(loadgen.Engines()) || len(b.left(t)) != 0 {
			t.Errorf("%+v, left %v", r, b.left(t))
		}
		for _, e := range r.Engines {
			if len(e.Pacing) == 0 || len(e.Latency) != 2 || e.Freeze == nil || e.Fastest == nil || e.TrustedRate == nil || e.Clock == "" {
				t.Fatalf("not all was measured: %+v", e)
			}
			if e.Fastest.Rate < selfcheck.RequiredRate || e.Fastest.GeneratorBusy == nil {
				m.errorf("%s: fastest %+v", e.Name, *e.Fastest)
			}
			if f := e.Freeze.Figures[0]; f.Share < 0.8 || f.Share > 1.3 {
				m.errorf("%s: of a freeze is shown %+v", e.Name, e.Freeze)
			}
			first := e.Pacing[0]
			if first.Rate != selfcheck.RequiredRate || first.ArrivedLate == nil || first.IdleThread == nil || first.ArrivedLate.P50NS < first.Lag.P50NS {
				m.errorf("%s: pacing %+v", e.Name, first)
			}
			for _, l := range e.Latency {
				if len(l.Figures) != 4 {
					m.errorf("%s: %s is not held against the log: %+v", e.Name, l.Server, l)
				}
			}
		}
	})
}

// An interrupt ends the check with what was learned until then.
func TestInterruptedSelfcheckTellsWhatItLearned(t *testing.T) {
	t.Parallel()
	b := start(t, "selfcheck", "-o", "json=found.json")
	within(t, time.Minute, "the second step did not begin", func() bool { return strings.Contains(b.stderr.String(), "pacing and service time") })
	children := descendants(b.Process.Pid)
	if err := b.Process.Signal(syscall.SIGINT); err != nil {
		t.Fatal(err)
	}
	b.exit(t, exitInterrupted)
	if alive(children) || len(b.left(t)) != 0 {
		t.Errorf("left: processes %v, files %v", children, b.left(t))
	}
	r := found(t, b)
	if !r.Interrupted || r.IdleThread == nil || r.Trusted != nil || len(r.Engines[0].Pacing) != 0 {
		t.Errorf("%+v", r)
	}
	if !strings.Contains(b.stdout.String(), "is not known: the check was interrupted") {
		t.Errorf("stdout: %s", b.stdout.String())
	}
}
