// Package report tells a person what a run found. It only reads: every statistic comes from the [runfile.Run], and what
// was not measured is not printed. The answer comes first, then its evidence, the tables, and what to do next.
//
// Each subject has one function that makes its report as blocks of package page, and every format walks those:
//
//	run_page.go         runs side by side; run_*.go are its parts, in the order of the page: facts (header), answer, outcome,
//	                    lesson, thresholds, phases, overtime, journeys, accounts, owntime, profile, cache, origin, verdicts, failures, resources, and of a
//	                    full report endpoints; closing ends it; caller.go is what a command adds, such as its flags
//	comparison_page.go  a comparison or a gate; comparison_*.go its words and its file
//	baseline_page.go    a stored baseline, and the list of them, and the refusals of a gate
//	capacity_page.go    a capacity; capacity_sections.go what was measured, capacity_plan.go the fleet
//	history_page.go     runs over time; history_files.go its files
//	mirror_page.go      a mirrored run; mirror_json.go its file
//	selfcheck_page.go   a selfcheck, and its doubts
//	preview_page.go     what a plan would do
//
// What other programs read has no page: run_csv.go, run_hlog.go, run_openmetrics.go, run_gitlab.go and run_ghbenchmark.go, with the
// names that run_files.go gives, and of runs and comparisons junit.go and github.go.
// cells.go writes the cells of tables: a figure by [units] with its value beside it.
//
// A run may come from a file that someone else wrote, so any field may be empty, absurd or hostile: no text reaches the
// output but through [page.Clean], and no value makes a renderer panic. Colour only repeats a word, so the report without
// it says the same.
package report
