//go:build !linux

package loadgen

// readLimits reads what the system allows; what cannot be read, and what only Linux tells, stays zero.
func readLimits() limits {
	l := limits{openFiles: openFilesLimit(), processors: startProcessors}
	l.openNow, _ = openDescriptors()
	return l
}
