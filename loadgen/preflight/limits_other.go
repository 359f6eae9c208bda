//go:build !linux

package preflight

import "github.com/seed-5a006608/bench/loadgen/usage"

// ReadLimits reads what the system allows; what cannot be read, and what only Linux tells, stays zero.
func ReadLimits() Limits {
	l := Limits{OpenFiles: usage.OpenFilesLimit(), processors: usage.StartProcessors}
	l.openNow, _ = usage.OpenDescriptors()
	return l
}
