package main

import (
	"io"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/spf13/cobra"

	"github.com/seed-5a006608/bench/loadgen/racetest"
)

// helpOf returns what a command shows of its own.
func helpOf(t *testing.T, args ...string) string {
	t.Helper()
	var out strings.Builder
	if code := execute(t.Context(), args, streams{in: strings.NewReader(""), out: &out, err: io.Discard}); code != exitOK {
		t.Fatalf("bench %s: exit %d", strings.Join(args, " "), code)
	}
	return out.String()
}

// sending lists the commands that send requests as their flags say.
func sending(t *testing.T) []*cobra.Command {
	t.Helper()
	list := slices.DeleteFunc(commandsOf(newRoot(streams{})), func(c *cobra.Command) bool { return !drives(c) })
	if len(list) < 8 {
		t.Fatalf("%d commands send requests", len(list))
	}
	return list
}

var anyFlag = regexp.MustCompile(`(?m)^(  -., |      )--[a-z]`)

// Every flag has its place: the help of all flags shows each once, and the short one about a dozen.
func TestHelpShowsEveryFlagOnce(t *testing.T) {
	racetest.Skip(t)
	for _, c := range sending(t) {
		path := strings.Fields(c.CommandPath())[1:]
		short, all := helpOf(t, append(path, "--help")...), helpOf(t, append(path, "--help", "all")...)
		for _, f := range flagsOf(c) {
			line := regexp.MustCompile(`(?m)^(  -., |      )--` + f.Name + `(=false)?($| |\[=)`)
			if n := len(line.FindAllString(all, -1)); n != 1 {
				t.Errorf("%s --help all shows --%s %d times: it is in no group, or in two", c.CommandPath(), f.Name, n)
			}
		}
		if with := helpOf(t, append(path, "--help=all")...); with != all {
			t.Errorf("%s: --help=all and --help all differ", c.CommandPath())
		}
		if n := len(anyFlag.FindAllString(short, -1)); n < 8 || n > 20 {
			t.Errorf("%s --help shows %d flags", c.CommandPath(), n)
		}
		for _, text := range []string{short, all} {
			if strings.Contains(text, "true\"") || !strings.Contains(text, "\nExit codes:\n") {
				t.Errorf("%s:\n%s", c.CommandPath(), text)
			}
		}
	}
}

// The help ends with the exit codes that the command can give, and with no other.
func TestHelpEndsWithTheCommandsExitCodes(t *testing.T) {
	for command, want := range map[string]string{
		"spike": "Several at once: 130, 1, 2, 5, 99.\n",
		"run":   "Several at once: 130, 1, 2, 5, 99.\n",
		"gate":  "Several at once: 130, 1, 2, 5, 3, 99, 4.\n",
		"list":  "Several at once: 130, 1, 2.\n",
	} {
		text := helpOf(t, command, "--help")
		_, exits, _ := strings.Cut(text, "\nExit codes:\n")
		if !strings.HasSuffix(exits, want) {
			t.Errorf("bench %s --help ends with\n%s", command, exits)
		}
		if strings.Contains(exits, "  3 ") != (command == "gate") {
			t.Errorf("bench %s --help, of a regression:\n%s", command, exits)
		}
	}
}

// What a command is for is written in the width of the terminal, which examples may exceed; an indented line stays whole.
func TestHelpFitsTheTerminal(t *testing.T) {
	racetest.Skip(t)
	for _, c := range commandsOf(newRoot(streams{})) {
		if c.Hidden || c.Long == "" {
			continue
		}
		args := append(strings.Fields(c.CommandPath())[1:], "--help")
		said, _, _ := strings.Cut(helpOf(t, args...), "\nUsage:\n")
		for line := range strings.Lines(said) {
			if n := len([]rune(strings.TrimSpace(line))); n > maxHelpWidth && strings.TrimLeft(line, " \t") == line {
				t.Errorf("%s: %d columns: %s", c.CommandPath(), n, line)
			}
		}
		if want := strings.Join(strings.Fields(c.Long), " "); strings.Join(strings.Fields(said), " ") != want {
			t.Errorf("%s: %q, want %q", c.CommandPath(), said, want)
		}
	}
	if got := helpOf(t, "schema", "--help"); !strings.Contains(got, "\n  # yaml-language-server: $schema=test.schema.json\n\nUsage:") {
		t.Errorf("%s", got)
	}
}
