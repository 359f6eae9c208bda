package report

import (
	"fmt"
	"math"
	"strings"

	"github.com/seed-5a006608/bench/loadgen/units"
	"github.com/seed-5a006608/bench/report/compare"
)

// RunsRefusal says in a sentence why a gate of a and b runs cannot hold its margins, and what would.
func RunsRefusal(b *compare.Baseline, short []compare.Short, runsA, runsB int) string {
	return refusal(b, short, func(s compare.Short) string {
		text := fmt.Sprintf("as much as %d runs of identical code differ from %d others", runsA, runsB)
		if s.Needed == 0 {
			return text + ", and no number of runs that anyone would make holds it"
		}
		return fmt.Sprintf("%s; %d runs a side would hold it (bench baseline save --runs %d)", text, s.Needed, s.Needed)
	})
}

// PairsRefusal says in a sentence why a gate of so many pairs cannot hold its margins, and what would.
func PairsRefusal(b *compare.Baseline, short []compare.Short, pairs int) string {
	return refusal(b, short, func(s compare.Short) string {
		text := fmt.Sprintf("as much as identical code differs in %d pairs", pairs)
		switch {
		case s.Starts:
			return "as much as two starts of one program differ for as long as they live, which no number of pairs sees: it takes both " +
				"started anew for each quad, as bench does with what starts in time"
		case s.Needed == 0:
			return text + ", and no number of pairs that anyone would run holds it"
		}
		return fmt.Sprintf("%s; %d pairs would hold it (a longer --max-time)", text, s.Needed)
	})
}

func refusal(b *compare.Baseline, short []compare.Short, why func(compare.Short) string) string {
	var reasons, margins []string
	for _, s := range short {
		reasons = append(reasons, fmt.Sprintf("the margin of %s is %s, and this machine's noise floor %s, %s", MetricName(s.Metric),
			units.Trimmed(100*s.Margin)+" %", floorPercent(s.Floor), why(s)))
		margins = append(margins, marginFlag(s))
	}
	return fmt.Sprintf("baseline %s: %s; or give %s", name(b.Name), strings.Join(reasons, "; "), strings.Join(margins, " "))
}

// marginFlag is the flag that gives the least margin which can be held.
func marginFlag(s compare.Short) string {
	key := flagName(s.Metric)
	if percent := math.Ceil(100 * s.Floor); percent < 100 {
		return fmt.Sprintf("--margin %s=%v%%", key, percent)
	}
	return fmt.Sprintf("--margin %s=off", key)
}

// floorWords says what the machine of a gate tells from nothing, where a baseline knows that.
func (c *Compared) floorWords() string {
	b := c.Baseline
	if b == nil || len(c.Result.Comparisons) == 0 {
		return ""
	}
	f := &c.Result.Comparisons[0]
	least, by := "", ""
	switch {
	case f.RunsA > 0 && f.RunsB > 0:
		least = floorWords(func(m compare.Metric) float64 { return b.Floor.OfRuns(m, f.RunsA, f.RunsB) })
		by = fmt.Sprintf("%d and %d runs", f.RunsA, f.RunsB)
	case f.Pairs > 0:
		least = floorWords(func(m compare.Metric) float64 { return b.Floor.OfPairs(m, f.Pairs, c.Restarted) })
		by = plural(uint64(f.Pairs), "pair")
	}
	if least == "" {
		return ""
	}
	return fmt.Sprintf("this machine tells %s from nothing in %s (noise floor of %s)", least, by, stamp(b.Saved))
}

// spoiledUnit is what is made again where bench or its host was late.
func (c *Compared) spoiledUnit() string {
	if c.Result.OfRuns() {
		return "run"
	}
	return "quad"
}
