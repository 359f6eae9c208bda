package main

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// habits are flags of other load testers, and what they are called here.
var habits = map[string]string{
	"-z":            "--duration",
	"--rps":         "--rate",
	"--qps":         "--rate",
	"--concurrency": "--connections",
	"--iterations":  "--requests",
	"-a":            "--user",
}

// checkDashes finds, in the arguments as they were typed, what other load testers would understand and bench would not:
// their flags, and long flags with one dash, of which cobra would read -duration 10s as -d uration and go on.
func checkDashes(root *cobra.Command, args []string) error {
	long := map[string]bool{}
	for _, c := range append(root.Commands(), root) {
		c.LocalFlags().VisitAll(func(f *pflag.Flag) { long[f.Name] = true })
	}
	for i, arg := range args {
		if arg == "--" {
			return nil
		}
		name, value, hasValue := strings.Cut(arg, "=")
		if here, ok := habits[name]; ok {
			if hasValue && slices.Contains(secretFlags, strings.TrimPrefix(here, "--")) {
				arg, value = name, "…"
			}
			if hasValue {
				here += "=" + value
			}
			return asUsage(fmt.Errorf("%s: that flag is called %s here", arg, here))
		}
		if arg == "--profile-target" && i+1 < len(args) && isURL(args[i+1]) && hasURL(args[:i]) {
			return asUsage(fmt.Errorf("--profile-target %s: to take the profiles from there write --profile-target=%s; as it stands, %s would be driven", args[i+1], args[i+1], args[i+1]))
		}
		if arg == "-q" && i+1 < len(args) {
			if _, err := strconv.ParseFloat(args[i+1], 64); err == nil {
				return asUsage(fmt.Errorf("-q %s: a rate is given with --rate %s/s; -q is --quiet here", args[i+1], args[i+1]))
			}
		}
		if word := strings.TrimPrefix(arg, "-"); len(arg) > 3 && word == arg[1:] && !strings.HasPrefix(word, "-") {
			if flag := longestFlag(long, word); flag != "" {
				rest := strings.TrimPrefix(word, flag)
				if slices.Contains(secretFlags, flag) {
					arg, rest = "-"+flag, strings.Repeat("…", min(len(rest), 1))
				}
				if rest != "" && rest[0] != '=' {
					rest = "=" + rest
				}
				return asUsage(fmt.Errorf("%s: a long flag takes two dashes: --%s%s", arg, flag, rest))
			}
		}
	}
	return nil
}

// hasURL reports whether a target that is a URL is among the arguments.
func hasURL(args []string) bool {
	return slices.ContainsFunc(args, func(a string) bool { return isURL(a) && !strings.HasPrefix(a, "-") })
}

// longestFlag returns the longest flag's name, of three letters or more, with which a word begins: what follows may be
// its value, typed without a blank.
func longestFlag(long map[string]bool, word string) string {
	best := ""
	for name := range long {
		if len(name) >= 3 && len(name) > len(best) && strings.HasPrefix(word, name) {
			best = name
		}
	}
	return best
}
