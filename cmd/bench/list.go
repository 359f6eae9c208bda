package main

import (
	"fmt"
	"text/tabwriter"

	"github.com/seed-5a006608/bench/profiles"
	"github.com/seed-5a006608/bench/report"
	"github.com/seed-5a006608/bench/targets"
	"github.com/spf13/cobra"
)

func newListCommand() *cobra.Command {
	return &cobra.Command{
		Use: "list", Short: "List the bundled targets and profiles", GroupID: "look", Args: args(0, 0, "no argument"),
		RunE: func(cmd *cobra.Command, _ []string) error {
			w := tabwriter.NewWriter(cmd.OutOrStdout(), 0, 0, 2, ' ', 0)
			fmt.Fprintln(w, "Targets, for any driving command or bench serve NAME:")
			for _, s := range targets.Services() {
				fmt.Fprintf(w, "  %s\t%s\n", s.Name, s.Summary)
			}
			fmt.Fprintln(w, "\nProfiles:")
			commands := profiles.Commands()
			for _, name := range profiles.Builtins() {
				source, _ := profiles.Builtin(name)
				f, err := profiles.Parse(name, source)
				if err != nil {
					return err
				}
				how := fmt.Sprintf("bench run %s", name)
				for _, c := range commands {
					if c == name {
						how = "bench " + name
					}
				}
				fmt.Fprintf(w, "  %s\t%s\t%s\t%s\n", name, f.Description, report.Duration(f.Duration()), how)
			}
			return w.Flush()
		},
	}
}
