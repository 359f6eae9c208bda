package process

import (
	"bytes"
	"os"
	"path/filepath"
	"strconv"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// killStraysLimit bounds how long strays that start others are killed for.
const killStraysLimit = time.Second

// adopt makes this process the parent of whatever its descendants leave behind, such as daemons. Where the system refuses
// that, they are out of reach.
func adopt() { _ = unix.Prctl(unix.PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) }

// awaitAdopted returns when this process has no child any more.
func awaitAdopted() {
	for {
		if _, err := syscall.Wait4(-1, nil, 0, nil); err != nil && err != syscall.EINTR {
			return
		}
	}
}

// strays are the living descendants of this process that have left its group.
func strays() (pids []int) {
	type process struct {
		parent, group int
		dead          bool
	}
	all := map[int]process{}
	files, _ := filepath.Glob("/proc/[0-9]*/stat")
	for _, file := range files {
		stat, err := os.ReadFile(file)
		if err != nil {
			continue // it has just ended
		}
		fields := bytes.Fields(stat[bytes.LastIndexByte(stat, ')')+1:]) // state, parent, group (proc_pid_stat(5))
		if len(fields) < 3 {
			continue
		}
		pid, _ := strconv.Atoi(filepath.Base(filepath.Dir(file)))
		parent, _ := strconv.Atoi(string(fields[1]))
		group, _ := strconv.Atoi(string(fields[2]))
		all[pid] = process{parent, group, fields[0][0] == 'Z' || fields[0][0] == 'X'}
	}
	self, own := os.Getpid(), syscall.Getpgrp()
	for pid, p := range all {
		if p.dead || p.group == own {
			continue
		}
		for at, steps := p.parent, 0; at > 1 && steps < len(all); at, steps = all[at].parent, steps+1 {
			if at == self {
				pids = append(pids, pid)
				break
			}
		}
	}
	return pids
}

func terminateStrays() {
	for _, pid := range strays() {
		_ = syscall.Kill(pid, syscall.SIGTERM)
		_ = syscall.Kill(pid, syscall.SIGCONT)
	}
}

// killStrays kills until nothing is left to kill: what is killed may just have started another.
func killStrays() {
	for began := time.Now(); time.Since(began) < killStraysLimit; time.Sleep(5 * time.Millisecond) {
		left := strays()
		if len(left) == 0 {
			return
		}
		for _, pid := range left {
			_ = syscall.Kill(pid, syscall.SIGKILL)
		}
	}
}
