package main

import (
	"fmt"

	"github.com/seed-5a006608/bench/targets"
	"github.com/spf13/cobra"
)

// newKeepCommand returns the hidden command that keeps the data of a bundled service while it is killed and started again.
func newKeepCommand(s streams) *cobra.Command {
	var o targets.ServeOptions
	c := &cobra.Command{
		Use: "keep", Hidden: true, Args: args(0, 0, "nothing"),
		RunE: func(cmd *cobra.Command, _ []string) error {
			o.Progress = func(line string) { fmt.Fprintln(s.err, line) }
			return targets.KeepData(cmd.Context(), o)
		},
	}
	o.Flags(c.Flags())
	return c
}
