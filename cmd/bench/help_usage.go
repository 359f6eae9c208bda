package main

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"github.com/clipperhouse/displaywidth"
	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// flagGroups are the flags of the commands that send requests, by what they are about. The help shows the common ones, and
// the rest when it is asked for all.
var flagGroups = []struct{ title, common, rest string }{
	{"Load", "rate peak duration stage vus requests at round max-time",
		"warm-up arrivals vus-stage think start seed runs max-rate budget staircase"},
	{"Requests", "targets header body file",
		"method body-template user header-case accept-encoding expect hit-when order group follow follow-hosts"},
	{"Target", "a a-cmd b b-cmd baseline connections",
		"a-http b-http name ready-timeout connect-to sni insecure cert key cacert tls-resume dns-ttl db tls link pool-size ttl cache-size gomaxprocs before after"},
	{"Judging", "threshold abort-on margin slo mirror sweep from",
		"strict-samples abort-grace inconclusive or-save floor diff force no-kill servers profile-target"},
	{"Plan", "demand growth prices",
		"plan curve peaks horizon headroom survive spike scale-lag fleet simulate"},
	{"Output", "output verbose dry-run",
		"quiet no-save print"},
	{"Engine", "engine http",
		"timeout drain deadline max-journeys no-keepalive max-conn-age max-conn-requests h2-connections loops spin cpus"},
}

// helpFlag is --help, and --help=all.
type helpFlag struct{ asked, all bool }

func (h *helpFlag) String() string   { return strconv.FormatBool(h.asked) }
func (h *helpFlag) Type() string     { return "bool" } // cobra reads it as one
func (h *helpFlag) IsBoolFlag() bool { return true }

func (h *helpFlag) Set(text string) error {
	if text == "all" {
		h.asked, h.all = true, true
		return nil
	}
	var err error
	h.asked, err = strconv.ParseBool(text)
	return err
}

// addHelpFlags gives every command its --help.
func addHelpFlags(root *cobra.Command) {
	for _, c := range commandsOf(root) {
		usage := "show this help"
		if drives(c) {
			usage = "show this help, with --help all every flag"
		}
		c.Flags().VarPF(&helpFlag{}, "help", "h", usage).NoOptDefVal = "true"
	}
}

// showHelp writes what a command does, its flags and the exit codes that it can give. --help=all and --help all show all flags.
func showHelp(cmd *cobra.Command, _ []string) {
	all := slices.Equal(cmd.Flags().Args(), []string{"all"})
	if f := cmd.Flags().Lookup("help"); f != nil {
		if h, ok := f.Value.(*helpFlag); ok {
			all = all || h.all
		}
	}
	width, _ := look(cmd.OutOrStdout())
	h := helpWriter{cmd.OutOrStdout(), min(width, maxHelpWidth)}
	h.text(cmp.Or(cmd.Long, cmd.Short))
	h.print("\nUsage:\n")
	if cmd.Runnable() {
		h.print("  %s\n", cmd.UseLine())
	}
	if cmd.HasAvailableSubCommands() {
		h.print("  %s COMMAND\n", cmd.CommandPath())
	}
	if cmd.Example != "" {
		h.print("\nExamples:\n%s\n", cmd.Example)
	}
	h.commands(cmd)
	if drives(cmd) {
		h.groups(cmd, all)
	} else {
		h.flags("Flags", flagsOf(cmd))
	}
	h.exits(cmd)
}

// maxHelpWidth is how wide the help becomes at most, in cells.
const maxHelpWidth = 100

// helpWriter writes help. It ignores errors of the terminal.
type helpWriter struct {
	w     io.Writer
	width int
}

func (h helpWriter) print(format string, args ...any) { fmt.Fprintf(h.w, format, args...) }

// text writes paragraphs in the width of the terminal. Indented lines stay as they are.
func (h helpWriter) text(text string) {
	for i, paragraph := range strings.Split(text, "\n\n") {
		if i > 0 {
			h.print("\n")
		}
		var words []string
		fill := func() {
			if len(words) == 0 {
				return
			}
			for _, line := range wrap(strings.Join(words, " "), h.width) {
				h.print("%s\n", line)
			}
			words = nil
		}
		for line := range strings.Lines(paragraph) {
			if line = strings.TrimRight(line, "\n"); strings.TrimLeft(line, " \t") == line {
				words = append(words, line)
				continue
			}
			fill()
			h.print("%s\n", line)
		}
		fill()
	}
}

// commands lists the subcommands by their groups.
func (h helpWriter) commands(cmd *cobra.Command) {
	list := func(title, group string) {
		first := true
		for _, c := range cmd.Commands() {
			if c.GroupID != group || !c.IsAvailableCommand() && c.Name() != "help" {
				continue
			}
			if first {
				h.print("\n%s\n", title)
			}
			first = false
			h.print("  %-11s %s\n", c.Name(), c.Short)
		}
	}
	for _, g := range cmd.Groups() {
		list(g.Title, g.ID)
	}
	title := "Also:"
	if len(cmd.Groups()) == 0 {
		title = "Commands:"
	}
	list(title, "")
	if !cmd.HasParent() {
		h.print("\nbench COMMAND --help shows a command's flags, bench help the topics of the manual.\n")
	}
}

// groups shows the common flags of a command that sends requests, or all of them.
func (h helpWriter) groups(cmd *cobra.Command, all bool) {
	left := 0
	for _, g := range flagGroups {
		names := strings.Fields(g.common)
		rest := strings.Fields(g.rest)
		if all {
			names = append(names, rest...)
		}
		var list []*pflag.Flag
		for _, f := range flagsOf(cmd) {
			if slices.Contains(names, f.Name) {
				list = append(list, f)
			} else if slices.Contains(rest, f.Name) {
				left++
			}
		}
		order := func(f *pflag.Flag) int { return slices.Index(names, f.Name) }
		slices.SortFunc(list, func(a, b *pflag.Flag) int { return order(a) - order(b) })
		h.flags(g.title, list)
	}
	if all {
		h.print("\nEvery flag is a variable too: BENCH_NO_SAVE=true is --no-save.\n")
	} else {
		h.print("\n%s --help all shows %d more flags.\n", cmd.CommandPath(), left)
	}
}

// flagsOf lists the flags of a command that the help shows, in their order.
func flagsOf(cmd *cobra.Command) []*pflag.Flag {
	var list []*pflag.Flag
	cmd.LocalFlags().VisitAll(func(f *pflag.Flag) {
		if !f.Hidden && f.Name != "help" {
			list = append(list, f)
		}
	})
	return list
}

// flags writes a line or more for each flag: its letter, name and value, what it does, and its default.
func (h helpWriter) flags(title string, list []*pflag.Flag) {
	if len(list) == 0 {
		return
	}
	h.print("\n%s:\n", title)
	const column = 30
	for _, f := range list {
		head := "      --" + f.Name
		if f.Shorthand != "" {
			head = fmt.Sprintf("  -%s, --%s", f.Shorthand, f.Name)
		}
		value, text := valueOf(f)
		head += value
		if f.DefValue != "" && !slices.Contains(zeroValues, f.DefValue) {
			text += fmt.Sprintf(" (default %s)", f.DefValue)
		}
		if pad := column - displaywidth.String(head); pad > 1 {
			head += strings.Repeat(" ", pad)
		} else {
			h.print("%s\n", head)
			head = strings.Repeat(" ", column)
		}
		h.print("%s%s\n", head, strings.Join(wrap(text, h.width-column), "\n"+strings.Repeat(" ", column)))
	}
}

// zeroValues are the defaults that the help leaves out.
var zeroValues = []string{"0", "0s", "0%", "false", "[]"}

// valueOf returns how a flag's value is written behind its name, and what the flag does.
func valueOf(f *pflag.Flag) (value, text string) {
	name, text := pflag.UnquoteUsage(f)
	switch f.Value.Type() {
	case "bool":
		if f.DefValue == "true" {
			return "=false", text
		}
		return "", text
	case "duration":
		name = "DURATION"
	case "int", "uint", "uint32", "uint64", "float":
		name = "N"
	case "ints":
		name = "N,N"
	case "stringToInt":
		name = "NAME=N"
	}
	switch {
	case name == "string" || name == "strings" || name == "stringArray":
		name = cmp.Or(valueNames[f.Name], "TEXT")
	case !strings.ContainsFunc(name, func(r rune) bool { return r < 'a' || r > 'z' }):
		name = strings.ToUpper(name)
	}
	if f.NoOptDefVal != "" {
		return "[=" + name + "]", text
	}
	return " " + name, text
}

// valueNames are the names of flags' values, where the type's name is not clear.
var valueNames = map[string]string{
	"rate": "RATE", "peak": "RATE", "at": "SHARE", "max-rate": "RATE", "start": "HOW", "stage": "TIME:RATE", "vus-stage": "TIME:N",
	"think": "TIME", "targets": "FILE", "header": "'NAME: VALUE'", "user": "NAME:PASSWORD", "output": "KIND=FILE", "threshold": "CONDITION",
	"abort-on": "CONDITION", "slo": "CONDITION", "margin": "NAME=SHARE", "a": "URL", "b": "URL", "a-cmd": "COMMAND", "b-cmd": "COMMAND",
	"before": "COMMAND", "after": "COMMAND", "cert": "FILE", "key": "FILE", "cacert": "FILE", "file": "FILE", "from": "FILE", "plan": "FILE",
	"connect-to": "ADDRESS", "sni": "HOST", "follow-hosts": "HOST,HOST", "name": "NAME", "method": "METHOD", "demand": "RATE", "growth": "SHARE/month",
	"hit-when": "HEADER~REGEXP", "engine": "NAME", "http": "VERSION", "link": "NAME=VALUE,…", "accept-encoding": "NAME,NAME", "a-http": "VERSION", "b-http": "VERSION", "tls-resume": "HOW",
}

// exits writes the codes that a command can give.
func (h helpWriter) exits(cmd *cobra.Command) {
	h.print("\nExit codes:\n")
	list := exitsOf(cmd)
	for _, e := range list {
		text := wrap(strings.ReplaceAll(e.meaning, "`", ""), h.width-8)
		h.print("  %-5d %s\n", e.code, strings.Join(text, "\n        "))
	}
	h.print("%s\n", severalExits(codesOf(list)))
}

// wrap breaks a text at its spaces into lines of at most width cells; a longer word has a line of its own.
func wrap(text string, width int) []string {
	var lines []string
	line, used := "", 0
	for _, word := range strings.Fields(text) {
		cells := displaywidth.String(word)
		if line != "" && used+1+cells > width {
			lines = append(lines, line)
			line, used = "", 0
		}
		if line != "" {
			line += " "
			used++
		}
		line += word
		used += cells
	}
	if line == "" && len(lines) > 0 {
		return lines
	}
	return append(lines, line)
}
