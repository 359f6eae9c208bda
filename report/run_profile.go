package report

import (
	"cmp"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/seed-5a006608/bench/loadgen/pprof"
	"github.com/seed-5a006608/bench/loadgen/runfile"
	"github.com/seed-5a006608/bench/loadgen/units"
	"github.com/seed-5a006608/bench/report/page"
)

// How many functions of a profile are shown: those with the most of their own, and those that most was spent under.
const (
	shownFlat = 5
	shownCum  = 3
	shownLine = 3  // in a line
	briefFlat = 10 // in a report for those who open no other
)

// functionColumns bounds the name of a function.
const functionColumns = 64

// profileSection says in which functions the targets' processor time went, and what their profiles say at the end.
func profileSection(subjects []subject, o Options) page.Section {
	var blocks []page.Block
	for _, s := range subjects {
		if s.Profile == nil {
			continue
		}
		said := page.List{Label: profileLabel}
		for _, k := range s.Profile.Kinds() {
			head := profiled(s.Profile, k)
			switch {
			case len(k.Functions) > 0 && (k.Kind == pprof.CPU || o.Verbose):
				blocks = append(blocks, functionTable(s, k, head, o))
			case o.Verbose || k.Kind == pprof.CPU || k.Kind == pprof.Heap && k.Total == 0:
				said.Items = append(said.Items, page.Item{Of: s.label, Text: head, Detail: page.Usual})
			case k.Total > 0:
				said.Items = append(said.Items, page.Item{Of: s.label, Text: head + ": " + mostOf(k.Summary)})
			}
		}
		for _, problem := range s.Profile.Problems {
			said.Items = append(said.Items, page.Item{Of: s.label, Text: "not whole: " + ended(problem)})
		}
		if cpu := s.Profile.CPU; cpu != nil && cpu.File != "" && o.Saved != "" {
			said.Items = append(said.Items, page.Item{Text: "go tool pprof " + shellQuoted(page.Clean(filepath.Join(filepath.Dir(o.Saved), cpu.File), 4096)),
				Detail: page.Usual})
		}
		blocks = append(blocks, said)
	}
	return page.Section{Blocks: blocks}
}

const profileLabel = "profile"

// functionTable lists the functions of a profile: all of them in a full report, and in a short one more than usual.
func functionTable(s subject, k runfile.KindOfProfile, head string, o Options) *page.Table {
	t := &page.Table{Label: profileLabel, Of: s.label, Caption: head, Columns: []page.Column{
		{Title: "flat"}, {Title: "cum", Gap: 1}, {Title: "function", Words: true, Names: true},
	}}
	if !o.Verbose {
		for _, f := range shownFunctions(k.Summary, shownFlat, shownCum) {
			t.Add(functionCells(f, k.Total)...)
		}
		return t
	}
	flat, cum := briefFlat, shownCum
	if k.Kind != pprof.CPU {
		flat, cum = shownFlat, 0
	}
	brief := shownFunctions(k.Summary, flat, cum)
	for _, f := range k.Functions {
		detail := page.Full
		if slices.Contains(brief, f) {
			detail = page.Brief
		}
		t.Rows = append(t.Rows, page.Row{Cells: functionCells(f, k.Total), Detail: detail})
	}
	return t
}

func functionCells(f pprof.Function, total int64) []page.Cell {
	return []page.Cell{page.Figure(part(f.Flat, total), float64(f.Flat)), page.Figure(part(f.Cum, total), float64(f.Cum)), page.Words(functionName(f.Name))}
}

// profiled says what a profile is of, and how much there is of it.
func profiled(p *runfile.TargetProfile, k runfile.KindOfProfile) string {
	switch k.Kind {
	case pprof.CPU:
		return fmt.Sprintf("CPU for %s of %s: %s used; taking it cost the target some", units.Span(p.DurationNS), name(p.Phase), units.Duration(time.Duration(k.Total)))
	case pprof.Mutex:
		return "waiting for mutexes since the target's start: " + units.Duration(time.Duration(k.Total))
	}
	if k.Total == 0 {
		return "heap at the end: too little to be sampled" // one allocation in 512 KiB is, and only what a collection has seen
	}
	return "heap at the end: " + units.Bytes(uint64(k.Total))
}

// shownFunctions returns the functions with the most of their own, and after them those that most was spent under, without
// the plumbing that every request comes through.
func shownFunctions(s *pprof.Summary, flat, cum int) []pprof.Function {
	n := min(flat, len(s.Functions))
	shown, rest := slices.Clone(s.Functions[:n]), slices.Clone(s.Functions[n:])
	rest = slices.DeleteFunc(rest, func(f pprof.Function) bool {
		return strings.HasPrefix(f.Name, "net/http.") || strings.HasPrefix(f.Name, "runtime.") || f.Cum == 0
	})
	slices.SortStableFunc(rest, func(a, b pprof.Function) int { return cmp.Compare(b.Cum, a.Cum) })
	return append(shown, rest[:min(cum, len(rest))]...)
}

// mostOf names in a line the functions with the most of their own.
func mostOf(s *pprof.Summary) string {
	var parts []string
	for _, f := range shownFunctions(s, shownLine, 0) {
		if f.Flat > 0 {
			parts = append(parts, functionName(f.Name)+" "+part(f.Flat, s.Total))
		}
	}
	return strings.Join(parts, ", ")
}

func part(v, total int64) string {
	if total <= 0 {
		return absent
	}
	return units.Percent(float64(v) / float64(total))
}

// functionName shortens a function's name as pprof does: without the directories of its package's path.
func functionName(s string) string {
	head, rest := s, ""
	if i := strings.IndexAny(s, "([{ "); i >= 0 {
		head, rest = s[:i], s[i:]
	}
	return page.Clean(head[strings.LastIndexByte(head, '/')+1:]+rest, functionColumns)
}
