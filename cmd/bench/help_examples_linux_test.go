package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// example is a command of a topic, with what the topic says that it prints.
type example struct {
	command string
	prints  []string
}

// examplesOf reads the console blocks of a topic.
func examplesOf(text string) []example {
	var list []example
	console := false
	for line := range strings.Lines(text) {
		line = strings.TrimRight(line, "\n")
		command, isCommand := strings.CutPrefix(line, "$ ")
		switch {
		case strings.HasPrefix(line, "```"):
			console = line == "```console"
		case console && isCommand:
			list = append(list, example{command: command})
		case console:
			e := &list[len(list)-1]
			e.prints = append(e.prints, line)
		}
	}
	return list
}

// Every example of the manual prints what stands there, its figures apart. A line … stands for any number of lines, and one
// that ends with … for any that begins so. The files that they show were written with -o json by
//
//	bench sustained cached -r 200/s -d 3s --threshold 'p99<200ms' --threshold 'errors<1%'    (late: on a busy machine)
//	bench compare cached uncached -r 40/s
//	bench capacity pooled --slo 'p99<50ms' --budget 40s --demand 2000/s --growth 4%/month
//	bench selfcheck --quick
//	bench compare cached --sweep strategy=none,ttl,aside,read-through,write-through,write-behind,refresh-ahead,swr
//
// The baseline is that of testdata/before.
func TestHelpExamplesRun(t *testing.T) {
	t.Parallel()
	skipShort(t)
	path := os.Getenv("PATH")
	for _, name := range topicNames {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			for _, from := range []string{"testdata/help", "testdata/before"} {
				if err := os.CopyFS(dir, os.DirFS(from)); err != nil {
					t.Fatal(err)
				}
			}
			text, _ := topic(name)
			for _, e := range examplesOf(text) {
				cmd := exec.CommandContext(t.Context(), "sh", "-c", e.command)
				cmd.Dir = dir
				cmd.Env = []string{"PATH=" + path, "HOME=" + dir, "TMPDIR=" + dir, "BENCH_CACHE_DIR=" + cacheDir(t)}
				out, err := cmd.CombinedOutput()
				if err != nil && cmd.ProcessState == nil {
					t.Fatal(err)
				}
				if got := strings.Split(strings.TrimRight(string(out), "\n"), "\n"); !prints(e.prints, got) {
					t.Errorf("$ %s\nprints\n%s\nand should\n%s", e.command, out, strings.Join(e.prints, "\n"))
				}
			}
		})
	}
}

// prints reports whether the lines of an example are those that were printed.
func prints(want, got []string) bool {
	if len(want) == 0 {
		return len(got) == 0 || slices.Equal(got, []string{""})
	}
	if want[0] == "…" {
		return prints(want[1:], got) || len(got) > 0 && prints(want, got[1:])
	}
	if len(got) == 0 {
		return false
	}
	begin, cut := strings.CutSuffix(want[0], "…")
	same := masked(want[0]) == masked(got[0]) || cut && strings.HasPrefix(masked(got[0]), masked(begin))
	return same && prints(want[1:], got[1:])
}

var figures = regexp.MustCompile(`[0-9][0-9.,]*`)

// masked leaves out of a line its figures, and how wide its columns are.
func masked(line string) string {
	return strings.Join(strings.Fields(figures.ReplaceAllString(line, "0")), " ")
}

// The examples' own rules hold: a figure may differ, a word may not.
func TestHelpExamplesAreHeldToTheirWords(t *testing.T) {
	got := []string{"cached is 22.4 times faster", "P50  412 us", "saved"}
	for _, c := range []struct {
		want []string
		ok   bool
	}{
		{[]string{"cached is 16 times faster", "P50 9 us", "saved"}, true},
		{[]string{"cached is 16 times slower", "P50 9 us", "saved"}, false},
		{[]string{"…", "saved"}, true},
		{[]string{"cached is …", "…"}, true},
		{[]string{"uncached is …", "…"}, false},
		{[]string{"cached is 16 times faster", "…", "lost"}, false},
		{[]string{"cached is 16 times faster"}, false},
	} {
		if prints(c.want, got) != c.ok {
			t.Errorf("%q: %v", c.want, !c.ok)
		}
	}
	if n := len(examplesOf("a\n```console\n$ bench list\nx\ny\n$ bench help\n```\n```yaml\n$ no\n```\n")); n != 2 {
		t.Errorf("%d examples, want 2", n)
	}
}

// Each file that the examples name is kept, and none is kept that they do not.
func TestHelpExamplesFilesAreUsed(t *testing.T) {
	files, err := filepath.Glob("testdata/help/*")
	if err != nil {
		t.Fatal(err)
	}
	all := ""
	for _, name := range topicNames {
		text, _ := topic(name)
		all += text
	}
	for _, f := range files {
		if !strings.Contains(all, filepath.Base(f)) {
			t.Errorf("%s is in no example", f)
		}
	}
}
