package main

import (
	"fmt"
	"os"

	"github.com/seed-5a006608/bench/loadgen"
	"github.com/seed-5a006608/bench/report"
	"github.com/spf13/cobra"
)

// reportOptions are the flags of bench report.
type reportOptions struct {
	merge   bool
	verbose bool
	outputs []string
}

func newReportCommand(s streams) *cobra.Command {
	var o reportOptions
	c := &cobra.Command{
		Use: "report RUN...", Short: "Show saved runs again", GroupID: "look",
		Long: "Show saved runs, or what bench capacity found, again: what bench wrote under .bench/ or with -o json=FILE, packed\nwith gzip or not.",
		Example: `  bench report .bench/20261124-115300-spike.json
  bench report --merge loop0.json loop1.json    the shares of one schedule, as the one run that they were`,
		Args: args(1, -1, "the files of saved runs"),
		RunE: func(cmd *cobra.Command, args []string) error { return o.run(args, s) },
	}
	c.Flags().BoolVar(&o.merge, "merge", false, "add up runs of one plan, without loss, and show the sum")
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
	var runs []*loadgen.Run
	for _, path := range paths {
		file, err := loadgen.ReadFile(path)
		if err != nil {
			return usage(plain(err))
		}
		runs = append(runs, file.Runs...)
	}
	if o.merge {
		sum := runs[0]
		for _, r := range runs[1:] {
			if sum, err = loadgen.Merge(sum, r); err != nil {
				return usage(err)
			}
		}
		runs = []*loadgen.Run{sum}
	}
	return writeRuns(outputs, runs, s, report.Options{Verbose: o.verbose, FromFile: true})
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
