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

// wait waits for the child's end and kills what is left of its group.
func wait(cmd *exec.Cmd) error {
	err := cmd.Wait()
	killGroup(cmd.Process)
	return err
}
