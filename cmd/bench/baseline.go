package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/seed-5a006608/bench/profiles"
	"github.com/seed-5a006608/bench/report"
	"github.com/seed-5a006608/bench/report/compare"
	"github.com/spf13/cobra"
)

func newBaselineCommand(s streams) *cobra.Command {
	c := &cobra.Command{
		Use: "baseline", Short: "Keep what a service does now, to hold later versions against", GroupID: "judge",
		Long: `Keep what a service does now, as a baseline that bench gate --baseline holds later versions against, and with it
what this machine does to identical code: the noise floor, below which no margin can be held.

Where old and new can both be run, bench gate drives them side by side, which tells smaller changes and does not
take what happened to the machine since for a change of the service. A baseline is for when the old one is gone.`,
		Args: noSubcommand,
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	c.AddCommand(newBaselineSaveCommand(s), newBaselineListCommand(s), newBaselineShowCommand(s))
	return c
}

func newBaselineListCommand(s streams) *cobra.Command {
	return &cobra.Command{
		Use: "list", Short: "List the baselines that are kept here",
		Args: args(0, 0, "no argument"),
		RunE: func(*cobra.Command, []string) error {
			entries, err := listBaselines()
			if err != nil {
				return err
			}
			return display(s.out, report.Options{}, func(w io.Writer, o report.Options) error { return report.WriteBaselineList(w, entries, o) })
		},
	}
}

func newBaselineShowCommand(s streams) *cobra.Command {
	return &cobra.Command{
		Use: "show NAME|FILE", Short: "Show a baseline: its percentiles, by how much they spread, and the noise floor",
		Args: args(1, 1, "the name or the file of a baseline"),
		RunE: func(_ *cobra.Command, names []string) error {
			b, err := readBaseline(names[0])
			if err != nil {
				return asUsage(err)
			}
			return baselinesShown.show(b, nil, s, report.Options{})
		},
	}
}

// baselinesDir is the directory of baselines by name, beside the saved runs.
var baselinesDir = filepath.Join(savedDir, "baselines")

// The ends of a baseline's file; one that is kept by name has the first.
var baselineEnds = []string{".json", ".json.gz"}

// isPath reports whether a baseline is named by its file.
func isPath(name string) bool { return isSaved(name) || strings.ContainsAny(name, `/\`) }

// baselinePath returns the file of a baseline that is to be written.
func baselinePath(name string) (string, error) {
	switch {
	case isPath(name):
		return name, nil
	case name != fileName(name):
		return "", fmt.Errorf("%q is no name of a baseline: use up to 40 letters, digits, dashes and underscores, or name a file that ends in .json", name)
	}
	return filepath.Join(baselinesDir, name+baselineEnds[0]), nil
}

// readBaseline reads the baseline of that name, or in that file.
func readBaseline(name string) (*compare.Baseline, error) {
	if isPath(name) {
		b, err := compare.ReadBaseline(name)
		if errors.Is(err, os.ErrNotExist) {
			return nil, noBaseline{name}
		}
		return b, plain(err)
	}
	for _, end := range baselineEnds {
		b, err := compare.ReadBaseline(filepath.Join(baselinesDir, fileName(name)+end))
		if !errors.Is(err, os.ErrNotExist) {
			return b, plain(err)
		}
	}
	return nil, noBaseline{name}
}

// noBaseline is the error for a missing baseline.
type noBaseline struct{ name string }

func (e noBaseline) Error() string {
	what := fmt.Sprintf("no baseline is called %q", e.name)
	if isPath(e.name) {
		what = e.name + ": there is no such file"
	}
	if near := e.near(); near != "" {
		what += fmt.Sprintf("; did you mean %s?", near)
	}
	return fmt.Sprintf("%s (bench baseline list shows those that are kept here, bench baseline save %s TARGET keeps one)", what, report.Command(e.name))
}

// near returns the baseline, or the file beside it, that may have been meant; "": no name is close.
func (e noBaseline) near() string {
	dir, name := baselinesDir, e.name
	if isPath(e.name) {
		dir, name = filepath.Split(e.name)
	}
	files, err := os.ReadDir(filepath.Clean(dir))
	if err != nil {
		return ""
	}
	known, called := []string{}, map[string]string{}
	for _, f := range files {
		if isSaved(f.Name()) {
			word := withoutEnd(f.Name())
			known, called[word] = append(known, word), word
			if isPath(e.name) {
				called[word] = filepath.Join(dir, f.Name())
			}
		}
	}
	return called[profiles.Suggest(withoutEnd(name), known)]
}

// withoutEnd leaves out the end of a baseline's file.
func withoutEnd(file string) string {
	return strings.TrimSuffix(strings.TrimSuffix(file, ".gz"), ".json")
}

// unread is the error of a gate whose baseline could not be read: its verdict is not known.
func unread(err error) error {
	if _, none := errors.AsType[noBaseline](err); none {
		return exitError{exitInconclusive, err}
	}
	return asUsage(err)
}

// listBaselines reads all that are kept here, in the order of their names.
func listBaselines() ([]report.BaselineEntry, error) {
	files, err := os.ReadDir(baselinesDir)
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return nil, err
	}
	var entries []report.BaselineEntry
	for _, f := range files {
		if !isSaved(f.Name()) {
			continue
		}
		b, err := compare.ReadBaseline(filepath.Join(baselinesDir, f.Name()))
		entries = append(entries, report.BaselineEntry{Name: withoutEnd(f.Name()), Baseline: b, Err: err})
	}
	return entries, nil
}
