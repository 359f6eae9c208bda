//go:build !linux

package loadgen

import "github.com/seed-5a006608/bench/loadgen/usage"

// readLimits reads what the system allows; what cannot be read, and what only Linux tells, stays zero.
func readLimits() limits {
	l := limits{openFiles: usage.OpenFilesLimit(), processors: usage.StartProcessors}
	l.openNow, _ = usage.OpenDescriptors()
	return l
}
