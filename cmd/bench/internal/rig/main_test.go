package rig

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"syscall"
	"testing"

	"github.com/seed-5a006608/bench/targets"
	"github.com/seed-5a006608/bench/targets/catalogue"
	"github.com/spf13/pflag"
)

// TestMain makes this program the services and keepers that the tests start.
func TestMain(m *testing.M) {
	if os.Getenv("BENCH_LONG") == "" {
		catalogue.Default.Products = 10_000 // a database is filled in a fourth of the time
	}
	var err error
	switch {
	case len(os.Args) > 2 && os.Args[1] == "serve":
		err = asCommand(os.Args[3:], func(ctx context.Context, o targets.ServeOptions) error {
			return targets.Serve(ctx, os.Args[2], o, func(url string) { fmt.Println(url) })
		})
	case len(os.Args) > 2 && os.Args[1] == "keep":
		err = asCommand(os.Args[2:], targets.KeepData)
	default:
		os.Exit(m.Run())
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

func asCommand(args []string, f func(context.Context, targets.ServeOptions) error) error {
	o := targets.ServeOptions{Progress: func(line string) { fmt.Fprintln(os.Stderr, line) }}
	fs := pflag.NewFlagSet("serve", pflag.ContinueOnError)
	o.Flags(fs)
	if err := fs.Parse(args); err != nil {
		return err
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	return f(ctx, o)
}
