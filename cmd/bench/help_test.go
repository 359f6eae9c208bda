package main

import (
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/clipperhouse/displaywidth"
)

// Each file under help is a topic that is listed, says in its first line what it is about, is short, and links to topics that
// there are.
func TestTopicsAreListed(t *testing.T) {
	files, err := helpFiles.ReadDir("help")
	if err != nil {
		t.Fatal(err)
	}
	list := helpOf(t, "help")
	for _, f := range files {
		name := strings.TrimSuffix(f.Name(), ".md")
		text, about := topic(name)
		if !slices.Contains(topicNames, name) || about == "" || !strings.Contains(list, "\n  "+name) || !strings.Contains(list, about) {
			t.Errorf("the topic %s is not listed, or its first line does not say what it is about", name)
		}
		if n := strings.Count(text, "\n"); n > 150 {
			t.Errorf("%s has %d lines", name, n)
		}
		for _, link := range regexp.MustCompile(`\]\(([a-z-]+)\.md\)`).FindAllStringSubmatch(text, -1) {
			if !slices.Contains(topicNames, link[1]) {
				t.Errorf("%s links to the topic %s, which there is not", name, link[1])
			}
		}
	}
	if len(files) != len(topicNames) {
		t.Errorf("%d files, %d topics", len(files), len(topicNames))
	}
}

// What is piped has no colours and no Markdown; a line is broken where it may be.
func TestTopicsAreRendered(t *testing.T) {
	for _, name := range topicNames {
		text := helpOf(t, "help", name)
		if strings.ContainsAny(text, "\x01\x02\x03\ue000\x1b") || strings.Contains(text, "\n## ") || strings.Contains(text, "**") || strings.Contains(text, "\n| ") {
			t.Errorf("bench help %s:\n%s", name, text)
		}
		for line := range strings.Lines(text) {
			if long := displaywidth.String(line) > maxHelpWidth+1; long && !strings.HasPrefix(line, "    ") {
				t.Errorf("bench help %s has a line of %d cells: %s", name, displaywidth.String(line), line)
			}
		}
	}
}

func TestMarkdownIsRendered(t *testing.T) {
	text := "# Title: of it\n\nOne *two*\n`three four` **fives** [six](six.md).\n\n- a [web](https://a.test/x)\n  page\n- b\n\n1. c\n\n" +
		"| k | what |\n| --- | --- |\n| `a|b` | some words that do not fit |\n\n```console\n$ x  y\n\n`z`\n```\n"
	for _, c := range []struct {
		colour bool
		want   string
	}{
		{false, "Title: of it\n\nOne two three four fives\nbench help six.\n\n- a web\n  (https://a.test/x) page\n- b\n1. c\n\n" +
			"k    what\na|b  some words that do\n     not fit\n\n    $ x  y\n\n    `z`\n"},
		{true, "\x1b[1mTitle: of it\x1b[0m\n\nOne \x1b[1mtwo\x1b[0m \x1b[36mthree four\x1b[0m \x1b[1mfives\x1b[0m\n\x1b[36mbench help six\x1b[0m.\n\n" +
			"- a web\n  (https://a.test/x) page\n- b\n1. c\n\n\x1b[1mk    \x1b[0m\x1b[1mwhat\x1b[0m\n\x1b[36ma|b\x1b[0m  some words that do\n     not fit\n\n    $ x  y\n\n    `z`\n"},
	} {
		var b strings.Builder
		if err := renderMarkdown(&b, text, 25, c.colour); err != nil || b.String() != c.want {
			t.Errorf("%v\n%q\nwant\n%q", err, b.String(), c.want)
		}
	}
}

// README.md is the front door: short, and it leads to every topic.
func TestReadmeLeadsToTheTopics(t *testing.T) {
	data, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range topicNames {
		if !strings.Contains(string(data), "](cmd/bench/help/"+name+".md)") {
			t.Errorf("README.md does not link to the topic %s", name)
		}
	}
	if n := strings.Count(string(data), "\n"); n > 220 {
		t.Errorf("README.md has %d lines", n)
	}
}

// The shell completes topics and commands.
func TestHelpCompletesTopics(t *testing.T) {
	got := helpOf(t, "__complete", "help", "")
	for _, want := range []string{"thresholds\t", "exit-codes\t", "spike\t"} {
		if !strings.Contains(got, want) {
			t.Errorf("%q is not offered: %s", want, got)
		}
	}
	if got := helpOf(t, "__complete", "help", "ca"); !strings.Contains(got, "capacity\t") || strings.Contains(got, "gate") {
		t.Errorf("of ca: %s", got)
	}
}
