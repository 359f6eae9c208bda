package targets

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"syscall"
	"testing"

	"github.com/spf13/pflag"
	"go.uber.org/goleak"

	"github.com/seed-5a006608/bench/targets/catalogue"
	"github.com/seed-5a006608/bench/targets/postgres/postgrestest"
)

// The test binary is its own "bench serve NAME".
func TestMain(m *testing.M) {
	if os.Getenv("BENCH_LONG") == "" {
		catalogue.Default.Products, catalogue.Default.Reviews = 10_000, 6_000 // a throwaway database is filled in a tenth of the time
	}
	if len(os.Args) > 2 {
		switch os.Args[1] {
		case "keep":
			exit(keepAsCommand(os.Args[2:]))
		case "serve":
			exit(serveAsCommand(os.Args[2], os.Args[3:]))
		case "keeper":
			exit(keepAndHang(os.Args[2]))
		case "parent":
			exit(startAndHang(os.Args[2], os.Args[3:]...))
		}
	}
	os.Setenv("GORACE", "atexit_sleep_ms=0") // else a child under the race detector takes a second to exit
	goleak.VerifyTestMain(postgrestest.Tests{M: m})
}

func exit(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
	os.Exit(0)
}

func serveAsCommand(name string, args []string) error {
	return asCommand(args, func(ctx context.Context, o ServeOptions) error {
		return Serve(ctx, name, o, func(url string) { fmt.Println(url) })
	})
}

func keepAsCommand(args []string) error { return asCommand(args, KeepData) }

// asCommand runs f with the options that are given, until it is asked to end.
func asCommand(args []string, f func(ctx context.Context, o ServeOptions) error) error {
	o := ServeOptions{Progress: func(line string) { fmt.Fprintln(os.Stderr, line) }}
	fs := pflag.NewFlagSet("serve", pflag.ContinueOnError)
	o.Flags(fs)
	if err := fs.Parse(args); err != nil {
		return err
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	return f(ctx, o)
}

// keepAndHang has the data of a service kept, says on standard output by whom, and waits to be killed.
func keepAndHang(name string) error {
	k, err := Keep(context.Background(), name, StartOptions{})
	if err != nil {
		return err
	}
	fmt.Println(k.PID())
	<-k.Done()
	return nil
}

// startAndHang starts a service, says on standard output who it is, and waits to be killed. db may name its database.
func startAndHang(name string, db ...string) error {
	var o StartOptions
	if len(db) > 0 {
		o.DB = db[0]
	}
	o.Progress = func(line string) { fmt.Fprintln(os.Stderr, line) }
	child, err := Start(context.Background(), name, o)
	if err != nil {
		return err
	}
	fmt.Println(child.PID, child.URL)
	<-child.Done()
	return child.Err()
}
