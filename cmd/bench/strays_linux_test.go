package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

// Services that leave their command as daemons are up, and end with bench.
func TestDaemonsEndWithBench(t *testing.T) {
	skipShort(t)
	t.Parallel()
	file := filepath.Join(t.TempDir(), "pids")
	flags := []string{"compare", "-r", "50/s", "--no-save", "--round", "200ms", "--max-time", "60s"}
	for _, side := range []string{"a", "b"} {
		addr := freeAddress(t)
		flags = append(flags, "--"+side, "http://"+addr, "--"+side+"-cmd",
			fmt.Sprintf("setsid sh -c 'echo $$ >> %s; exec bench serve reference --service fixed:5ms --addr %s' &", file, addr))
	}
	b := start(t, flags...)
	within(t, time.Minute, "no round has begun", func() bool { return strings.Contains(b.stderr.String(), "quad 1 of at most") })
	if err := b.Process.Signal(syscall.SIGINT); err != nil {
		t.Fatal(err)
	}
	b.exit(t, exitInterrupted)
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var pids []int
	for _, line := range strings.Fields(string(text)) {
		pid, err := strconv.Atoi(line)
		if err != nil {
			t.Fatal(err)
		}
		pids = append(pids, pid)
	}
	if len(pids) < 2 || alive(pids) {
		t.Errorf("of the daemons %v some are left", pids)
	}
}
