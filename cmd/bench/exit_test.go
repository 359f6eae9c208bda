package main

import (
	"io"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/seed-5a006608/bench/loadgen/runfile"
	"github.com/spf13/cobra"
)

// README.md, the help and the topic say of the exit codes what the program has of them.
func TestExitCodesHaveOneSource(t *testing.T) {
	root := newRoot(streams{in: strings.NewReader(""), out: io.Discard, err: io.Discard})
	for _, path := range []string{"../../README.md", "help/exit-codes.md"} {
		data, err := os.ReadFile(path)
		if err != nil || !strings.Contains(string(data), exitTable(root)) {
			t.Errorf("%s does not hold\n%s\n%v", path, exitTable(root), err)
		}
	}
	for _, e := range exitMeanings {
		if e.code != exitOK && !slices.Contains(exitOrder, e.code) {
			t.Errorf("%d has no place among several", e.code)
		}
		for _, of := range e.of {
			if !slices.ContainsFunc(commandsOf(root), func(c *cobra.Command) bool { return isOf(c, of) }) {
				t.Errorf("%d is of no command %s", e.code, of)
			}
		}
	}
}

// The exit code is that of the results, whatever their sentences say.
func TestExitCodeReadsNoSentence(t *testing.T) {
	run := func(passed bool) *runfile.Run {
		return &runfile.Run{Verdict: runfile.Verdict{Kind: runfile.Valid}, Thresholds: []runfile.ThresholdResult{{Text: "", Passed: passed}}}
	}
	if code := codeOf(judgement([]*runfile.Run{run(true), run(false)})); code != exitThreshold {
		t.Errorf("missed: exit %d", code)
	}
	unsure := run(false)
	unsure.Thresholds[0].Undecided = true
	if code := codeOf(judgement([]*runfile.Run{run(true), unsure})); code != exitLimited {
		t.Errorf("cannot be judged: exit %d", code)
	}
	if code := codeOf(judgement([]*runfile.Run{unsure, run(false)})); code != exitThreshold {
		t.Errorf("one missed and one cannot be judged: exit %d", code)
	}
	if code := codeOf(judgement([]*runfile.Run{run(true)})); code != exitOK {
		t.Errorf("met: exit %d", code)
	}
}
