package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"runtime"

	"github.com/seed-5a006608/bench/loadgen/runfile"
)

// around runs the user's command before or after a target is driven, such as one that empties a cache. The command
// finds the target in BENCH_TARGET and BENCH_URL; what it prints goes to stderr, which is where diagnostics go.
func around(ctx context.Context, flag, command string, target runfile.Target, stderr io.Writer) error {
	if command == "" {
		return nil
	}
	shell := []string{"sh", "-c"}
	if runtime.GOOS == "windows" {
		shell = []string{"cmd", "/C"}
	}
	cmd := exec.CommandContext(ctx, shell[0], append(shell[1:], command)...)
	cmd.Env = append(os.Environ(), "BENCH_TARGET="+target.Name, "BENCH_URL="+target.URL)
	cmd.Stdout, cmd.Stderr = stderr, stderr
	if err := cmd.Run(); err != nil {
		if ctx.Err() != nil {
			return errInterrupted
		}
		return fmt.Errorf("%s: the command failed: %w", flag, err)
	}
	return nil
}
