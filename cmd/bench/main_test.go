package main

import (
	"errors"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strconv"
	"syscall"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/seed-5a006608/bench/targets/catalogue"
)

func TestMain(m *testing.M) {
	os.Setenv("GORACE", "atexit_sleep_ms=0") // else each bench under the race detector takes a second to exit
	if os.Getenv("BENCH_LONG") == "" {
		catalogue.Default.Products = 10_000 // a service's database is filled in a fourth of the time
	}
	// Under nohup each bench that is started here would inherit that it hears no hang-up; one that is given to nohup by a test does.
	if filepath.Base(os.Args[0]) != "bench" && signal.Ignored(syscall.SIGHUP) {
		signal.Notify(make(chan os.Signal, 1), syscall.SIGHUP)
	}
	testscript.Main(m, map[string]func(){"bench": main})
}

// cacheDir is where the tests keep the bundled catalogue, so that it is built once.
func cacheDir(t testing.TB) string {
	t.Helper()
	dir, err := os.UserCacheDir()
	if err != nil {
		t.Fatal(err)
	}
	return filepath.Join(dir, "bench")
}

func TestScripts(t *testing.T) {
	t.Parallel()
	cache := cacheDir(t)
	testscript.Run(t, testscript.Params{
		Dir: "testdata",
		Setup: func(e *testscript.Env) error {
			e.Setenv("BENCH_CACHE_DIR", cache)
			e.Setenv("GORACE", os.Getenv("GORACE"))
			return nil
		},
		Cmds:                map[string]func(ts *testscript.TestScript, neg bool, args []string){"exits": exits},
		RequireExplicitExec: true,
	})
}

// exits runs a command and wants exactly that exit code: exec cannot tell 2 from 1.
func exits(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: exits CODE COMMAND [ARG...]")
	}
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	err = ts.Exec(args[1], args[2:]...)
	got := 0
	var exit *exec.ExitError
	switch {
	case errors.As(err, &exit):
		got = exit.ExitCode()
	case err != nil:
		ts.Check(err)
	}
	if got != want {
		ts.Fatalf("exit %d, want %d", got, want)
	}
}
