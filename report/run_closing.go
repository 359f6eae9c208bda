package report

import (
	"fmt"
	"strings"

	"github.com/seed-5a006608/bench/loadgen/runfile"
	"github.com/seed-5a006608/bench/loadgen/units"
	"github.com/seed-5a006608/bench/report/page"
)

// maxNotes bounds the notes on the environment that are shown without Verbose.
const maxNotes = 4

// noteList says what has to be known to read the figures: findings on the environment, differences between the runs, and
// what could not be measured.
func noteList(subjects []subject, o Options) page.List {
	notes := notesOf(subjects, o.Caller)
	if more := len(notes) - maxNotes; more > 0 && !o.Verbose {
		notes = append(notes[:maxNotes:maxNotes], fmt.Sprintf("and %d more (%s)", more, o.Caller.called(SettingVerbose)))
	}
	return page.List{Label: "note", Items: page.Items(notes...), Detail: page.Usual}
}

func notesOf(subjects []subject, caller Caller) []string {
	var notes []string
	seen := map[string]bool{}
	add := func(note string) {
		if note != "" && !seen[note] {
			seen[note] = true
			notes = append(notes, note)
		}
	}
	if !sameMachine(subjects) {
		add("these runs were made in different environments, which alone may explain what differs")
	}
	for _, s := range subjects {
		if r := s.focus.Recovery; r != nil && r.State == runfile.NotMeasurable {
			add(fmt.Sprintf("%s: the time to recover is not measurable: %s", s.label, ended(r.Reason)))
		}
	}
	if m, ok := lessonOf(subjects, caller.Pair); ok && !m.Known() {
		add("whether this spike is heavy enough to show what a cache does is not known: " + m.Unknown + " was not measured")
	}
	for _, s := range subjects {
		if s.InStep > 0 {
			of := "twentieth of each second"
			if window := s.InStepOfNS; window > 0 {
				of = "50 ms of each " + units.Duration(window)
			}
			add(fmt.Sprintf("%s: its users ask in step, %s of the requests in the fullest %s: %s", s.label, units.Percent(s.InStep), of, unlockstep(&s.Plan, caller)))
		}
		for _, note := range s.Environment.Notes {
			add(ended(note))
		}
	}
	return notes
}

// unlockstep says what lets users who ask in step come apart.
func unlockstep(plan *runfile.PlanRecord, caller Caller) string {
	think := "(" + caller.called(SettingThink) + " 1s±50%)"
	if plan.Start != runfile.Spread {
		return caller.called(SettingStart) + " spread begins them apart, and a think time that varies " + think + " keeps them so"
	}
	return "a think time that varies lets them come apart " + think
}

// sameMachine reports whether the runs were made where they may be compared.
func sameMachine(subjects []subject) bool {
	first := &subjects[0].Environment
	for _, s := range subjects[1:] {
		e := &s.Environment
		if e.CPU != first.CPU || e.OS != first.OS || e.Arch != first.Arch || e.Kernel != first.Kernel ||
			e.Processors != first.Processors || e.CPUs != first.CPUs || s.Plan.Engine != subjects[0].Plan.Engine {
			return false
		}
	}
	return true
}

// nextCommands says where the run is kept and what to do now, leaving out what was done already.
func nextCommands(o Options) page.Commands {
	b := page.Commands{Detail: page.Usual}
	if o.Saved != "" {
		// A path is copied from here, so it is not cut.
		path := page.Clean(o.Saved, 4096)
		b.Lines = append(b.Lines, []page.Command{{Word: "saved", Text: path, File: true}, {Word: "again", Text: "bench report " + shellQuoted(path)}})
	}
	var next []page.Command
	for _, n := range o.Next {
		next = append(next, page.Command{Text: sentence(n)})
	}
	if !o.Verbose {
		next = append(next, page.Command{Text: o.Caller.called(SettingVerbose) + " (every phase, endpoint and resource)"})
	}
	if len(next) > 0 {
		next[0].Word = "next"
		b.Lines = append(b.Lines, next)
	}
	return b
}

// shellQuoted quotes a path that a shell would take apart.
func shellQuoted(path string) string {
	if strings.ContainsFunc(path, func(r rune) bool {
		return !strings.ContainsRune("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_./+:@%,", r)
	}) {
		return "'" + strings.ReplaceAll(path, "'", `'\''`) + "'"
	}
	return path
}
