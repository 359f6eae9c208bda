package report

import (
	"cmp"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/seed-5a006608/bench/loadgen"
	"github.com/seed-5a006608/bench/loadgen/pprof"
	"github.com/seed-5a006608/bench/report/page"
)

// How many functions of a profile are shown: those with the most of their own, and those that most was spent under.
const (
	shownFlat    = 5
	shownCum     = 3
	shownLine    = 3 // in a line
	markdownFlat = 10
)

// functionColumns bounds the name of a function.
const functionColumns = 64

// writeProfile says in which functions the targets' processor time went, and what their profiles say at the end.
func writeProfile(p *oldPage, subjects []subject, o Options) error {
	if !slices.ContainsFunc(subjects, func(s subject) bool { return s.Profile != nil }) {
		return nil
	}
	p.blank()
	b := &block{page: p, label: "profile"}
	for _, s := range subjects {
		if s.Profile == nil {
			continue
		}
		before := prefix(s, subjects)
		for _, k := range s.Profile.Kinds() {
			head, functions := before+profiled(s.Profile, k), shownFunctions(k.Summary, shownFlat, shownCum)
			switch {
			case o.Verbose:
				functions = k.Functions
			case k.Kind != pprof.CPU:
				switch {
				case k.Total > 0:
					b.row(head+": "+mostOf(k.Summary), 2)
				case k.Kind == pprof.Heap:
					b.row(head, 2)
				}
				continue
			}
			b.row(head, 2)
			for _, f := range functions {
				b.row(fmt.Sprintf("%5s flat %5s cum  %s", part(f.Flat, k.Total), part(f.Cum, k.Total), functionName(f.Name)), 2)
			}
		}
		for _, problem := range s.Profile.Problems {
			b.row(before+"not whole: "+ended(problem), 2)
		}
		if cpu := s.Profile.CPU; cpu != nil && cpu.File != "" && o.Saved != "" {
			b.row("go tool pprof "+shellQuoted(page.Clean(filepath.Join(filepath.Dir(o.Saved), cpu.File), 4096)), 2)
		}
	}
	return nil
}

// profiled says what a profile is of, and how much there is of it.
func profiled(p *loadgen.TargetProfile, k loadgen.KindOfProfile) string {
	switch k.Kind {
	case pprof.CPU:
		return fmt.Sprintf("CPU for %s of %s: %s used; taking it cost the target some", Span(p.DurationNS), name(p.Phase), Duration(time.Duration(k.Total)))
	case pprof.Mutex:
		return "waiting for mutexes since the target's start: " + Duration(time.Duration(k.Total))
	}
	if k.Total == 0 {
		return "heap at the end: too little to be sampled" // one allocation in 512 KiB is, and only what a collection has seen
	}
	return "heap at the end: " + Bytes(uint64(k.Total))
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
	return Percent(float64(v) / float64(total))
}

// functionName shortens a function's name as pprof does: without the directories of its package's path.
func functionName(s string) string {
	head, rest := s, ""
	if i := strings.IndexAny(s, "([{ "); i >= 0 {
		head, rest = s[:i], s[i:]
	}
	return page.Clean(head[strings.LastIndexByte(head, '/')+1:]+rest, functionColumns)
}

func (t *markdownText) profiles(subjects []subject) {
	for _, s := range subjects {
		if s.Profile == nil {
			continue
		}
		for _, k := range s.Profile.Kinds() {
			if k.Total == 0 {
				continue
			}
			t.line("")
			t.line("Profile of " + code(s.label) + ", " + prose(profiled(s.Profile, k)) + ":")
			t.line("")
			t.line("| function | flat | cum |")
			t.line("| --- | ---: | ---: |")
			flat, cum := markdownFlat, shownCum
			if k.Kind != pprof.CPU {
				flat, cum = shownFlat, 0
			}
			for _, f := range shownFunctions(k.Summary, flat, cum) {
				t.line("| " + strings.Join([]string{code(functionName(f.Name)), part(f.Flat, k.Total), part(f.Cum, k.Total)}, " | ") + " |")
			}
		}
		for _, problem := range s.Profile.Problems {
			t.line("")
			t.line("Profile of " + code(s.label) + " not whole: " + prose(ended(problem)))
		}
	}
}
