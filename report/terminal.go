package report

import (
	"errors"
	"fmt"
	"io"

	"github.com/seed-5a006608/bench/loadgen"
)

// Options says how a report is shown and what stands around it. The zero value shows a run without colour in 100
// columns.
type Options struct {
	Width    int      // columns; 0 takes page.DefaultWidth
	Color    bool     // whether escape sequences may be written
	Verbose  bool     // warm-up phases, endpoints, resources: everything that was measured
	Command  string   // what made the runs, such as "bench spike"; "" takes it from the profile
	FromFile bool     // the runs were saved earlier, perhaps on another machine
	Saved    string   // path of the run file; "" where none was written
	Again    string   // the command that drives the rate of a capacity again
	Next     []string // commands to go on with, each with its reason; the caller knows which there are
}

// Terminal writes the report of one run, or of several side by side, each at its own target. It writes once, when the
// report is whole; its error is that of w, or says that there is no run.
func Terminal(w io.Writer, runs []*loadgen.Run, o Options) error {
	subjects := subjectsOf(runs)
	if len(subjects) == 0 {
		return errors.New("there is no run to report on")
	}
	p := newPage(o.Width, o.Color)
	writeHeader(p, subjects, o)
	p.blank()
	writeAnswer(p, subjects)

	sections := []func(*oldPage, []subject, Options) error{
		writeThresholds, writePhases, writeOverTime, writeParts, writeTargetTime, writeProfile, writeCache, writeVerdicts, writeDisturbances, writeFailures, writeResources,
	}
	if o.Verbose {
		sections = append(sections, writeAccounts, writeTransport, writeStamps, writeAddresses, writeEndpoints, writeTimings, writeProcesses, writeSetting)
	}
	for _, section := range sections {
		if err := section(p, subjects, o); err != nil {
			return fmt.Errorf("laying out the report: %w", err)
		}
	}
	writeNotes(p, subjects, o)
	writeNext(p, subjects, o)
	_, err := io.WriteString(w, p.out.String())
	return err
}

// table writes a table below a blank line, nothing where it has no rows.
func (p *oldPage) table(t *table) error {
	if len(t.rows) == 0 {
		return nil
	}
	p.blank()
	return p.rows(t)
}

func (p *oldPage) rows(t *table) error {
	lines, err := t.lines(p.width)
	for _, l := range lines {
		p.line(l)
	}
	return err
}
