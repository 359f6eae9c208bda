//go:build unix

package usage

import (
	"time"

	"golang.org/x/sys/unix"
)

// OwnUsage is the processor time that all threads of this process have used, and their context switches; none of its
// children's, which are a target's and not the generator's.
func OwnUsage() (cpu time.Duration, switches uint64, ok bool) {
	var use unix.Rusage
	if err := unix.Getrusage(unix.RUSAGE_SELF, &use); err != nil {
		return 0, 0, false
	}
	cpu = time.Duration(use.Utime.Nano() + use.Stime.Nano())
	return cpu, uint64(use.Nvcsw) + uint64(use.Nivcsw), true
}
