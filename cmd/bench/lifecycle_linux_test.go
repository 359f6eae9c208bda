package main

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"
)

// descendants follows the threads too: a child belongs to the thread that started it.
func descendants(pid int) []int {
	tasks, err := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/children", pid))
	if err != nil {
		return nil
	}
	var list []int
	for _, path := range tasks {
		data, err := os.ReadFile(path)
		if err != nil {
			continue
		}
		for _, f := range strings.Fields(string(data)) {
			if n, err := strconv.Atoi(f); err == nil {
				list = append(append(list, n), descendants(n)...)
			}
		}
	}
	return list
}

func alive(pids []int) bool {
	for _, pid := range pids {
		stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
		if err == nil && !strings.Contains(string(stat), ") Z ") {
			return true
		}
	}
	return false
}

// shm lists what is in shared memory.
func shm(t *testing.T) []string {
	names, err := filepath.Glob("/dev/shm/*")
	if err != nil {
		t.Fatal(err)
	}
	return names
}

// driving starts a long run at a bundled target and returns when that has been sent requests.
func driving(t *testing.T, flags ...string) (b *started, children []int) {
	b = start(t, append([]string{"sustained", "cached", "-r", "100/s", "-d", "60s", "-o", "json=run.json"}, flags...)...)
	within(t, time.Minute, "no progress on stderr", func() bool { return strings.Contains(b.stderr.String(), "in flight") })
	children = descendants(b.Process.Pid)
	if len(children) == 0 || len(b.left(t)) == 0 {
		t.Fatalf("children %v, temporary files %v", children, b.left(t))
	}
	return b, children
}

func TestKilledBenchLeavesNothing(t *testing.T) {
	before := shm(t)
	b, children := driving(t, overHTTP2.bundled...) // what a run keeps for TLS too
	if err := b.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	within(t, soon, fmt.Sprintf("processes %v or files are left", children), func() bool {
		return !alive(children) && len(b.left(t)) == 0
	})
	for _, name := range shm(t) {
		if !slices.Contains(before, name) {
			t.Errorf("left in shared memory: %s", name)
		}
	}
}

func TestKilledTargetEndsTheRun(t *testing.T) {
	t.Parallel()
	for name, over := range map[string]spoken{"plain": overHTTP, "TLS": overTLS, "HTTP2": overHTTP2} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			killedTarget(t, over.bundled...)
		})
	}
}

func killedTarget(t *testing.T, flags ...string) {
	b, children := driving(t, flags...)
	for _, pid := range children {
		if err := syscall.Kill(pid, syscall.SIGKILL); err != nil {
			t.Fatal(err)
		}
	}
	within(t, soon, "bench goes on without its target", func() bool {
		select {
		case <-b.done:
			return true
		default:
			return false
		}
	})
	b.exit(t, exitFailed)
	if len(b.left(t)) != 0 {
		t.Errorf("left: %v", b.left(t))
	}
	if !strings.Contains(b.stderr.String(), "bench: target cached: its process ended during the run") {
		t.Errorf("stderr: %s", b.stderr.String())
	}
	if !strings.Contains(b.stdout.String(), "cached") {
		t.Errorf("what was measured is not reported: %s", b.stdout.String())
	}
}

// A search whose target ends reports the steps until then.
func TestKilledTargetEndsTheSearch(t *testing.T) {
	t.Parallel()
	b := start(t, "capacity", "reference", "--no-save")
	within(t, time.Minute, "no step on stderr", func() bool { return strings.Contains(b.stderr.String(), "staircase 1 user") })
	for _, pid := range descendants(b.Process.Pid) {
		if err := syscall.Kill(pid, syscall.SIGKILL); err != nil {
			t.Fatal(err)
		}
	}
	b.exit(t, exitFailed)
	if !strings.Contains(b.stderr.String(), "its process ended during the run") || !strings.Contains(b.stdout.String(), "the search was cut short") {
		t.Errorf("stderr: %s\nstdout: %s", b.stderr.String(), b.stdout.String())
	}
}

func TestInterruptReportsWhatWasMeasured(t *testing.T) {
	t.Parallel()
	b, children := driving(t)
	if err := b.Process.Signal(syscall.SIGINT); err != nil {
		t.Fatal(err)
	}
	b.exit(t, exitInterrupted)
	if alive(children) || len(b.left(t)) != 0 {
		t.Errorf("left: processes %v %v, files %v", children, alive(children), b.left(t))
	}
	run := b.run(t)
	if !run.Interrupted || run.Requests.Succeeded == 0 || run.Requests.Due >= run.Requests.Planned {
		t.Errorf("interrupted %v, requests %+v", run.Interrupted, run.Requests)
	}
	if !strings.Contains(b.stdout.String(), "Interrupted after") {
		t.Errorf("the report does not say that the run was interrupted: %s", b.stdout.String())
	}
}

// A terminal's Ctrl-C reaches the whole foreground group; the target must live through the drain.
func TestSecondInterruptEndsAtOnce(t *testing.T) {
	t.Parallel()
	release := make(chan struct{})
	var got atomic.Int64
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		got.Add(1)
		<-release
	}))
	defer s.Close()
	defer close(release)
	b := start(t, "sustained", s.URL, "-r", "50/s", "-d", "60s", "-o", "json=run.json")
	within(t, time.Minute, "no request came", func() bool { return got.Load() > 0 })
	if err := b.Process.Signal(syscall.SIGINT); err != nil {
		t.Fatal(err)
	}
	if err := b.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	b.exit(t, exitInterrupted)
	// It has not waited for the answers that were out, after which it would have reported.
	if text := b.stdout.String(); text != "" {
		t.Errorf("the second interrupt was no other than the first: %s", text)
	}
	if _, err := os.Stat(filepath.Join(b.dir, "run.json")); err == nil {
		b.run(t) // if it is there, it is whole
	}
}

// The terminal went: what was measured is reported and kept, as after an interrupt.
func TestHangUpEndsARunInGoodOrder(t *testing.T) {
	t.Parallel()
	b := start(t, "sustained", "reference", "-r", "50/s", "-d", "60s", "-o", "json=run.json")
	within(t, time.Minute, "no progress on stderr", func() bool { return strings.Contains(b.stderr.String(), "in flight") })
	if err := b.Process.Signal(syscall.SIGHUP); err != nil {
		t.Fatal(err)
	}
	b.exit(t, exitInterrupted)
	if r := b.run(t); !r.Interrupted || r.Requests.Succeeded == 0 {
		t.Errorf("interrupted %v, %+v", r.Interrupted, r.Requests)
	}
	if !strings.Contains(b.stdout.String(), "saved .bench/") {
		t.Errorf("the report: %s", b.stdout.String())
	}
}

// Under nohup, which has SIGHUP ignored, a run goes on.
func TestHangUpUnderNohupEndsNothing(t *testing.T) {
	t.Parallel()
	path, err := exec.LookPath("bench")
	if err != nil {
		t.Fatal(err)
	}
	driven := make(chan struct{}, 1)
	server := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {
		select {
		case driven <- struct{}{}:
		default:
		}
	}))
	defer server.Close()
	b := startProgram(t, "nohup", nil, path, "sustained", server.URL, "-r", "50/s", "-d", "2s", "--no-save", "-o", "json=run.json")
	<-driven
	if err := b.Process.Signal(syscall.SIGHUP); err != nil {
		t.Fatal(err)
	}
	b.exit(t, exitOK)
	if r := b.run(t); r.Interrupted {
		t.Error("it was interrupted")
	}
}
