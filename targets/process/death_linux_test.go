package process

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// deathLimit is when something is certainly left after somebody was killed: it takes a moment, and longer on a busy machine.
const deathLimit = 30 * time.Second

// watch returns a function that waits until the process has ended; the descriptor it holds keeps the number from being
// given to another.
func watch(t *testing.T, pid int) (awaitEnd func()) {
	t.Helper()
	fd, err := unix.PidfdOpen(pid, 0)
	if err != nil {
		t.Fatalf("process %d: %v", pid, err)
	}
	t.Cleanup(func() { unix.Close(fd) })
	return func() {
		t.Helper()
		deadline := time.Now().Add(deathLimit)
		for {
			n, err := unix.Poll([]unix.PollFd{{Fd: int32(fd), Events: unix.POLLIN}}, int(time.Until(deadline).Milliseconds()))
			if err == unix.EINTR {
				continue
			}
			if n != 1 {
				syscall.Kill(pid, syscall.SIGKILL)
				t.Fatalf("process %d is still alive after %v", pid, deathLimit)
			}
			return
		}
	}
}

func TestChildKilled(t *testing.T) {
	d := private(t)
	p := start(t, spec("family", d))
	grandchild, err := strconv.Atoi(path.Base(p.URL))
	if err != nil {
		t.Fatal(err)
	}
	awaitGrandchild := watch(t, grandchild)
	if err := syscall.Kill(p.PID, syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	select {
	case <-p.Done():
	case <-time.After(deathLimit):
		t.Fatalf("the child's death was not noticed within %v", deathLimit)
	}
	awaitGrandchild()
	if exists(d.Path) {
		t.Errorf("%s is still there", d.Path)
	}
	const want = "child ended by itself: signal: killed: warming up"
	if err := p.Err(); err == nil || err.Error() != want {
		t.Errorf("Err = %v, want %s", err, want)
	}
	if err := p.Stop(); err == nil || err.Error() != want {
		t.Errorf("Stop = %v, want %s", err, want)
	}
}

// startParent starts a process that starts a child, and says who that is.
func startParent(t *testing.T) (parent *os.Process, child int, dir string) {
	t.Helper()
	return startParentOf(t, "serve")
}

func startParentOf(t *testing.T, role string) (parent *os.Process, child int, dir string) {
	t.Helper()
	t.Setenv("TMPDIR", t.TempDir())
	cmd := exec.Command(os.Args[0], "play", "parent", role)
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		cmd.Process.Kill()
		cmd.Wait()
	})
	line, err := bufio.NewReader(stdout).ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	if _, err := fmt.Sscan(line, &child, &dir); err != nil {
		t.Fatal(line, err)
	}
	if !exists(dir) {
		t.Fatalf("%s is not there", dir)
	}
	return cmd.Process, child, dir
}

func TestParentKilled(t *testing.T) {
	parent, child, dir := startParent(t)
	awaitChild := watch(t, child)
	parent.Kill()
	awaitChild()
	if exists(dir) {
		t.Errorf("%s is still there", dir)
	}
}

func TestParentKilledWhileChildIsStopped(t *testing.T) {
	parent, child, dir := startParent(t)
	awaitChild := watch(t, child)
	if err := syscall.Kill(child, syscall.SIGSTOP); err != nil {
		t.Fatal(err)
	}
	awaitStopped(t, child)
	parent.Kill()
	awaitChild()
	if exists(dir) {
		t.Errorf("%s is still there", dir)
	}
}

// awaitStopped returns when every thread of the process is stopped, which only its parent could wait for.
func awaitStopped(t *testing.T, pid int) {
	t.Helper()
	for deadline := time.Now().Add(deathLimit); ; time.Sleep(time.Millisecond) {
		threads, err := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/stat", pid))
		if err != nil || time.Now().After(deadline) {
			t.Fatalf("process %d was not stopped: %v", pid, err)
		}
		stopped := 0
		for _, stat := range threads {
			b, _ := os.ReadFile(stat)
			if bytes.Contains(b, []byte(") T ")) {
				stopped++
			}
		}
		if stopped > 0 && stopped == len(threads) {
			return
		}
	}
}

func TestBothKilled(t *testing.T) {
	parent, child, dir := startParent(t)
	awaitChild := watch(t, child)
	for _, kill := range []struct {
		pid    int
		signal syscall.Signal
	}{
		{parent.Pid, syscall.SIGSTOP}, // or it would clean up after its child
		{child, syscall.SIGKILL},
		{parent.Pid, syscall.SIGKILL},
	} {
		if err := syscall.Kill(kill.pid, kill.signal); err != nil {
			t.Fatal(err)
		}
	}
	awaitChild()
	parent.Wait()
	if !exists(dir) {
		t.Fatalf("%s is gone: this test tests nothing", dir)
	}
	next, err := NewPrivateDir()
	if err != nil {
		t.Fatal(err)
	}
	defer next.Remove()
	if exists(dir) {
		t.Errorf("%s was not swept", dir)
	}
}

func TestStopWakesAStoppedChild(t *testing.T) {
	p := start(t, spec("serve", private(t)))
	if err := syscall.Kill(p.PID, syscall.SIGSTOP); err != nil {
		t.Fatal(err)
	}
	if err := p.Stop(); err != nil {
		t.Errorf("Stop = %v", err)
	}
}

func TestCPUs(t *testing.T) {
	before := affinityOfEveryThread(t)
	s := spec("serve", private(t))
	s.CPUs = []int{0}
	p := start(t, s)
	if got := path.Base(p.URL); got != "1" {
		t.Errorf("the child counts %s processors, want 1", got)
	}
	var set unix.CPUSet
	if err := unix.SchedGetaffinity(p.PID, &set); err != nil {
		t.Fatal(err)
	}
	if set.Count() != 1 || !set.IsSet(0) {
		t.Errorf("the child may use processors %v, want [0]", numbers(&set))
	}
	for thread, cpus := range affinityOfEveryThread(t) {
		if was, known := before[thread]; known && was != cpus {
			t.Errorf("thread %s of this process may now use %s, it was %s", thread, cpus, was)
		}
	}
}

func affinityOfEveryThread(t *testing.T) map[string]string {
	t.Helper()
	threads, err := os.ReadDir("/proc/self/task")
	if err != nil {
		t.Fatal(err)
	}
	cpus := map[string]string{}
	for _, thread := range threads {
		tid, _ := strconv.Atoi(thread.Name())
		var set unix.CPUSet
		if unix.SchedGetaffinity(tid, &set) == nil {
			cpus[thread.Name()] = fmt.Sprint(numbers(&set))
		}
	}
	return cpus
}

func TestCPUsRefused(t *testing.T) {
	for _, tc := range []struct {
		cpus []int
		want string
	}{
		{[]int{}, "processors []: they must be the numbers of one or more"},
		{[]int{0, 0}, "processors [0 0]: they must be the numbers of one or more"},
		{[]int{-1}, "processors [-1]: they must be the numbers of one or more"},
		{[]int{1000}, "processors [1000]: "},
	} {
		s := spec("serve", nil)
		s.CPUs = tc.cpus
		if _, err := Start(context.Background(), s); err == nil || !strings.Contains(err.Error(), tc.want) {
			t.Errorf("CPUs %v: error %v, want %q", tc.cpus, err, tc.want)
		}
	}
}

func TestNoDescriptorsLeak(t *testing.T) {
	d := private(t)
	count := func() int {
		fds, err := os.ReadDir("/proc/self/fd")
		if err != nil {
			t.Fatal(err)
		}
		return len(fds)
	}
	start(t, spec("serve", nil)).Stop() // opens what the runtime keeps: epoll, pidfd probing
	before := count()
	for range 5 {
		start(t, spec("serve", nil)).Stop()
		s := spec("exit", nil)
		if _, err := Start(t.Context(), s); err == nil {
			t.Fatal("no error")
		}
		s.Path = "/no/such/program"
		if _, err := Start(t.Context(), s); err == nil {
			t.Fatal("no error")
		}
	}
	if after := count(); after > before {
		t.Errorf("%d descriptors open, %d before", after, before)
	}
	d.Remove()
}
