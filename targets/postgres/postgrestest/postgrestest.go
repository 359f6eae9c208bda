// Package postgrestest gives tests a throwaway PostgreSQL. Where none is installed such a test is skipped, but in
// continuous integration ($CI is true), where it fails. With -short, which is for what is quick, it is always skipped.
package postgrestest

import (
	"context"
	"os"
	"testing"

	"github.com/seed-5a006608/bench/targets/postgres"
	"github.com/seed-5a006608/bench/targets/process"
)

// Require skips or fails the test where no server can be started.
func Require(tb testing.TB) {
	tb.Helper()
	if testing.Short() {
		tb.Skip("starts PostgreSQL")
	}
	err := postgres.Installed(tb.Context())
	switch {
	case err == nil:
	case os.Getenv("CI") == "true":
		tb.Fatal(err)
	default:
		tb.Skip("needs PostgreSQL: ", err)
	}
}

// Start starts a server for the length of the test.
func Start(tb testing.TB) *postgres.Server {
	tb.Helper()
	Require(tb)
	private, err := process.NewPrivateDir()
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() {
		if err := private.Remove(); err != nil {
			tb.Error(err)
		}
	})
	s, err := postgres.Start(context.WithoutCancel(tb.Context()), postgres.Options{Dir: private.Path})
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() {
		if err := s.Stop(); err != nil {
			tb.Error(err)
		}
	})
	return s
}
