package main

import (
	"encoding/json"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

// gateOf starts a gate of two reference servers of those delays, each started by a command that writes down its number. The
// delays are long, so that a busy machine does not make bench late.
func gateOf(t *testing.T, a, b string, flags ...string) (gate *started, pids func() []int) {
	t.Helper()
	served, pids := servedPair(t, a, b)
	flags = append(flags, "--round", "200ms", "-o", "json=gate.json", "-o", "junit=gate.xml", "-o", "md=gate.md")
	return start(t, append(append([]string{"gate"}, served...), flags...)...), pids
}

// servedPair are the flags of two reference servers of those delays.
func servedPair(t *testing.T, a, b string) (flags []string, pids func() []int) {
	t.Helper()
	dir := t.TempDir()
	serve := func(addr, delay string) string {
		return fmt.Sprintf("echo $$ >> %s/pids; exec bench serve reference --service fixed:%s --addr %s", dir, delay, addr)
	}
	addrs := []string{freeAddress(t), freeAddress(t)}
	flags = []string{
		"--a", "http://" + addrs[0], "--a-cmd", serve(addrs[0], a), "--b", "http://" + addrs[1], "--b-cmd", serve(addrs[1], b),
		"-r", "300/s", "--no-save",
	}
	return flags, func() []int {
		text, err := os.ReadFile(filepath.Join(dir, "pids"))
		if err != nil {
			return nil
		}
		var list []int
		for _, line := range strings.Fields(string(text)) {
			pid, err := strconv.Atoi(line)
			if err != nil {
				t.Fatal(err)
			}
			list = append(list, pid)
		}
		return list
	}
}

// A server that is slower by 40 % fails the gate at P50, and the files say so too.
func TestGateFindsASlowerServer(t *testing.T) {
	measured(t, func(t *testing.T, m *trial) {
		gate, pids := gateOf(t, "150ms", "210ms", "--max-time", "30s")
		<-gate.done
		if code := gate.ProcessState.ExitCode(); code != exitRegression {
			m.errorf("exit %d: %s%s", code, gate.stdout.String(), gate.stderr.String())
			return
		}
		if !strings.HasPrefix(gate.stdout.String(), "REGRESSION: new is ") {
			m.errorf("%s", gate.stdout.String())
		}
		text, err := os.ReadFile(filepath.Join(gate.dir, "gate.json"))
		if err != nil {
			t.Fatal(err)
		}
		var file struct {
			Outcome     string
			Comparisons []struct {
				Rows []struct {
					Metric, Outcome string
					Change          struct{ Ratio float64 }
				}
			}
		}
		if err := json.Unmarshal(text, &file); err != nil {
			t.Fatal(err)
		}
		p50 := file.Comparisons[0].Rows[0]
		if file.Outcome != "regression" || p50.Metric != "p50" || p50.Outcome != "regression" || p50.Change.Ratio < 1.3 || p50.Change.Ratio > 1.5 {
			m.errorf("%+v", file)
		}
		for _, name := range []string{"gate.xml", "gate.md"} {
			if text, err := os.ReadFile(filepath.Join(gate.dir, name)); err != nil || !strings.Contains(string(text), "REGRESSION") {
				m.errorf("%s: %v\n%s", name, err, text)
			}
		}
		if left := pids(); len(left) != 2 || alive(left) {
			m.errorf("of the commands %v are left", left)
		}
	})
}

// Interrupted, a gate says what it learned, ends its commands and never passes.
func TestInterruptedGateLeavesNothing(t *testing.T) {
	t.Parallel()
	skipShort(t)
	gate, pids := gateOf(t, "20ms", "20ms", "--max-time", "60s")
	within(t, time.Minute, "no round has begun", func() bool { return strings.Contains(gate.stderr.String(), "quad 1 of at most") })
	if err := gate.Process.Signal(syscall.SIGINT); err != nil {
		t.Fatal(err)
	}
	gate.exit(t, exitInterrupted)
	if !strings.HasPrefix(gate.stdout.String(), "Interrupted after ") {
		t.Error(gate.stdout.String())
	}
	within(t, soon, "a command is left", func() bool { return len(pids()) == 2 && !alive(pids()) })
}

// A second interrupt ends a gate at once, and its commands all the same.
func TestTwiceInterruptedGateLeavesNothing(t *testing.T) {
	t.Parallel()
	skipShort(t)
	gate, pids := gateOf(t, "20ms", "20ms", "--max-time", "60s")
	within(t, time.Minute, "no round has begun", func() bool { return strings.Contains(gate.stderr.String(), "quad 1 of at most") })
	for range 2 {
		if err := gate.Process.Signal(syscall.SIGINT); err != nil {
			break // it may have ended at the first
		}
	}
	gate.exit(t, exitInterrupted)
	within(t, soon, "a command is left", func() bool { return len(pids()) == 2 && !alive(pids()) })
}

// Interrupted, a mirrored run says what it saw, and ends its commands.
func TestInterruptedMirrorLeavesNothing(t *testing.T) {
	t.Parallel()
	skipShort(t)
	served, pids := servedPair(t, "20ms", "20ms")
	mirror := start(t, append([]string{"compare", "--mirror", "--round", "40s", "-o", "json=mirror.json"}, served...)...)
	within(t, time.Minute, "both are not driven", func() bool { return len(pids()) == 2 && strings.Contains(mirror.stderr.String(), "sending the same") })
	if err := mirror.Process.Signal(syscall.SIGINT); err != nil {
		t.Fatal(err)
	}
	mirror.exit(t, exitInterrupted)
	if !strings.HasPrefix(mirror.stdout.String(), "INTERRUPTED: ") {
		t.Error(mirror.stdout.String())
	}
	within(t, soon, "a command is left", func() bool { return !alive(pids()) })
}

// An objective that the new version misses fails the gate though it is no slower than the old one, and the file says so.
func TestGateMissesAnObjective(t *testing.T) {
	measured(t, func(t *testing.T, m *trial) {
		gate, _ := gateOf(t, "150ms", "150ms", "--max-time", "16s", "--slo", "p50<100ms", "--slo", "p50<1s")
		<-gate.done
		if code := gate.ProcessState.ExitCode(); code != exitThreshold {
			m.errorf("exit %d: %s%s", code, gate.stdout.String(), gate.stderr.String())
			return
		}
		if text := gate.stdout.String(); !strings.HasPrefix(text, "MISSED: new does not hold p50<100ms: it is 15") || !strings.Contains(text, "; old does not either.") {
			m.errorf("%s", text)
		}
	})
}

// A gate that is killed cannot end its commands; their supervisors do.
func TestKilledGateLeavesNothing(t *testing.T) {
	t.Parallel()
	skipShort(t)
	gate, pids := gateOf(t, "20ms", "20ms", "--max-time", "60s")
	within(t, time.Minute, "the commands are not started", func() bool { return len(pids()) == 2 })
	if err := gate.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	within(t, soon, "a command is left", func() bool { return !alive(pids()) })
}

// freeAddress returns an address at which nothing listens now.
func freeAddress(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}
