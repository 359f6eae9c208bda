package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/seed-5a006608/bench/loadgen/usage"
)

// maxProcsOf is the GOMAXPROCS that the service which bench has started was given.
func maxProcsOf(t *testing.T, b *started) string {
	t.Helper()
	var service []byte
	within(t, time.Minute, "no service is started", func() bool {
		for _, pid := range descendants(b.Process.Pid) {
			title, _ := os.ReadFile(fmt.Sprintf("/proc/%d/cmdline", pid))
			if strings.Contains(string(title), "serve\x00pooled") {
				service, _ = os.ReadFile(fmt.Sprintf("/proc/%d/environ", pid))
			}
		}
		return len(service) > 0
	})
	for entry := range strings.SplitSeq(string(service), "\x00") {
		if n, ok := strings.CutPrefix(entry, "GOMAXPROCS="); ok {
			return n
		}
	}
	return "not set"
}

// A service uses as many processors as bench believes, whatever bench's own environment says.
func TestServiceUsesTheProcessorsItIsBelievedToHave(t *testing.T) {
	t.Setenv("GOMAXPROCS", "7")
	for cpus, want := range map[string]int{"shared": len(usage.Usable()), "split": max(1, len(usage.Usable())-1)} {
		if got := maxProcsOf(t, start(t, "sustained", "pooled", "-r", "20/s", "-d", "60s", "--no-save", "--cpus", cpus)); got != strconv.Itoa(want) {
			t.Errorf("--cpus %s: the service has GOMAXPROCS %s, want %d", cpus, got, want)
		}
	}
}

// In a control group of 2 processors on more, bench and its target share out 2.
func TestControlGroupOfTwoProcessors(t *testing.T) {
	if n := len(usage.Processors()); n <= 2 {
		t.Skipf("this machine has %d processors, and Go counts 2 at the least", n)
	}
	group := controlGroup(t)
	bench, err := exec.LookPath("bench")
	if err != nil {
		t.Fatal(err)
	}
	// A shell joins the group and becomes bench.
	b := startProgram(t, "sh", nil, "-c", `echo $$ > "$0/cgroup.procs" && exec "$@"`, group, bench,
		"sustained", "pooled", "-r", "20/s", "-d", "60s", "--no-save")
	if got := maxProcsOf(t, b); got != "1" {
		t.Errorf("the service has GOMAXPROCS %s, want 1 of the 2 that the group leaves", got)
	}
}

// controlGroup makes a group with 2 processors' time.
func controlGroup(t *testing.T) string {
	t.Helper()
	for root, limit := range map[string][2]string{
		"/sys/fs/cgroup/cpu": {"cpu.cfs_quota_us", "200000"},
		"/sys/fs/cgroup":     {"cpu.max", "200000 100000"},
	} {
		group := filepath.Join(root, fmt.Sprintf("bench-test-%d", os.Getpid()))
		if os.Mkdir(group, 0o755) != nil {
			continue
		}
		t.Cleanup(func() {
			within(t, 10*time.Second, "the control group is in use", func() bool { return syscall.Rmdir(group) == nil })
		})
		if os.WriteFile(filepath.Join(group, limit[0]), []byte(limit[1]), 0o644) == nil {
			return group
		}
	}
	t.Skip("no control group can be made here")
	return ""
}
