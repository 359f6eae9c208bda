package main

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/seed-5a006608/bench/loadgen/runfile"
	"github.com/seed-5a006608/bench/report"
	"github.com/seed-5a006608/bench/report/compare"
	"github.com/seed-5a006608/bench/targets"
)

// isSaved reports whether a name is that of a run file.
func isSaved(name string) bool {
	return !isURL(name) && !targets.Named(name) && (strings.HasSuffix(name, ".json") || strings.HasSuffix(name, ".json.gz"))
}

var errSavedAsked = errors.New("--file says what is asked, and saved runs have been asked: leave it out")

// compareSaved compares the runs in two files, each run a unit.
func (o *compareOptions) compareSaved(names []string, criteria []compare.Criterion, outs outputs[*report.Compared], s streams) error {
	switch {
	case o.gate != nil:
		return asUsage(errors.New("a gate of saved runs takes --baseline, whose noise floor is known: without one they are compared by bench compare"))
	case o.file != "":
		return asUsage(errSavedAsked)
	case len(names) != 2:
		return asUsage(fmt.Errorf("two files of saved runs are compared, got %d", len(names)))
	}
	if o.twoVersions() {
		return asUsage(errors.New("--a-http and --b-http say how to drive, and saved runs were driven already: --force compares runs of two versions"))
	}
	if err := o.checkNames(len(names)); err != nil {
		return asUsage(err)
	}
	var sides [2][]*runfile.Run
	for i, name := range names {
		if !isSaved(name) {
			return asUsage(fmt.Errorf("%s is no file of saved runs, and %s is: compare two of a kind", name, names[1-i]))
		}
		file, err := runfile.ReadFile(name)
		if err != nil {
			return asUsage(plain(err))
		}
		sides[i] = file.Runs
	}
	all := slices.Concat(sides[0], sides[1])
	if err := errors.Join(compare.SameTime(all...), compare.SameUnit(all...)); err != nil {
		return asUsage(err)
	}
	found := &report.Compared{Seed: sides[0][0].Seed}
	for i, runs := range sides {
		for _, r := range runs {
			if doubt := doubtOf(sides[0][0], runs[0], r); doubt != "" && !o.force {
				return asUsage(fmt.Errorf("%s: %s: these runs cannot be compared (--force compares them all the same)", names[i], doubt))
			} else if doubt != "" {
				found.Notes = append(found.Notes, names[i]+": "+doubt)
			}
			for _, text := range sides[0][0].Environment.Remarks(&r.Environment) {
				if text = "of these runs: " + text; !slices.Contains(found.Notes, text) {
					found.Notes = append(found.Notes, text)
				}
			}
		}
		found.Arms = append(found.Arms, report.ComparedArm{Name: names[i], Target: runs[0].Target, Environment: runs[0].Environment})
	}
	labels := []string{sides[0][0].Target.Name, sides[1][0].Target.Name}
	switch {
	case len(o.names) > 0:
		labels = o.names
	case labels[0] == labels[1]:
		labels = []string{"A", "B"}
	}
	found.Result = compare.Runs(labels[0], labels[1], sides[0], sides[1], compare.Options{Criteria: criteria})
	if min(len(sides[0]), len(sides[1])) < compare.MinRuns {
		found.Notes = append(found.Notes, fmt.Sprintf("fewer than %d runs a side are shown and not judged: two runs of the same may differ by as much", compare.MinRuns))
	}
	return comparisonsShown.show(found, outs, s, report.Options{})
}

// doubtOf returns the reason why a run cannot be compared with first, or cannot be on one side with own.
func doubtOf(first, own, r *runfile.Run) string {
	switch {
	case r.Target.Name != own.Target.Name:
		return fmt.Sprintf("it holds runs of %s and of %s", own.Target.Name, r.Target.Name)
	case r.Interrupted:
		return "a run was interrupted"
	}
	if why := compare.Spoiled(r); why != "" {
		return "a run is no evidence: " + why
	}
	differ := compare.Differences(first, r)
	if first.Target.Name != r.Target.Name {
		// Other services have other endpoints, which is what is compared.
		kept := differ[:0]
		for _, d := range differ {
			if d != "the endpoints" {
				kept = append(kept, d)
			}
		}
		differ = kept
	}
	if len(differ) > 0 {
		return "a run differs from the first in " + strings.Join(differ, "; ")
	}
	return ""
}
