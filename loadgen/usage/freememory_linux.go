package usage

import (
	"os"
	"path"
	"strconv"
	"strings"
)

// groupMemory is what the control groups of this process leave of their memory, in version 2; false where none limits it.
func groupMemory() (left uint64, limited bool) { return leftOf(cpuGroups()) }

// leftOf is the least that any of the groups leaves.
func leftOf(groups []cpuGroup) (least uint64, limited bool) {
	for _, g := range groups {
		most, ok := g.bytes("memory.max")
		used, known := g.bytes("memory.current")
		if !ok || !known {
			continue // "max" is no number
		}
		if left := most - min(used, most); !limited || left < least {
			least, limited = left, true
		}
	}
	return least, limited
}

// bytes reads one of the group's files, which holds a number.
func (g cpuGroup) bytes(file string) (uint64, bool) {
	data, err := os.ReadFile(path.Join(g.dir, file))
	if err != nil || !g.unified {
		return 0, false
	}
	n, err := strconv.ParseUint(strings.TrimSpace(string(data)), 10, 64)
	return n, err == nil
}
