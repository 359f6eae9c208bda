package process

import "golang.org/x/sys/unix"

// awaitExit returns when the child has ended, leaving it to be reaped.
func awaitExit(pid int) {
	for unix.Waitid(unix.P_PID, pid, nil, unix.WEXITED|unix.WNOWAIT, nil) == unix.EINTR {
	}
}
