//go:build !linux

package usage

// background does nothing where a thread has no priority of its own.
func Background() {}
