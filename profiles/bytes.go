package profiles

import (
	"fmt"
	"strconv"
	"strings"
)

// maxBytes is the greatest size that a test file may give.
const maxBytes = 64 << 20

// byteUnits are the units of sizes, the largest first.
var byteUnits = []struct {
	name  string
	bytes uint64
}{{"MiB", 1 << 20}, {"KiB", 1 << 10}, {"MB", 1e6}, {"kB", 1e3}, {"B", 1}}

// parseBytes reads a size such as 256KiB, 1 MB or 4096.
func parseBytes(s string) (int, error) {
	number, unit := s, uint64(1)
	for _, u := range byteUnits {
		if rest, ok := strings.CutSuffix(s, u.name); ok {
			number, unit = strings.TrimSpace(rest), u.bytes
			break
		}
	}
	n, err := strconv.ParseUint(number, 10, 32)
	if err != nil || n == 0 || n*unit > maxBytes {
		return 0, fmt.Errorf("must be a size of 1 to 64MiB such as 256KiB, got %s", quote(s))
	}
	return int(n * unit), nil
}

// formatBytes writes a size so that parseBytes reads the same back.
func formatBytes(n int) string {
	for _, u := range byteUnits[:2] {
		if uint64(n)%u.bytes == 0 {
			return strconv.FormatUint(uint64(n)/u.bytes, 10) + u.name
		}
	}
	return strconv.Itoa(n)
}
