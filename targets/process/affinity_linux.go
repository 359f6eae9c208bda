package process

import (
	"fmt"
	"os/exec"
	"runtime"

	"golang.org/x/sys/unix"
)

// CanPin says whether this system can start a child on chosen processors; where it cannot, Spec.CPUs must be nil.
const CanPin = true

// startOn starts cmd with its affinity set before it executes, so that its runtime counts only those processors: the
// thread that forks takes it on and the child inherits it.
func startOn(cpus []int, cmd *exec.Cmd) error {
	if cpus == nil {
		return cmd.Start()
	}
	started := make(chan error, 1)
	go func() { started <- startPinned(cpus, cmd) }()
	return <-started
}

// startPinned must have a goroutine of its own: if its thread cannot be given its affinity back, it ends with it.
func startPinned(cpus []int, cmd *exec.Cmd) error {
	var allowed, wanted unix.CPUSet
	for _, cpu := range cpus {
		if cpu >= 0 { // Set would take -1 for 63
			wanted.Set(cpu)
		}
	}
	if wanted.Count() != len(cpus) || len(cpus) == 0 {
		return fmt.Errorf("processors %v: they must be the numbers of one or more processors of this machine", cpus)
	}
	runtime.LockOSThread()
	if err := unix.SchedGetaffinity(0, &allowed); err != nil {
		return fmt.Errorf("read the processors this process may use: %w", err)
	}
	if err := unix.SchedSetaffinity(0, &wanted); err != nil {
		return fmt.Errorf("processors %v: %w; this process may use %v", cpus, err, numbers(&allowed))
	}
	err := cmd.Start()
	if unix.SchedSetaffinity(0, &allowed) == nil {
		runtime.UnlockOSThread()
	}
	return err
}

func numbers(set *unix.CPUSet) []int {
	var cpus []int
	for cpu := 0; len(cpus) < set.Count(); cpu++ {
		if set.IsSet(cpu) {
			cpus = append(cpus, cpu)
		}
	}
	return cpus
}
