package report

import (
	"errors"
	"io"
	"slices"
	"strings"

	"github.com/seed-5a006608/bench/loadgen/runfile"
	"github.com/seed-5a006608/bench/report/page"
)

// Options says how a report is shown and what stands around it. The zero value shows a run without colour in 100
// columns.
type Options struct {
	Width    int      // columns; 0 takes [page.DefaultWidth]
	Color    bool     // whether escape sequences may be written
	Verbose  bool     // warm-up phases, endpoints, resources: everything that was measured
	Command  string   // command that made the runs, such as "bench spike"; "": by the profile's name
	FromFile bool     // the runs were saved earlier, perhaps on another machine
	Saved    string   // path of the run file; "" where none was written
	Again    string   // the command that drives the rate of a capacity again
	Next     []string // commands to go on with, each with its reason; the caller knows which there are
	Caller   Caller   // names and remedies from the command

	long bool // names as long as a file holds them
}

// name bounds a name from elsewhere.
func (o Options) name(s string) string {
	if o.long {
		return longName(s)
	}
	return name(s)
}

// write shows a page on a terminal.
func (o Options) write(w io.Writer, p *page.Page) error {
	detail := page.Usual
	if o.Verbose {
		detail = page.Full
	}
	return page.Terminal(w, p, page.TerminalOptions{Width: o.Width, Color: o.Color, Detail: detail})
}

// WriteTerminal writes the report of one run, or of several side by side, each at its own target. It writes once, when the
// report is whole; its error is that of w, or says that there is no run.
func WriteTerminal(w io.Writer, runs []*runfile.Run, o Options) error {
	p, err := RunPage(runs, o)
	if err != nil {
		return err
	}
	return o.write(w, p)
}

// RunPage is the report of one run, or of several side by side. Its error says that there is no run.
func RunPage(runs []*runfile.Run, o Options) (*page.Page, error) {
	subjects := subjectsOf(runs)
	if len(subjects) == 0 {
		return nil, errors.New("there is no run to report on")
	}
	return runPage(subjects, o), nil
}

// runPage makes the blocks of a report on runs.
func runPage(subjects []subject, o Options) *page.Page {
	p := &page.Page{Title: commandOf(subjects, o) + ": " + labels(subjects)}
	for _, s := range subjects {
		p.Subjects = append(p.Subjects, s.label)
	}
	p.Add(runFacts(subjects, o), runAnswer(subjects, o.Caller), thresholdSection(subjects, o), journeyText(subjects), journeyTable(subjects),
		phaseTable(subjects, o), overTime(subjects, o.Verbose), partsTable(subjects), targetTimeTable(subjects), profileSection(subjects, o),
		cacheTable(subjects), originSection(subjects), consistencySection(subjects))

	closing := slices.Concat([]page.Block{verdictList(subjects, o), closedText(subjects, o.Caller)}, disturbances(subjects, o),
		[]page.Block{errorList(subjects, o), eventList(subjects, o), busyText(subjects), memoryText(subjects)})
	if o.Verbose {
		p.Add(page.Section{Blocks: closing})
		p.Add(accountsTable(subjects), partsOfPhases(subjects), transportTable(subjects), stampList(subjects), connectionTable(subjects), addressTable(subjects),
			endpointTable(subjects), timingTable(subjects), processTable(subjects), hostTable(subjects))
		closing = madeWith(subjects)
	}
	p.Add(page.Section{Blocks: append(closing, noteList(subjects, o))}, nextCommands(o))
	return p
}

// maxMarkdown bounds a Markdown report, in bytes: GitHub takes 65,536 characters as the text of a pull request.
const maxMarkdown = 60_000

// cutSentence ends a report that was too long.
const cutSentence = "\nCut here, as it was too long: the whole is in the run file (`-o json=FILE`).\n"

// WriteMarkdown writes the runs as text for a pull request in GitHub's Markdown, of at most 60 kB: the answer, the thresholds,
// the phases, what limited them, and the errors.
func WriteMarkdown(w io.Writer, runs []*runfile.Run, caller Caller) error {
	return markdown(w, runs, caller, maxMarkdown)
}

// markdown writes at most limit bytes; what does not fit is cut between two lines, with a sentence. Where not even the
// answer fits it writes nothing.
func markdown(w io.Writer, runs []*runfile.Run, caller Caller, limit int) error {
	subjects, err := fileSubjects(runs)
	if err != nil {
		return err
	}
	return writeMarkdown(w, runPage(subjects, Options{Verbose: true, Caller: caller, long: true}), limit)
}

// writeMarkdown writes the brief form of a page.
func writeMarkdown(w io.Writer, p *page.Page, limit int) error {
	return page.Markdown(w, p, page.MarkdownOptions{Limit: limit, Cut: strings.TrimSpace(cutSentence)})
}
