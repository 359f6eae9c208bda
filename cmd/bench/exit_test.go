package main

import (
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/seed-5a006608/bench/loadgen"
)

// README.md and the help say of the exit codes what the program has of them.
func TestExitCodesHaveOneSource(t *testing.T) {
	data, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	_, section, found := strings.Cut(string(data), "\n## Exit codes\n")
	section, _, _ = strings.Cut(section, "\n## ")
	if !found || !strings.Contains(section, severalExits()) {
		t.Errorf("README.md does not say %q", severalExits())
	}
	var rows, codes []string
	for line := range strings.Lines(section) {
		if strings.HasPrefix(line, "| ") {
			rows = append(rows, strings.TrimSpace(line))
		}
	}
	want := []string{"| code | meaning |", "| --- | --- |"}
	for _, e := range exitMeanings {
		want = append(want, fmt.Sprintf("| %d | %s |", e.code, e.meaning))
		codes = append(codes, fmt.Sprint(e.code))
		if e.code != exitOK && !slices.Contains(exitOrder, e.code) {
			t.Errorf("%d has no place among several", e.code)
		}
	}
	if !slices.Equal(rows, want) {
		t.Errorf("README.md has\n%s\nwant\n%s", strings.Join(rows, "\n"), strings.Join(want, "\n"))
	}
	var help strings.Builder
	root := newRoot(streams{in: strings.NewReader(""), out: &help, err: io.Discard})
	root.SetArgs([]string{"--help"})
	root.SetOut(&help)
	if err := root.Execute(); err != nil {
		t.Fatal(err)
	}
	for _, code := range codes {
		if !strings.Contains(help.String(), "\n  "+code+" ") {
			t.Errorf("the help has no code %s", code)
		}
	}
}

// The exit code is that of the results, whatever their sentences say.
func TestExitCodeReadsNoSentence(t *testing.T) {
	run := func(passed bool) *loadgen.Run {
		return &loadgen.Run{Verdict: loadgen.Verdict{Kind: loadgen.Valid}, Thresholds: []loadgen.ThresholdResult{{Text: "", Passed: passed}}}
	}
	if code := codeOf(judgement([]*loadgen.Run{run(true), run(false)})); code != exitThreshold {
		t.Errorf("missed: exit %d", code)
	}
	unsure := run(false)
	unsure.Thresholds[0].Undecided = true
	if code := codeOf(judgement([]*loadgen.Run{run(true), unsure})); code != exitLimited {
		t.Errorf("cannot be judged: exit %d", code)
	}
	if code := codeOf(judgement([]*loadgen.Run{unsure, run(false)})); code != exitThreshold {
		t.Errorf("one missed and one cannot be judged: exit %d", code)
	}
	if code := codeOf(judgement([]*loadgen.Run{run(true)})); code != exitOK {
		t.Errorf("met: exit %d", code)
	}
}
