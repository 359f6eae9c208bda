package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"

	"github.com/seed-5a006608/bench/profiles"
	"github.com/seed-5a006608/bench/report/page"
	"github.com/seed-5a006608/bench/targets/process"
	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// execute runs the command that args name and says on stderr what went wrong.
func execute(ctx context.Context, args []string, s streams) int {
	root := newRoot(s)
	root.SetArgs(args)
	root.SetIn(s.in)
	root.SetOut(s.out)
	root.SetErr(s.err)
	err := checkDashes(root, args)
	if err == nil {
		err = root.ExecuteContext(ctx)
	}
	var said alreadySaid
	if errors.Is(err, errInterrupted) {
		if text, ok := errors.AsType[untold](err); ok {
			fmt.Fprintf(s.err, "bench: %s\n", oneLine(text))
		}
		if left, ok := errors.AsType[*process.StopError](err); ok {
			fmt.Fprintf(s.err, "bench: %s\n", oneLine(left))
		}
	} else if err != nil && !errors.As(err, &said) {
		fmt.Fprintf(s.err, "bench: %s\n", oneLine(err))
	}
	return codeOf(err)
}

// alreadySaid is an error with a message that is already printed.
type alreadySaid struct{ error }

func (e alreadySaid) Unwrap() error { return e.error }

// What is shown of an error at most, in bytes: of its beginning, and of its end, where what to do stands.
const (
	maxErrorHead = 700
	maxErrorTail = 250
)

// oneLine keeps an error to one short line that can be printed: what it quotes may come from outside.
func oneLine(err error) string {
	text := strings.Join(strings.Fields(strings.ToValidUTF8(hinted(err), "\ufffd")), " ")
	if len(text) <= maxErrorHead+maxErrorTail {
		return page.Clean(text, maxErrorHead+maxErrorTail)
	}
	piece := func(from, to int) string { return page.Clean(strings.ToValidUTF8(text[from:to], ""), to-from) }
	return piece(0, maxErrorHead) + " … " + piece(len(text)-maxErrorTail, len(text))
}

func newRoot(s streams) *cobra.Command {
	root := &cobra.Command{
		Use:   "bench",
		Short: "Load testing that measures the server, not itself",
		Long: `bench drives load at a service at a rate that does not wait for answers, measures every latency from the
time at which the request was meant to start, and says what it found: percentiles, what limited the run,
and whether the service recovered.

It brings services to learn on: cached and uncached, pooled and unpooled. Any URL will do as well.`,
		Example: `  bench spike                                   a spike at a cached and an uncached service, side by side
  bench sustained http://127.0.0.1:8080 -r 500/s -d 30s
  bench spike --print > my.yaml && bench run my.yaml cached
  bench report .bench/*.json                    show saved runs again`,
		SilenceErrors: true,
		SilenceUsage:  true,
		Args:          noCommand,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return cmd.Help()
		},
		PersistentPreRunE: func(cmd *cobra.Command, _ []string) error {
			hideSecrets(cmd.Flags())
			if !anyVariable() {
				return nil // the flags of all commands are many
			}
			if err := fromEnvironment(cmd.Flags()); err != nil {
				return asUsage(err)
			}
			if err := withoutItsFlag(cmd); err != nil {
				return asUsage(err)
			}
			if !cmd.Hidden && !isChild(cmd.Flags()) {
				for _, warning := range mistyped(cmd.Root()) {
					fmt.Fprintf(s.err, "bench: warning: %s\n", oneLine(errors.New(warning)))
				}
			}
			return nil
		},
	}
	root.SetHelpFunc(showHelp)
	root.SetHelpCommand(newHelpCommand())
	root.SetFlagErrorFunc(func(cmd *cobra.Command, err error) error {
		all := ""
		if drives(cmd) {
			all = " all"
		}
		return asUsage(fmt.Errorf("%w (%s --help%s shows all flags)", plainFlagError(cmd, err), cmd.CommandPath(), all))
	})
	root.AddGroup(
		&cobra.Group{ID: "drive", Title: "Drive load:"},
		&cobra.Group{ID: "judge", Title: "Judge:"},
		&cobra.Group{ID: "look", Title: "Look at what was measured, and at what there is:"},
	)
	for _, c := range driveCommands(s) {
		root.AddCommand(c)
	}
	root.AddCommand(newRunCommand(s), newCompareCommand(s), newGateCommand(s), newBaselineCommand(s), newCapacityCommand(s), newHistoryCommand(s), newSuperviseCommand(), newKeepCommand(s), newReportCommand(s), newListCommand(), newServeCommand(s), newLinkCommand(s), newSelfcheckCommand(s), newSchemaCommand(), newVersionCommand())
	root.SuggestionsMinimumDistance = 2
	root.InitDefaultCompletionCmd()
	if c, _, err := root.Find([]string{"completion"}); err == nil {
		c.Args, c.RunE = noSubcommand, func(cmd *cobra.Command, _ []string) error { return cmd.Help() }
	}
	addHelpFlags(root)
	return root
}

// noCommand refuses a word that is no command, and suggests the one that was probably meant.
func noCommand(root *cobra.Command, args []string) error {
	if len(args) == 0 {
		return nil
	}
	hint := ""
	for i, near := range root.SuggestionsFor(args[0]) {
		if i == 0 || strings.HasPrefix(near, args[0]) {
			hint = fmt.Sprintf("; did you mean bench %s?", near)
		}
	}
	return asUsage(fmt.Errorf("no command %q%s (bench --help shows all)", args[0], hint))
}

// noSubcommand refuses a word that is no command of a command that only groups others.
func noSubcommand(cmd *cobra.Command, args []string) error {
	if len(args) == 0 {
		return nil
	}
	var known []string
	for _, c := range cmd.Commands() {
		known = append(known, c.Name())
	}
	hint := ""
	if near := profiles.Suggest(args[0], known); near != "" {
		hint = fmt.Sprintf("; did you mean %s %s?", cmd.CommandPath(), near)
	}
	return asUsage(fmt.Errorf("no command \"%s %s\"%s (there is %s)", cmd.CommandPath(), args[0], hint, strings.Join(known, ", ")))
}

// args checks the number of arguments: least … most (most < 0: any number), described in words.
func args(least, most int, words string) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		if len(args) < least || most >= 0 && len(args) > most {
			return asUsage(fmt.Errorf("%s takes %s, got %d (%s --help)", cmd.CommandPath(), words, len(args), cmd.CommandPath()))
		}
		return nil
	}
}

// ofVariable is the annotation of a flag that a variable set: its name.
const ofVariable = "variable"

// fromEnvironment sets every flag that was not given from its variable: --no-save from BENCH_NO_SAVE. One that is empty
// sets nothing.
func fromEnvironment(flags *pflag.FlagSet) error {
	var failed error
	if isChild(flags) {
		return nil // it is told everything by its parent
	}
	flags.VisitAll(func(f *pflag.Flag) {
		name := variable(f)
		value := os.Getenv(name)
		if f.Changed || value == "" || f.Hidden || f.Name == "help" || failed != nil {
			return
		}
		if err := flags.Set(f.Name, value); err != nil {
			failed = fmt.Errorf("%s: %w", name, plainValue(err))
			return
		}
		failed = flags.SetAnnotation(f.Name, ofVariable, []string{name})
	})
	return failed
}

// generatorFlags say how requests are sent. The self-check measures that, and by no choice of the user's.
var generatorFlags = []string{"engine", "loops", "spin"}

// withoutItsFlag returns an error where a command that drives load finds a variable that sets a flag of another such command,
// and has no such flag itself: what it says would not be done. A command that sends nothing is not asked.
func withoutItsFlag(cmd *cobra.Command) (failed error) {
	check := cmd.Name() == "selfcheck"
	if !drives(cmd) && !check {
		return nil
	}
	for _, other := range commandsOf(cmd.Root()) {
		if !drives(other) {
			continue
		}
		other.LocalFlags().VisitAll(func(f *pflag.Flag) {
			if check && !slices.Contains(generatorFlags, f.Name) {
				return
			}
			name := variable(f)
			if failed == nil && os.Getenv(name) != "" && !f.Hidden && f.Name != "help" && cmd.Flags().Lookup(f.Name) == nil {
				failed = fmt.Errorf("%s is set, and %s has no --%s: unset it for this command", name, cmd.CommandPath(), f.Name)
			}
		})
	}
	return failed
}

// drives reports whether a command sends requests as its flags say.
func drives(cmd *cobra.Command) bool { return cmd.Flags().Lookup("timeout") != nil }

func commandsOf(cmd *cobra.Command) []*cobra.Command {
	list := []*cobra.Command{cmd}
	for _, c := range cmd.Commands() {
		list = append(list, commandsOf(c)...)
	}
	return list
}

// isChild reports whether a bench is started by another.
func isChild(flags *pflag.FlagSet) bool {
	lifeline := flags.Lookup("lifeline")
	return lifeline != nil && lifeline.Changed
}

const variablePrefix = "BENCH_"

// anyVariable reports whether the environment has variables of bench.
func anyVariable() bool {
	return slices.ContainsFunc(os.Environ(), func(pair string) bool { return strings.HasPrefix(pair, variablePrefix) })
}

func variable(f *pflag.Flag) string {
	return variablePrefix + strings.ToUpper(strings.ReplaceAll(f.Name, "-", "_"))
}
