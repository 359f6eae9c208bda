//go:build unix

package live

import (
	"os"
	"os/signal"

	"golang.org/x/sys/unix"
)

// foreground reports whether the terminal fd is this program's now: a shell gives it to one of its jobs at a time. What is no
// terminal of this session has no such job.
func foreground(fd int) bool {
	group, err := unix.IoctlGetInt(fd, unix.TIOCGPGRP)
	return err != nil || group == unix.Getpgrp()
}

// continued tells when this program goes on after it was suspended, until it is to be ignored.
func continued() (<-chan os.Signal, func()) {
	c := make(chan os.Signal, 1)
	signal.Notify(c, unix.SIGCONT)
	return c, func() { signal.Stop(c) }
}
