//go:build !linux

package loadgen

// background does nothing where a thread has no priority of its own.
func background() {}
