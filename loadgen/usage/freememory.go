package usage

import (
	"github.com/shirou/gopsutil/v3/mem"
)

// FreeMemory is how many bytes this process may still take without any being swapped: what the host has available, and no more than
// its control groups leave. False where the system does not tell.
func FreeMemory() (bytes uint64, ok bool) {
	host, err := mem.VirtualMemory()
	if err != nil {
		return 0, false
	}
	free := host.Available
	if left, limited := groupMemory(); limited {
		free = min(free, left)
	}
	return free, true
}
