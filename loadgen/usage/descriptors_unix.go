//go:build unix

package usage

import (
	"math"

	"golang.org/x/sys/unix"
)

// OpenFilesLimit is how many descriptors this process may open; 0 when that is not limited or cannot be read.
func OpenFilesLimit() uint64 {
	var limit unix.Rlimit
	if err := unix.Getrlimit(unix.RLIMIT_NOFILE, &limit); err != nil {
		return 0
	}
	if soft := uint64(limit.Cur); soft < math.MaxInt64 { // RLIM_INFINITY is at or above it everywhere
		return soft
	}
	return 0
}

// RaiseOpenFiles raises the limit as far as this process may by itself. Go does so as a program starts; whoever started
// threads of its own, or lowered it since, is what this is for.
func RaiseOpenFiles() {
	var limit unix.Rlimit
	if err := unix.Getrlimit(unix.RLIMIT_NOFILE, &limit); err != nil || limit.Cur >= limit.Max {
		return
	}
	limit.Cur = limit.Max
	_ = unix.Setrlimit(unix.RLIMIT_NOFILE, &limit) // else the limit that is left is told to the user
}
