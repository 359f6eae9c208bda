//go:build !linux

package process

import (
	"errors"
	"os/exec"
	"runtime"
)

// CanPin says whether this system can start a child on chosen processors; where it cannot, Spec.CPUs must be nil.
const CanPin = false

func startOn(cpus []int, cmd *exec.Cmd) error {
	if cpus != nil {
		return errors.New(runtime.GOOS + " cannot pin a child to processors")
	}
	return cmd.Start()
}

// awaitExit leaves the waiting to [exec.Cmd.Wait], which reaps the child in the same step.
func awaitExit(int) {}
