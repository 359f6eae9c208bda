package process

import (
	"os/exec"

	"golang.org/x/sys/unix"
)

// wait waits for the child's end and kills what is left of its group before it reaps it: the group's number cannot have
// been given to another by then.
func wait(cmd *exec.Cmd) error {
	for unix.Waitid(unix.P_PID, cmd.Process.Pid, nil, unix.WEXITED|unix.WNOWAIT, nil) == unix.EINTR {
	}
	killGroup(cmd.Process)
	return cmd.Wait()
}
