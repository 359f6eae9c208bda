// Package report tells a person what a run found. It only reads: every statistic comes from the [runfile.Run], and what
// was not measured is not printed. The answer comes first, then its evidence, the tables, and what to do next.
//
// There is one renderer a file. A run may come from a file that someone else wrote, so any field may be empty, absurd or
// hostile: no text reaches the output but through [Clean], and no value makes a renderer panic. Colour only repeats a
// word, so the report without it says the same.
package report
