package main

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"slices"
	"syscall"

	"github.com/seed-5a006608/bench/loadgen/runfile"
	"github.com/seed-5a006608/bench/report"
	"github.com/seed-5a006608/bench/report/capacity"
	"github.com/seed-5a006608/bench/report/compare"
	"github.com/seed-5a006608/bench/report/selfcheck"
	"github.com/seed-5a006608/bench/report/sweep"
	"github.com/spf13/cobra"
)

// reportOptions are the flags of bench report.
type reportOptions struct {
	merge   bool
	pool    bool
	verbose bool
	open    bool
	outputs []string
}

func newReportCommand(s streams) *cobra.Command {
	var o reportOptions
	c := &cobra.Command{
		Use: "report FILE...", Short: "Show again what was saved", GroupID: "look",
		Long: `Show again, with the words of then, what bench wrote under .bench/ or with -o json=FILE, packed with gzip or not:
runs, capacities, comparisons, sweeps, gates, mirrored runs, baselines, histories and selfchecks.`,
		Example: `  bench report .bench/20261124-115300-spike.json
  bench report --pool monday.json tuesday.json   repetitions of one plan, as one run with the samples of all`,
		Args: args(1, -1, "the files to show"),
		RunE: func(cmd *cobra.Command, args []string) error { return o.runAndOpen(args, s) },
	}
	c.Flags().BoolVar(&o.merge, "merge", false, "add up the shares of one schedule that several benches sent, and their rates, and show the sum")
	c.Flags().BoolVar(&o.pool, "pool", false, "pool repetitions of one plan at one target: counts and histograms add up, rates are the mean of a run")
	c.Flags().BoolVar(&o.open, "open", false, "write the HTML report to a temporary file and open it in the browser")
	c.Flags().BoolVarP(&o.verbose, "verbose", "v", false, "show everything that was measured")
	c.Flags().StringArrayVarP(&o.outputs, "output", "o", nil, "also write kind=path, - for stdout (repeatable); kinds: "+kinds(runsShown.formats))
	return c
}

// runAndOpen shows files, and where that is asked for opens their HTML report.
func (o reportOptions) runAndOpen(paths []string, s streams) error {
	if !o.open {
		return o.run(paths, s)
	}
	path, err := opened()
	if err != nil {
		return err
	}
	o.outputs = append(o.outputs, "html="+path)
	if err := o.run(paths, s); err != nil {
		return err
	}
	return openFile(path, s)
}

func (o reportOptions) run(paths []string, s streams) error {
	var files []document
	for _, path := range paths {
		d, err := readDocument(path)
		if err != nil {
			return asUsage(err)
		}
		if d.kind == compare.BaselineKind && (o.merge || o.pool) { // its runs are meant
			d.kind = runfile.RunKind
		}
		if len(files) > 0 && d.kind != files[0].kind {
			return asUsage(fmt.Errorf("%s holds a %s and %s a %s: show them apart", files[0].path, files[0].kind, path, d.kind))
		}
		files = append(files, d)
	}
	kind := files[0].kind
	if kind != runfile.RunKind && (o.merge || o.pool) {
		return asUsage(fmt.Errorf("--merge and --pool are for runs: a %s is no sum", kind))
	}
	switch kind {
	case runfile.RunKind:
		return o.showRuns(files, s)
	case capacity.Kind:
		return o.showCapacities(files, s)
	case compare.BaselineKind:
		return showEach(o, files, s, baselinesShown, compare.DecodeBaseline)
	case report.MirrorKind:
		return showEach(o, files, s, mirrorsShown, report.DecodeMirror)
	case report.HistoryKind:
		return showEach(o, files, s, historiesShown, report.DecodeHistory)
	case selfcheck.Kind:
		return showEach(o, files, s, selfchecksShown, selfcheck.Decode)
	case sweep.Kind:
		return showEach(o, files, s, sweepsShown, sweep.Decode)
	}
	return o.showComparisons(files, s)
}

func pathsOf(files []document) []string {
	var paths []string
	for _, d := range files {
		paths = append(paths, d.path)
	}
	return paths
}

// showEach shows documents of a kind one after the other; other outputs are of one alone.
func showEach[T any](o reportOptions, files []document, s streams, k shown[T], decode func(string, []byte) (T, error)) error {
	outs, err := parseOutputs(o.outputs, k.formats, pathsOf(files)...)
	if err != nil {
		return err
	}
	if len(outs) > 0 && len(files) > 1 {
		return asUsage(fmt.Errorf("-o writes one %s: name one file, not %d", files[0].kind, len(files)))
	}
	var list []T
	for _, d := range files { // all are read before the first is shown
		found, err := decode(d.path, d.data)
		if err != nil {
			return asUsage(err)
		}
		list = append(list, found)
	}
	var failed error
	for _, found := range list {
		failed = together(failed, k.show(found, outs, s, report.Options{Verbose: o.verbose, FromFile: true}))
	}
	return failed
}

func (o reportOptions) showComparisons(files []document, s streams) error {
	k := comparisonsShown
	if files[0].kind == report.ComparisonKind {
		k.formats = slices.DeleteFunc(slices.Clone(k.formats), func(f format[*report.Compared]) bool { return f.kind == "junit" }) // of margins
	}
	return showEach(o, files, s, k, report.DecodeComparison)
}

// showCapacities shows saved capacities beside each other.
func (o reportOptions) showCapacities(files []document, s streams) error {
	outs, err := parseOutputs(o.outputs, capacitiesShown.formats, pathsOf(files)...)
	if err != nil {
		return err
	}
	var found []*capacity.Capacity
	for _, d := range files {
		list, err := capacity.Decode(d.path, d.data)
		if err != nil {
			return asUsage(err)
		}
		found = append(found, list...)
	}
	return capacitiesShown.show(found, outs, s, report.Options{Verbose: o.verbose, FromFile: true})
}

func (o reportOptions) showRuns(files []document, s streams) error {
	outputs, err := parseOutputs(o.outputs, runsShown.formats, pathsOf(files)...)
	if err != nil {
		return err
	}
	runs, err := o.runs(files)
	if err != nil {
		return err
	}
	return runsShown.show(runs, outputs, s, report.Options{Verbose: o.verbose, FromFile: true})
}

// runs reads the files' runs, and makes one of them where that is asked for.
func (o reportOptions) runs(files []document) ([]*runfile.Run, error) {
	if o.merge && o.pool {
		return nil, asUsage(errors.New("--merge adds up shares of one run and --pool repetitions of it: give one"))
	}
	var runs []*runfile.Run
	var names []string
	for _, d := range files {
		file, err := runfile.Decode(d.path, bytes.NewReader(d.data))
		if err != nil {
			return nil, asUsage(err)
		}
		for i, r := range file.Runs {
			name := d.path
			if len(file.Runs) > 1 {
				name = fmt.Sprintf("%s, run %d", d.path, i+1)
			}
			runs, names = append(runs, r), append(names, name)
		}
	}
	join := runfile.Merge
	switch {
	case o.pool:
		join = runfile.Pool
	case !o.merge:
		return runs, nil
	}
	one, err := join(runs)
	var apart *runfile.Unmixable
	switch {
	case errors.As(err, &apart):
		return nil, asUsage(fmt.Errorf("%s and %s: %w", names[apart.A], names[apart.B], apart.Why))
	case err != nil:
		return nil, asUsage(err)
	}
	return []*runfile.Run{one}, nil
}

// plain words the system's errors of reading a file that bench wrote, for whoever named it.
func plain(err error) error {
	if os.IsNotExist(err) {
		return fmt.Errorf("%w (saved runs are under .bench/)", unreadable(err))
	}
	return unreadable(err)
}

// unreadable words the system's errors of reading a file for whoever named it.
func unreadable(err error) error {
	switch {
	case os.IsNotExist(err):
		return fmt.Errorf("%s: there is no such file", pathOf(err))
	case errors.Is(err, syscall.EISDIR):
		return fmt.Errorf("%s: is a directory: name a file in it", pathOf(err))
	case os.IsPermission(err):
		return fmt.Errorf("%s: this user may not read it", pathOf(err))
	default:
		return err
	}
}
