package main

import (
	"errors"
	"fmt"
	"net"
	"syscall"

	"github.com/seed-5a006608/bench/targets"
	"github.com/spf13/cobra"
)

func newServeCommand(s streams) *cobra.Command {
	var o targets.ServeOptions
	c := &cobra.Command{
		Use: "serve NAME", Short: "Serve a bundled target until interrupted", GroupID: "look",
		Long: "Serve a bundled target (bench list) until interrupted. Its URL is printed when it answers requests.",
		Example: `  bench serve cached --addr 127.0.0.1:8080
  bench serve reference --service exp:10ms --log delays.log`,
		Args: args(1, 1, "one NAME"),
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := targets.CheckGiven(cmd.Flags()); err != nil {
				return asUsage(err)
			}
			target, err := targets.Parse(args[0], o)
			if err != nil {
				return asUsage(err)
			}
			if err := checkServed(cmd.Flags(), target.Service.Name); err != nil {
				return asUsage(err)
			}
			o.Progress = func(line string) { fmt.Fprintln(s.err, line) }
			o.Patience = patience(cmd.Context())
			err = targets.Serve(cmd.Context(), args[0], o, func(url string) { fmt.Fprintln(s.out, url) })
			if errors.Is(err, syscall.EADDRINUSE) {
				_, port, _ := net.SplitHostPort(o.Addr)
				return fmt.Errorf("%s: port %s is taken by another process: stop that, or choose another with --addr", o.Addr, port)
			}
			if bad, ok := errors.AsType[*targets.OptionError](err); ok {
				return asUsage(bad)
			}
			return err
		},
	}
	o.Flags(c.Flags())
	return c
}
