// Package racetest leaves out of the race detector's pass what has no race to find.
package racetest

import (
	"os"
	"testing"
)

// Skip skips, where the race detector is on, a test that computes for long in one goroutine: it takes ten times as long there and
// can find nothing. With BENCH_LONG set it skips none, so that .ci/long runs every test.
func Skip(tb testing.TB) {
	tb.Helper()
	if enabled && os.Getenv("BENCH_LONG") == "" {
		tb.Skip("computes in one goroutine: .ci/long runs it with the race detector")
	}
}
