package report

import (
	"io"
	"strings"

	"github.com/seed-5a006608/bench/loadgen/runfile"
	"github.com/seed-5a006608/bench/report/page"
)

// maxMarkdown bounds a Markdown report, in bytes: GitHub takes 65,536 characters as the text of a pull request.
const maxMarkdown = 60_000

// cutSentence ends a report that was too long.
const cutSentence = "\nCut here, as it was too long: the whole is in the run file (`-o json=FILE`).\n"

// Markdown writes the runs as text for a pull request in GitHub's Markdown, of at most 60 kB: the answer, the thresholds,
// the phases, what limited them, and the errors.
func Markdown(w io.Writer, runs []*runfile.Run, caller Caller) error {
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
