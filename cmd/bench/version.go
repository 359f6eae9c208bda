package main

import (
	"fmt"
	"runtime/debug"

	"github.com/seed-5a006608/bench/loadgen/usage"
	"github.com/spf13/cobra"
)

func newVersionCommand() *cobra.Command {
	return &cobra.Command{
		Use: "version", Short: "Print the version of bench, its commit and what it was built with", GroupID: "look", Args: args(0, 0, "no argument"),
		RunE: func(cmd *cobra.Command, _ []string) error {
			e := usage.ReadEnvironment()
			info, _ := debug.ReadBuildInfo()
			_, err := fmt.Fprintf(cmd.OutOrStdout(), "bench %s %s %s/%s\n%s\n", e.Bench, e.Go, e.OS, e.Arch, commitOf(info))
			return err
		},
	}
}

// commitOf names the commit that a bench was built from, and says where files were changed since. info may be nil.
func commitOf(info *debug.BuildInfo) string {
	settings := map[string]string{}
	if info != nil {
		for _, s := range info.Settings {
			settings[s.Key] = s.Value
		}
	}
	revision := settings["vcs.revision"]
	if revision == "" {
		return "commit unknown: the build did not record it (go build in a git checkout does)"
	}
	text := "commit " + revision
	if at := settings["vcs.time"]; at != "" {
		text += " of " + at
	}
	if settings["vcs.modified"] == "true" {
		text += ", modified"
	}
	return text
}
