package main

import (
	"fmt"

	"github.com/seed-5a006608/bench/loadgen"
	"github.com/spf13/cobra"
)

func newVersionCommand() *cobra.Command {
	return &cobra.Command{
		Use: "version", Short: "Print the version of bench and of what it was built with", GroupID: "look", Args: args(0, 0, "no argument"),
		RunE: func(cmd *cobra.Command, _ []string) error {
			e := loadgen.ReadEnvironment()
			_, err := fmt.Fprintf(cmd.OutOrStdout(), "bench %s %s %s/%s\n", e.Bench, e.Go, e.OS, e.Arch)
			return err
		},
	}
}
