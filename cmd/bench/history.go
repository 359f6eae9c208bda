package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"github.com/seed-5a006608/bench/loadgen/runfile"
	"github.com/seed-5a006608/bench/loadgen/units"
	"github.com/seed-5a006608/bench/report"
	"github.com/seed-5a006608/bench/report/history"
	"github.com/seed-5a006608/bench/report/html"
)

// historiesShown shows histories.
var historiesShown = shown[*history.History]{
	text: report.WriteHistory,
	formats: []format[*history.History]{
		{"csv", report.WriteHistoryCSV},
		{"json", report.WriteHistoryJSON},
		{"md", report.WriteHistoryMarkdown},
		{"html", html.WriteHistory},
	},
}

// historyOptions are the flags of bench history.
type historyOptions struct {
	window    int
	pValue    float64
	magnitude string
	force     bool
	verbose   bool
	outputs   []string
}

func newHistoryCommand(s streams) *cobra.Command {
	var o historyOptions
	c := &cobra.Command{
		Use: "history [RUN...|DIR]", Short: "Show how latency went over saved runs, and when it changed", GroupID: "judge",
		Long: `Show P50, P95 and P99 of saved runs over time, and mark the runs with which they changed. Without an argument the
runs are those under .bench/ here. Runs of one plan at one target on one machine are a series; others are series
of their own, and what keeps them apart is said. Runs that bench or its host spoiled, or that were ended early,
are left out.

A change is found as Apache Otava finds it: E-divisive means over windows of runs, then Student's t-test and
the magnitude. It exits 0 whatever it finds: bench gate is what blocks a merge.`,
		Example: `  bench history
  bench history .bench/*-spike.json -o csv=spike.csv
  bench history nightly/ --magnitude 10%         the run files in a directory, and only changes above a tenth`,
		RunE: func(_ *cobra.Command, args []string) error { return o.run(args, s) },
	}
	f := c.Flags()
	f.SortFlags = false
	f.IntVar(&o.window, "window", history.DefaultWindow, "how many neighbouring runs are searched at once")
	f.Float64Var(&o.pValue, "p-value", history.DefaultPValue, "a change's t-test has to give a p below this")
	f.StringVar(&o.magnitude, "magnitude", fmt.Sprintf("%g%%", 100*history.DefaultMagnitude), "a change of the mean has to be above this")
	f.BoolVar(&o.force, "force", false, "make one series of a target's runs of a profile whatever else differs, and say in what")
	f.BoolVarP(&o.verbose, "verbose", "v", false, "show every run")
	f.StringArrayVarP(&o.outputs, "output", "o", nil, "also write kind=path, - for stdout (repeatable); kinds: "+kinds(historiesShown.formats))
	return c
}

func (o *historyOptions) run(paths []string, s streams) error {
	outs, err := parseOutputs(o.outputs, historiesShown.formats, paths...)
	if err != nil {
		return err
	}
	var c history.Collector
	if c.Options, err = o.changes(); err != nil {
		return asUsage(err)
	}
	c.Force = o.force
	if len(paths) == 0 {
		paths = []string{savedDir}
	}
	for _, path := range paths {
		if err := collect(&c, path); err != nil {
			return asUsage(err)
		}
	}
	found := c.History()
	if len(found.Series)+len(found.LeftOut) == 0 {
		return asUsage(fmt.Errorf("%s: holds no saved run: drive something first, or name the files", strings.Join(paths, ", ")))
	}
	return historiesShown.show(found, outs, s, report.Options{Verbose: o.verbose})
}

// changes reads the flags that define a change.
func (o *historyOptions) changes() (history.Options, error) {
	magnitude, ok := units.ParsePercent(o.magnitude)
	switch {
	case !ok || magnitude < 0 || magnitude > 1000:
		return history.Options{}, fmt.Errorf("--magnitude %s: want a share from 0%% to 1000%%, such as 5%%", o.magnitude)
	case o.window < 2 || o.window > 10_000:
		return history.Options{}, fmt.Errorf("--window must be 2 to 10000, got %d", o.window)
	case !(o.pValue > 0 && o.pValue < 1):
		return history.Options{}, fmt.Errorf("--p-value must be above 0 and below 1, got %g", o.pValue)
	}
	return history.Options{Window: o.window, PValue: o.pValue, Magnitude: magnitude / 100}, nil
}

// collect reads a run file, or those in a directory. What a directory holds beside them, such as saved comparisons, is left
// out; a file that was named has to be one.
func collect(c *history.Collector, path string) error {
	info, err := os.Stat(path)
	switch {
	case os.IsNotExist(err) && path == savedDir:
		return errors.New("no run is saved here: there is no .bench/ (drive something first, or name files or a directory)")
	case err != nil:
		return plain(err)
	case !info.IsDir():
		return collectFile(c, path)
	}
	entries, err := os.ReadDir(path)
	if err != nil {
		return plain(err)
	}
	for _, e := range entries {
		file := filepath.Join(path, e.Name())
		if isSaved(e.Name()) && e.Type()&os.ModeSymlink != 0 {
			c.Skip(file, "is a link: name it, or the directory that it leads to, to have it read")
		}
		if !isSaved(e.Name()) || !e.Type().IsRegular() {
			continue
		}
		if err := collectFile(c, file); err != nil && !errors.Is(err, runfile.ErrNoRunFile) {
			why := strings.TrimPrefix(plain(err).Error(), file+":")
			if line, ok := strings.CutPrefix(why, " "); ok {
				why = line
			} else {
				why = "is damaged at line " + why
			}
			c.Skip(file, why)
		}
	}
	return nil
}

func collectFile(c *history.Collector, path string) error {
	file, err := runfile.ReadFile(path)
	if err != nil {
		return plain(err)
	}
	for _, r := range file.Runs {
		c.Add(path, r)
	}
	return nil
}
