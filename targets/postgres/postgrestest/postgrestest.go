// Package postgrestest gives tests a throwaway PostgreSQL. Where none is installed such a test is skipped, but in
// continuous integration ($CI is true), where it fails. With -short, which is for what is quick, it is always skipped.
package postgrestest

import (
	"context"
	"errors"
	"fmt"
	"os"
	"sync"
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
	s, stop, err := start()
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() {
		if err := stop(); err != nil {
			tb.Error(err)
		}
	})
	return s
}

func start() (s *postgres.Server, stop func() error, err error) {
	private, err := process.NewPrivateDir()
	if err != nil {
		return nil, nil, err
	}
	s, err = postgres.Start(context.Background(), postgres.Options{Dir: private.Path})
	if err != nil {
		return nil, nil, errors.Join(err, private.Remove())
	}
	return s, func() error { return errors.Join(s.Stop(), private.Remove()) }, nil
}

// shared is the server that a package's tests share.
var shared struct {
	sync.Mutex
	*postgres.Server
	stop func() error
}

// Shared returns a server that all tests of the package share, whose TestMain runs [Tests]. A test removes from it what it makes
// there.
func Shared(tb testing.TB) *postgres.Server {
	tb.Helper()
	Require(tb)
	shared.Lock()
	defer shared.Unlock()
	if shared.Server == nil {
		var err error
		if shared.Server, shared.stop, err = start(); err != nil {
			tb.Fatal(err)
		}
	}
	return shared.Server
}

// Tests are a package's tests. After them the server that they shared is stopped.
type Tests struct{ *testing.M }

// Run runs the tests and returns their exit code.
func (t Tests) Run() int {
	code := t.M.Run()
	if shared.stop == nil {
		return code
	}
	if err := shared.stop(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return code
}
