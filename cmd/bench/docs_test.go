package main

import (
	"encoding/json"
	"io"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/google/jsonschema-go/jsonschema"
	"github.com/seed-5a006608/bench/profiles"
	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// shellWords splits a line as a shell does, as far as the documentation needs it: spaces, single and double quotes, and
// a comment behind two spaces or more.
func shellWords(line string) []string {
	var words []string
	var word strings.Builder
	var quote rune
	open := false
	for _, r := range line {
		switch {
		case quote != 0 && r == quote:
			quote = 0
		case quote != 0:
			word.WriteRune(r)
		case r == '\'' || r == '"':
			quote, open = r, true
		case r == ' ':
			if word.Len() > 0 || open {
				words = append(words, word.String())
			}
			word.Reset()
			open = false
		default:
			word.WriteRune(r)
		}
	}
	if word.Len() > 0 || open {
		words = append(words, word.String())
	}
	return words
}

// checkCommand wants what stands in the documentation to be a command with flags that there are.
func checkCommand(t *testing.T, where, line string) {
	t.Helper()
	line, _, _ = strings.Cut(strings.TrimSpace(line), "   ") // what follows is a remark
	for _, part := range strings.Split(line, "&&") {
		part, _, _ = strings.Cut(part, " > ")
		words := shellWords(strings.TrimSpace(part))
		if len(words) == 0 || words[0] != "bench" && words[0] != "./bench" {
			continue
		}
		root := newRoot(streams{in: strings.NewReader(""), out: io.Discard, err: io.Discard})
		c, rest, err := root.Find(words[1:])
		if err == nil && c == root && len(rest) > 0 {
			err = noCommand(root, rest)
		}
		if err == nil {
			err = c.ParseFlags(rest)
		}
		if err == nil {
			err = checkDashes(root, words[1:])
		}
		if err == nil && c.Args != nil {
			err = c.Args(c, c.Flags().Args())
		}
		if err != nil {
			t.Errorf("%s: %q: %v", where, part, err)
		}
	}
}

// documents are README.md and the topics by their names.
func documents(t *testing.T) map[string]string {
	t.Helper()
	readme, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	list := map[string]string{"README.md": string(readme)}
	for _, name := range topicNames {
		list["help "+name], _ = topic(name)
	}
	return list
}

func TestDocumentedCommandsExist(t *testing.T) {
	found := 0
	for where, text := range documents(t) {
		for line := range strings.Lines(text) {
			if cells := strings.Split(line, "|"); len(cells) == 4 && strings.Contains(cells[2], "URL") {
				for i, code := range strings.Split(cells[2], "`") {
					if i%2 == 1 && strings.HasPrefix(code, "bench ") {
						checkCommand(t, where, strings.ReplaceAll(code, "URL", "http://127.0.0.1"))
						found++
					}
				}
				continue
			}
			command := strings.TrimSpace(strings.TrimPrefix(strings.TrimSpace(line), "$ "))
			ofCommand := strings.HasPrefix(command, "bench ") || strings.HasPrefix(command, "./bench ") || strings.HasPrefix(command, "go build")
			if !ofCommand || strings.ContainsAny(command, "|·[`;") || !inCode(text, line) {
				continue
			}
			checkCommand(t, where, command)
			found++
		}
	}
	if found < 50 {
		t.Errorf("%d commands were found", found)
	}
	root := newRoot(streams{in: strings.NewReader(""), out: io.Discard, err: io.Discard})
	for _, c := range append([]*cobra.Command{root}, root.Commands()...) {
		for _, line := range strings.Split(c.Example, "\n") {
			checkCommand(t, c.CommandPath()+" --help", line)
		}
	}
}

// inCode reports whether a line of a text stands in code.
func inCode(text, line string) bool {
	before, _, _ := strings.Cut(text, line)
	return strings.HasPrefix(line, "    ") || strings.Count(before, "```")%2 == 1
}

// Every bar of the documentation's two commands: they are the ones that CI runs.
func TestReadmeNamesTheTwoCommands(t *testing.T) {
	readme, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, command := range []string{"    go build -o bench ./cmd/bench && ./bench spike\n", "    .ci/test\n"} {
		if !strings.Contains(string(readme), command) {
			t.Errorf("README.md lacks %q", command)
		}
	}
	ci, err := os.ReadFile("../../.ci/run")
	if err != nil || !strings.Contains(string(ci), "\n.ci/test\n") {
		t.Errorf(".ci/run does not call .ci/test: %v", err)
	}
}

// The test files of the topic profiles are such, and show every key that there is.
func TestDocumentedFileParses(t *testing.T) {
	doc, _ := topic("profiles")
	_, text, found := strings.Cut(doc, "```yaml\n")
	text, rest, closed := strings.Cut(text, "```")
	_, users, _ := strings.Cut(rest, "```yaml\n")
	users, _, _ = strings.Cut(users, "```")
	if file, err := profiles.Parse("profiles.md", []byte(users)); err != nil || !file.OfUsers() {
		t.Errorf("%+v, %v", file, err)
	}
	file, err := profiles.Parse("profiles.md", []byte(text))
	if !found || !closed || err != nil || len(file.Requests) != 3 {
		t.Errorf("%+v, %v", file, err)
	}
	about, _ := topic("journeys")
	_, shown, _ := strings.Cut(about, "```yaml\n")
	shown, _, _ = strings.Cut(shown, "```")
	if example, err := os.ReadFile("testdata/help/journeys.yaml"); err != nil || string(example) != shown {
		t.Errorf("the file of journeys is not the one that its examples drive, %v", err)
	}
	told, _ := topic("caching")
	var o driveOptions
	o.addFlags(pflag.NewFlagSet("", pflag.ContinueOnError))
	t.Setenv("TOKEN", "")
	if _, err := subjectsOf(&o, "profiles.md", file, wordsOf(file.Target), ""); err != nil {
		t.Error(err)
	}
	var schema jsonschema.Schema
	if err := json.Unmarshal(profiles.TestSchema, &schema); err != nil {
		t.Fatal(err)
	}
	p := schema.Properties
	for _, of := range []map[string]*jsonschema.Schema{p, p["phases"].Items.Properties, p["requests"].Items.Properties, p["limits"].Properties} {
		for key := range of {
			if !regexp.MustCompile(`(?m)(^|[{,])[ -]*` + key + `:`).MatchString(text + users + shown + told) {
				t.Errorf("the test files lack %s", key)
			}
		}
	}
}
