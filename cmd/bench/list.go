package main

import (
	"fmt"
	"io"
	"text/tabwriter"

	"github.com/seed-5a006608/bench/loadgen/units"
	"github.com/seed-5a006608/bench/profiles"
	"github.com/seed-5a006608/bench/targets"
	"github.com/spf13/cobra"
)

func newListCommand() *cobra.Command {
	return &cobra.Command{
		Use: "list [TARGET]", Short: "List the bundled targets and profiles, or what a target answers", GroupID: "look", Args: args(0, 1, "one TARGET or none"),
		RunE: func(cmd *cobra.Command, names []string) error {
			if len(names) > 0 {
				return listTarget(cmd.OutOrStdout(), names[0])
			}
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
				fmt.Fprintf(w, "  %s\t%s\t%s\t%s\n", name, f.Description, units.Duration(f.Duration()), how)
			}
			return w.Flush()
		},
	}
}

// listTarget lists a bundled service's endpoints, its default requests and its options. With options in the name, the requests are
// those that it is asked with them.
func listTarget(out io.Writer, name string) error {
	target, err := targets.Parse(name, targets.ServeOptions{})
	if err != nil {
		return asUsage(err)
	}
	service := target.Service
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintf(w, "%s: %s\n\nIt answers:\n", service.Name, service.Summary)
	for _, e := range service.Endpoints() {
		fmt.Fprintf(w, "  %s\t%s\t%s\n", e.Method, e.Path, e.Answer)
	}
	fmt.Fprintln(w, "\nUnless told otherwise it is asked:")
	for _, r := range service.Requests {
		fmt.Fprintf(w, "  %s\t%s\n", r.Method, r.Path)
	}
	if err := w.Flush(); err != nil {
		return err
	}
	return listOptions(out, service)
}
