package main

import (
	"fmt"

	"github.com/seed-5a006608/bench/loadgen/runfile"
	"github.com/seed-5a006608/bench/profiles"
	"github.com/seed-5a006608/bench/report/capacity"
	"github.com/spf13/cobra"
)

func newSchemaCommand() *cobra.Command {
	schemas := map[string][]byte{"test": profiles.TestSchema, "run": runfile.RunSchema, "capacity": capacity.FileSchema}
	return &cobra.Command{
		Use: "schema test|run|capacity", Short: "Print the JSON Schema of the test file, the run file or the capacity file", GroupID: "look",
		Long: `Print the JSON Schema (draft 2020-12) of the test file, which bench run takes, or of the run file, which -o json
writes, or of what bench capacity -o json writes. Editors that know the YAML language server use it with a first line such as
  # yaml-language-server: $schema=test.schema.json`,
		Example:   "  bench schema test > test.schema.json",
		Args:      args(1, 1, "test, run or capacity"),
		ValidArgs: []string{"test", "run", "capacity"},
		RunE: func(cmd *cobra.Command, args []string) error {
			schema, ok := schemas[args[0]]
			if !ok {
				return asUsage(fmt.Errorf("there is no schema called %q: there are test, run and capacity", args[0]))
			}
			_, err := cmd.OutOrStdout().Write(schema)
			return err
		},
	}
}
