package usage

import (
	"runtime"

	"golang.org/x/sys/unix"
)

// Background makes the calling goroutine's thread give way to the others of this process: what watches a run shares one
// processor with what sends, and a send must not wait for a histogram to be encoded. The thread ends with the goroutine.
func Background() {
	runtime.LockOSThread()
	const lowest = 19
	_ = unix.Setpriority(unix.PRIO_PROCESS, 0, lowest) // of this thread only; not allowed: as before
}
