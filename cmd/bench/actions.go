package main

import (
	"cmp"
	"crypto/rand"
	"fmt"
	"io"
	"os"

	"github.com/seed-5a006608/bench/loadgen/runfile"
	"github.com/seed-5a006608/bench/report"
)

// onActions lets show write to w with workflow commands switched off in GitHub Actions: there a line that begins with :: is a
// command, and a report holds text from others.
func onActions(w io.Writer, show func() error) error {
	if !actions() {
		return show()
	}
	token := "bench-" + rand.Text() // not to be guessed by whoever wrote that text
	if _, err := fmt.Fprintf(w, "::stop-commands::%s\n", token); err != nil {
		return err
	}
	failed := show()
	_, err := fmt.Fprintf(w, "::%s::\n", token)
	return cmp.Or(failed, err)
}

// actions reports whether bench runs in a job of GitHub Actions.
func actions() bool { return os.Getenv("GITHUB_ACTIONS") == "true" }

// tellActions adds the runs to the summary of the GitHub Actions step and annotates the worst failures on w.
func tellActions(w io.Writer, runs []*runfile.Run) error {
	path := os.Getenv("GITHUB_STEP_SUMMARY")
	if path == "" {
		return nil
	}
	if err := report.WriteAnnotations(w, runs); err != nil {
		return fmt.Errorf("the annotations: %w", err)
	}
	if err := appendSummary(path, func(w io.Writer, limit int) error { return report.WriteStepSummary(w, runs, caller, limit) }); err != nil {
		return fmt.Errorf("GITHUB_STEP_SUMMARY=%s: not written: %w", path, cause(err))
	}
	return nil
}

// tellActionsCompared adds what a comparison found to the summary of the step and annotates a gate that is not passed.
func tellActionsCompared(w io.Writer, found *report.Compared) error {
	if err := report.WriteComparisonAnnotations(w, found); err != nil {
		return fmt.Errorf("the annotations: %w", err)
	}
	path := os.Getenv("GITHUB_STEP_SUMMARY")
	if path == "" {
		return nil
	}
	if err := appendSummary(path, func(w io.Writer, limit int) error { return report.WriteComparisonSummary(w, found, limit) }); err != nil {
		return fmt.Errorf("GITHUB_STEP_SUMMARY=%s: not written: %w", path, cause(err))
	}
	return nil
}

// appendSummary adds what write writes, within a limit of bytes, to a file that other steps of the job's script may have begun.
func appendSummary(path string, write func(io.Writer, int) error) (err error) {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_APPEND|os.O_CREATE, 0o644)
	if err != nil {
		return err
	}
	defer func() {
		if closed := f.Close(); err == nil {
			err = closed
		}
	}()
	info, err := f.Stat()
	if err != nil {
		return err
	}
	return write(f, report.MaxStepSummary-int(min(info.Size(), report.MaxStepSummary)))
}
