package main

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"
)

// saveBaseline saves a baseline of a reference server of that delay, which a command starts that writes down each start.
func saveBaseline(t *testing.T, delay string, flags ...string) (save *started, starts func() int) {
	t.Helper()
	dir, addr := t.TempDir(), freeAddress(t)
	save = start(t, append([]string{
		"baseline", "save", "main", "--a", "http://" + addr,
		"--a-cmd", fmt.Sprintf("echo x >> %s/starts; exec bench serve reference --service fixed:%s --addr %s", dir, delay, addr),
		"-r", "200/s", "--runs", "8", "--round", "100ms",
	}, flags...)...)
	return save, func() int {
		text, _ := os.ReadFile(filepath.Join(dir, "starts")) // none: there was no start
		return strings.Count(string(text), "x")
	}
}

// A server that is slower by 40 % than its baseline fails the gate against it, and every run of both is of a fresh start.
func TestGateAgainstABaselineFindsASlowerServer(t *testing.T) {
	measured(t, func(t *testing.T, m *trial) {
		save, starts := saveBaseline(t, "100ms")
		<-save.done
		if code := save.ProcessState.ExitCode(); code != exitOK {
			m.errorf("save: exit %d: %s", code, save.stderr.String())
			return
		}
		if n := starts(); n < 9 {
			m.errorf("the service was started %d times, want once to find out and once for each of 8 runs", n)
		}
		addr := freeAddress(t)
		gate := start(t, "gate", "--baseline", filepath.Join(save.dir, ".bench", "baselines", "main.json"), "--b", "http://"+addr,
			"--b-cmd", "exec bench serve reference --service fixed:140ms --addr "+addr, "--no-save", "-o", "junit=gate.xml")
		<-gate.done
		// Of 100 ms and 140 ms a busy machine's own millisecond may make 39 % or 41 %.
		slower := regexp.MustCompile(`^REGRESSION: new is (39|40|41) % slower than old at P50`)
		if code := gate.ProcessState.ExitCode(); code != exitRegression || !slower.MatchString(gate.stdout.String()) {
			m.errorf("gate: exit %d: %s%s", code, gate.stdout.String(), gate.stderr.String())
		}
	})
}

// Interrupted, a save keeps nothing, leaves nothing running and says so.
func TestInterruptedSaveKeepsNothing(t *testing.T) {
	t.Parallel()
	skipShort(t)
	save, starts := saveBaseline(t, "20ms")
	within(t, time.Minute, "no run has begun", func() bool { return strings.Contains(save.stderr.String(), "run 1 of 8") })
	if err := save.Process.Signal(syscall.SIGINT); err != nil {
		t.Fatal(err)
	}
	save.exit(t, exitInterrupted)
	if !strings.Contains(save.stderr.String(), "of 8 runs: no baseline is saved") || starts() == 0 {
		t.Error(save.stderr.String())
	}
	if _, err := os.Stat(filepath.Join(save.dir, ".bench")); !os.IsNotExist(err) {
		t.Errorf("something is kept: %v", err)
	}
}
