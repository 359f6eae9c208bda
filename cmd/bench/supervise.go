package main

import (
	"github.com/seed-5a006608/bench/targets/process"
	"github.com/spf13/cobra"
)

// newSuperviseCommand is what bench starts commands of the user's with, so that none outlives it.
func newSuperviseCommand() *cobra.Command {
	var lifeline int
	c := &cobra.Command{
		Use: "supervise COMMAND", Hidden: true, Args: args(1, 1, "one COMMAND"),
		RunE: func(cmd *cobra.Command, args []string) error {
			return process.Supervise(cmd.Context(), lifeline, args[0])
		},
	}
	c.Flags().IntVar(&lifeline, "lifeline", 0, "descriptor at whose end to stop")
	return c
}
