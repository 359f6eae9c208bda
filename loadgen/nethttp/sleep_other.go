//go:build !linux

package nethttp

import "time"

func sleepExactly(d time.Duration) { time.Sleep(d) }
