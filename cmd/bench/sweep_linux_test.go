package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/seed-5a006608/bench/report/sweep"
)

// swept reads the sweep that bench wrote to sweep.json.
func (b *started) swept(t *testing.T) *sweep.Sweep {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(b.dir, "sweep.json"))
	if err != nil {
		t.Fatal(err)
	}
	s, err := sweep.Decode("sweep.json", data)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// A command is swept over its delay, each cell at a port of its own and started anew for every quad: the slow one is named, and the
// known delays are in the table.
func TestSweepOfACommand(t *testing.T) {
	long(t, "a sweep of a minute")
	measured(t, func(t *testing.T, m *trial) {
		b := start(t, "compare", "--sweep", "delay=2ms,60ms", "--a-cmd", "exec bench serve reference --service fixed:{delay} --addr 127.0.0.1:{port}",
			"--a", "http://127.0.0.1:{port}/", "-r", "200/s", "--round", "200ms", "--max-time", "60s", "--no-save", "-o", "json=sweep.json")
		<-b.done
		if b.ProcessState.ExitCode() == exitLimited {
			m.errorf("bench was late: %s", b.stdout.String())
			return
		}
		b.exit(t, exitOK)
		s := b.swept(t)
		fast, slow := s.Cells[0], s.Cells[1]
		if fast.Name != "delay=2ms" || slow.Name != "delay=60ms" || !s.Restarted || fast.Target.URL == slow.Target.URL || s.Reads != 1 || fast.Memory == 0 {
			m.wrongf("cells %+v and %+v", fast, slow)
		}
		if !s.Tested || len(s.Pairs) != 1 {
			m.errorf("nothing was tested: %s", sweep.Answer(s))
			return
		}
		if s.Pairs[0].Slower != "b" || !fast.Best || slow.Best || s.Near == nil || len(s.Near.Within) != 1 || s.Near.Within[0] != 0 {
			m.errorf("pair %+v, near %+v", s.Pairs[0], s.Near)
		}
		if fast.Reads.P50NS < 2*ms || fast.Reads.P50NS > 20*ms || slow.Reads.P50NS < 60*ms || slow.Reads.P50NS > 90*ms {
			m.errorf("P50 %v and %v, want 2 and 60 ms", fast.Reads.P50NS, slow.Reads.P50NS)
		}
	})
}

// Ctrl-C ends a sweep: what was measured is told, and nothing is decided.
func TestInterruptedSweepTellsWhatItMeasured(t *testing.T) {
	t.Parallel()
	b := start(t, "compare", "--sweep", "delay=1ms,2ms", "--a-cmd", "exec bench serve reference --service fixed:{delay} --addr 127.0.0.1:{port}",
		"--a", "http://127.0.0.1:{port}/", "-r", "100/s", "--round", "100ms", "--max-time", "10m", "--no-save", "-o", "json=sweep.json")
	within(t, time.Minute, "no quad counts", func() bool { return strings.Contains(b.stderr.String(), "so far") })
	if err := b.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	b.exit(t, exitInterrupted)
	if s := b.swept(t); !s.Interrupted || s.Tested || s.Quads == 0 || s.Cells[0].Reads.Count == 0 || len(s.Pairs) > 0 {
		t.Errorf("%s: %+v", sweep.Answer(s), s.Cells)
	}
}
