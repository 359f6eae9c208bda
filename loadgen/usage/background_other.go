//go:build !linux

package usage

// Background does nothing where a thread has no priority of its own.
func Background() {}
