package main

import (
	"fmt"
	"os"
	"slices"
	"strings"

	"github.com/seed-5a006608/bench/profiles"
	"github.com/seed-5a006608/bench/targets/catalogue"
	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// otherVariables are of no flag: where the catalogue is kept, what commands of --before and --after are told, and what bench's own
// tests read.
var otherVariables = []string{catalogue.CacheDirVar, "BENCH_TARGET", "BENCH_URL", "BENCH_LONG"}

// mistyped warns of the variables that set no flag of any command and are almost the name of one that does. Of others nothing is
// said: a test file may name them, as in ${env:BENCH_TOKEN}.
func mistyped(root *cobra.Command) (warnings []string) {
	var known []string // without the prefix, which would make all of them alike
	for _, c := range commandsOf(root) {
		c.LocalFlags().VisitAll(func(f *pflag.Flag) {
			if !f.Hidden {
				known = append(known, strings.TrimPrefix(variable(f), variablePrefix))
			}
		})
	}
	for _, pair := range os.Environ() {
		name, value, _ := strings.Cut(pair, "=")
		word, ours := strings.CutPrefix(name, variablePrefix)
		if !ours || value == "" || slices.Contains(known, word) || slices.Contains(otherVariables, name) {
			continue
		}
		if near := profiles.SuggestTypo(word, known); near != "" {
			warnings = append(warnings, fmt.Sprintf("%s is set, and no flag has that variable; did you mean %s%s?", name, variablePrefix, near))
		}
	}
	slices.Sort(warnings)
	return warnings
}
