package main

import (
	"cmp"
	"embed"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/seed-5a006608/bench/profiles"
	"github.com/spf13/cobra"
)

//go:embed help/*.md
var helpFiles embed.FS

// topicNames are the topics of the manual, in the order in which one would read them. Each is a file under help.
var topicNames = []string{
	"targets", "requests", "profiles", "journeys", "latencies", "verdicts", "thresholds", "compare", "gate", "baseline", "capacity", "caching", "history", "formats",
	"engines", "selfcheck", "exit-codes",
}

// topic returns the Markdown of a topic, and what it is about: its first line without the name.
func topic(name string) (text, about string) {
	data, err := helpFiles.ReadFile("help/" + name + ".md")
	if err != nil {
		panic(err) // embedded: a test reads each
	}
	text = string(data)
	title, _, _ := strings.Cut(text, "\n")
	_, about, _ = strings.Cut(title, ": ")
	return text, about
}

func newHelpCommand() *cobra.Command {
	return &cobra.Command{
		Use: "help [TOPIC|COMMAND]", Short: "Show a topic of the manual, or list the topics",
		Example: `  bench help thresholds
  bench help requests | less`,
		ValidArgsFunction: completeHelp,
		RunE: func(cmd *cobra.Command, args []string) error {
			out := cmd.OutOrStdout()
			switch {
			case len(args) == 0:
				return listTopics(out)
			case len(args) == 1 && slices.Contains(topicNames, args[0]):
				text, _ := topic(args[0])
				width, colour := look(out)
				return renderMarkdown(out, text, min(width, maxHelpWidth), colour)
			}
			of, rest, err := cmd.Root().Find(args)
			if err != nil || of == cmd.Root() || len(rest) > 0 && !slices.Equal(rest, []string{"all"}) {
				return noTopic(cmd.Root(), args)
			}
			if err := of.ParseFlags(rest); err != nil {
				return asUsage(err)
			}
			return of.Help()
		},
	}
}

func listTopics(w io.Writer) error {
	var b strings.Builder
	b.WriteString("Topics of the manual:\n")
	for _, name := range topicNames {
		_, about := topic(name)
		fmt.Fprintf(&b, "  %-11s %s\n", name, about)
	}
	b.WriteString("\nbench help TOPIC shows one, bench --help the commands, bench COMMAND --help a command's flags.\n")
	_, err := io.WriteString(w, b.String())
	return err
}

// noTopic is the error for a word that is neither a topic nor a command, with a suggestion.
func noTopic(root *cobra.Command, args []string) error {
	known := slices.Clone(topicNames)
	for _, c := range root.Commands() {
		known = append(known, c.Name())
	}
	hint := ""
	if near := profiles.Suggest(args[0], known); near != "" && near != args[0] {
		hint = fmt.Sprintf("; did you mean bench help %s?", near)
	}
	return asUsage(fmt.Errorf("no topic or command %q%s (bench help lists the topics)", strings.Join(args, " "), hint))
}

// completeHelp completes topics, then commands that are no topic.
func completeHelp(cmd *cobra.Command, args []string, begun string) ([]cobra.Completion, cobra.ShellCompDirective) {
	var list []cobra.Completion
	if len(args) > 0 {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	add := func(name, about string) {
		if strings.HasPrefix(name, begun) {
			list = append(list, cobra.CompletionWithDesc(name, about))
		}
	}
	for _, name := range topicNames {
		_, about := topic(name)
		add(name, about)
	}
	for _, c := range cmd.Root().Commands() {
		if c.IsAvailableCommand() && !slices.Contains(topicNames, c.Name()) {
			add(c.Name(), cmp.Or(c.Short, c.Long))
		}
	}
	return list, cobra.ShellCompDirectiveNoFileComp
}
