package main

import (
	"errors"
	"fmt"
	"os"

	"github.com/seed-5a006608/bench/loadgen"
	"github.com/seed-5a006608/bench/report"
	"github.com/spf13/cobra"
)

// reportOptions are the flags of bench report.
type reportOptions struct {
	merge   bool
	pool    bool
	verbose bool
	outputs []string
}

func newReportCommand(s streams) *cobra.Command {
	var o reportOptions
	c := &cobra.Command{
		Use: "report RUN...", Short: "Show saved runs again", GroupID: "look",
		Long: "Show saved runs, or what bench capacity found, again: what bench wrote under .bench/ or with -o json=FILE, packed\nwith gzip or not.",
		Example: `  bench report .bench/20261124-115300-spike.json
  bench report --pool monday.json tuesday.json   repetitions of one plan, as one run with the samples of all`,
		Args: args(1, -1, "the files of saved runs"),
		RunE: func(cmd *cobra.Command, args []string) error { return o.run(args, s) },
	}
	c.Flags().BoolVar(&o.merge, "merge", false, "add up the shares of one schedule that several benches sent, and their rates, and show the sum")
	c.Flags().BoolVar(&o.pool, "pool", false, "pool repetitions of one plan at one target: counts and histograms add up, rates are the mean of a run")
	c.Flags().BoolVarP(&o.verbose, "verbose", "v", false, "show everything that was measured")
	c.Flags().StringArrayVarP(&o.outputs, "output", "o", nil, "also write kind=path, - for stdout (repeatable); kinds: "+kinds(formats))
	return c
}

func (o reportOptions) run(paths []string, s streams) error {
	capacities, err := o.capacities(paths)
	if err != nil {
		return err
	}
	if capacities != nil {
		return o.showCapacities(capacities, s)
	}
	outputs, err := parseOutputs(o.outputs, formats)
	if err != nil {
		return err
	}
	runs, err := o.runs(paths)
	if err != nil {
		return err
	}
	return writeRuns(outputs, runs, s, report.Options{Verbose: o.verbose, FromFile: true})
}

// runs reads the files' runs, and makes one of them where that is asked for.
func (o reportOptions) runs(paths []string) ([]*loadgen.Run, error) {
	if o.merge && o.pool {
		return nil, usage(errors.New("--merge adds up shares of one run and --pool repetitions of it: give one"))
	}
	var runs []*loadgen.Run
	var names []string
	for _, path := range paths {
		file, err := loadgen.ReadFile(path)
		if err != nil {
			return nil, usage(plain(err))
		}
		for i, r := range file.Runs {
			name := path
			if len(file.Runs) > 1 {
				name = fmt.Sprintf("%s, run %d", path, i+1)
			}
			runs, names = append(runs, r), append(names, name)
		}
	}
	join := loadgen.Merge
	switch {
	case o.pool:
		join = loadgen.Pool
	case !o.merge:
		return runs, nil
	}
	one, err := join(runs)
	var apart *loadgen.Unmixable
	switch {
	case errors.As(err, &apart):
		return nil, usage(fmt.Errorf("%s and %s: %s", names[apart.A], names[apart.B], apart.Why))
	case err != nil:
		return nil, usage(err)
	}
	return []*loadgen.Run{one}, nil
}

// plain words the system's errors of reading a file for whoever named it.
func plain(err error) error {
	switch {
	case os.IsNotExist(err):
		return fmt.Errorf("%s: there is no such file (saved runs are under .bench/)", pathOf(err))
	case os.IsPermission(err):
		return fmt.Errorf("%s: this user may not read it", pathOf(err))
	default:
		return err
	}
}
