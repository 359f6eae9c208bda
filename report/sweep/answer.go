package sweep

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/seed-5a006608/bench/loadgen/units"
	"github.com/seed-5a006608/bench/report/compare"
	"github.com/seed-5a006608/bench/report/page"
)

// nameColumns bounds a cell's name where it stands among others.
const nameColumns = 40

func (c *Cell) name() string { return page.Clean(c.Name, nameColumns) }

// Answer is the finding in a few sentences. It never orders two cells that were not told apart.
func Answer(s *Sweep) string {
	var sentences []string
	say := func(text string) {
		if text != "" {
			sentences = append(sentences, text)
		}
	}
	switch {
	case s.Spoiled:
		return fmt.Sprintf("Nothing is concluded: bench or its host was too late in too many rounds, for most of a round, or did not send what it could have. "+
			"Leave the machine alone, or offer less. The last: %s.", strings.TrimSuffix(page.Clean(s.Why, 400), "."))
	case s.Interrupted:
		return fmt.Sprintf("Interrupted after %s of %d; nothing is decided, this is what was measured so far.", plural(s.Quads, "quad"), s.Planned)
	case !s.Tested:
		return fmt.Sprintf("Nothing is decided: the time held %s of %d, and %d are the least.", plural(s.Quads, "quad"), s.Planned, compare.MinQuads)
	}
	say(s.objectiveSentence())
	best := s.where(func(c *Cell) bool { return c.Best })
	neverStale := s.neverStaleSentence(best)
	say(s.bestSentence(best, neverStale == ""))
	say(s.numericSentence())
	say(neverStale)
	say(s.lostSentence())
	if out := s.where(func(c *Cell) bool { return c.Unranked }); len(out) > 0 {
		say(fmt.Sprintf("%s could not carry %s and %s not ranked.", names(out), units.Rate(s.Rate), isOrAre(out)))
	}
	return strings.Join(sentences, " ")
}

// where returns the cells for which is holds, in the order in which they were given: any other would seem to rank them.
func (s *Sweep) where(is func(*Cell) bool) (list []*Cell) {
	for i := range s.Cells {
		if c := &s.Cells[i]; is(c) {
			list = append(list, c)
		}
	}
	return list
}

// order are the cells as the report shows them: by place, then by the percentile that orders; those without a place come last.
func (s *Sweep) order() []int {
	order := make([]int, len(s.Cells))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int {
		x, y := &s.Cells[a], &s.Cells[b]
		if x.Unranked != y.Unranked {
			return map[bool]int{true: 1, false: -1}[x.Unranked]
		}
		return cmp.Or(cmp.Compare(x.First, y.First), cmp.Compare(s.value(x), s.value(y)))
	})
	return order
}

// value is a cell's figure of the percentile that orders.
func (s *Sweep) value(c *Cell) time.Duration { return c.Reads.at(s.Metric) }

// at is the figure of a percentile.
func (l *Latency) at(metric string) time.Duration {
	switch metric {
	case compare.P50.Key:
		return l.P50NS
	case compare.P95.Key:
		return l.P95NS
	}
	return l.P99NS
}

// percentile is what the percentile that orders is called.
func (s *Sweep) percentile() string { return strings.ToUpper(s.Metric) }

// tested are the percentiles by which pairs can be told apart.
func (s *Sweep) tested() []string {
	if s.Metric == compare.P50.Key || len(s.Pairs) > 0 && !slices.ContainsFunc(s.Pairs, func(p Pair) bool { return p.Metric == compare.P50.Key }) {
		return []string{s.Metric}
	}
	return []string{compare.P50.Key, s.Metric}
}

// percentiles are what the tested percentiles are called, with a word between them.
func (s *Sweep) percentiles(between string) string {
	var names []string
	for _, metric := range s.tested() {
		names = append(names, strings.ToUpper(metric))
	}
	return strings.Join(names, between)
}

// bestSentence names all cells among the best, with what they cost, and with others says which of them were never stale.
func (s *Sweep) bestSentence(best []*Cell, others bool) string {
	ranked := s.where(func(c *Cell) bool { return !c.Unranked })
	crossing := s.crossing(best)
	switch {
	case len(best) == 0:
		return "No cell could be ranked."
	case len(best) == len(ranked) && len(best) > 1 && crossing != "":
		return fmt.Sprintf("No cell is ahead of another: of %s none is shown to be faster than another at one percentile and not slower at the other.%s%s", names(best), crossing, staleSentence(best, others))
	case len(best) == len(ranked) && len(best) > 1:
		return fmt.Sprintf("No cell is shown to be slower than another at %s of the reads: %s are not told apart.%s", s.percentiles(" or "), names(best), staleSentence(best, others))
	case len(best) == 1:
		return fmt.Sprintf("%s reads fastest (%s)%s.", names(best), s.figures(best), staleWords(best))
	}
	first := fmt.Sprintf("%s read fastest (%s; %s)", names(best), s.figures(best), apart(crossing))
	if !slices.ContainsFunc(best, func(c *Cell) bool { return !stales(c) }) {
		return first + staleWords(best) + "." + crossing
	}
	return fmt.Sprintf("%s.%s%s", first, crossing, staleSentence(best, others))
}

// figures are what cells have of the tested percentiles, of many the least and the greatest.
func (s *Sweep) figures(cells []*Cell) string {
	var parts []string
	for _, metric := range s.tested() {
		var values []time.Duration
		var list []string
		for _, c := range cells {
			values, list = append(values, c.Reads.at(metric)), append(list, units.Duration(c.Reads.at(metric)))
		}
		text := and(list)
		if len(cells) > 3 {
			text = units.Duration(slices.Min(values)) + " to " + units.Duration(slices.Max(values))
		}
		parts = append(parts, strings.ToUpper(metric)+" "+text)
	}
	if len(cells) > 1 {
		return strings.Join(parts, "; ")
	}
	return strings.Join(parts, ", ")
}

// apart says what is known of the order of the best; crossing is the sentence of that name on them.
func apart(crossing string) string {
	if crossing != "" {
		return "none ahead of another"
	}
	return "not told apart"
}

// crossing is a sentence on the first two cells of which one is faster at P50 and the other at the higher percentile; "": no such cells.
func (s *Sweep) crossing(cells []*Cell) string {
	if s.Metric == compare.P50.Key {
		return ""
	}
	high, median := s.faster(s.Metric), s.faster(compare.P50.Key)
	for _, a := range cells {
		for _, b := range cells {
			if i, j := s.index(a), s.index(b); median[i][j] && high[j][i] {
				return fmt.Sprintf(" %s is faster than %s at P50 and slower at %s.", a.name(), b.name(), s.percentile())
			}
		}
	}
	return ""
}

// index is the place of a cell among all.
func (s *Sweep) index(c *Cell) int {
	for i := range s.Cells {
		if &s.Cells[i] == c {
			return i
		}
	}
	return -1
}

// stales reports whether some of a cell's reads were stale.
func stales(c *Cell) bool { return c.Stale != nil && c.Stale.Stale > 0 }

// never reports whether it is known that none of a cell's reads was stale.
func never(c *Cell) bool { return c.Stale != nil && c.Stale.Stale == 0 }

// staleSentence says how often some of several cells were stale, in a sentence of its own; with others, that the others never were,
// where that is known.
func staleSentence(cells []*Cell, others bool) string {
	stale := slices.DeleteFunc(slices.Clone(cells), func(c *Cell) bool { return !stales(c) })
	if len(stale) == 0 {
		return ""
	}
	text := " " + names(stale) + strings.TrimPrefix(staleWords(stale), " and")
	left := slices.DeleteFunc(slices.Clone(cells), stales)
	switch {
	case !others || slices.ContainsFunc(left, func(c *Cell) bool { return !never(c) }):
	case len(left) == 1:
		text += "; " + names(left) + " never"
	case len(left) > 1:
		text += "; the others never"
	}
	return text + "."
}

// staleWords say how often cells were stale, and by how much; "" where none was.
func staleWords(cells []*Cell) string {
	var shares []string
	var oldest time.Duration
	for _, c := range cells {
		if stales(c) {
			shares, oldest = append(shares, units.Share(c.Stale.share())), max(oldest, c.Stale.AgeMax)
		}
	}
	if len(shares) == 0 {
		return ""
	}
	text := fmt.Sprintf(" and %s stale for %s of reads", isOrAre(cells), and(shares))
	if oldest > 0 {
		text += ", by up to " + units.Duration(oldest)
	}
	return text
}

func (st *Stale) share() float64 {
	if st.Judged == 0 {
		return 0
	}
	return float64(st.Stale) / float64(st.Judged)
}

// neverStaleSentence names the best of the cells that were never stale. It is empty where those are the best less the stale ones: the
// sentence on the best says it.
func (s *Sweep) neverStaleSentence(best []*Cell) string {
	if len(best) == len(s.where(func(c *Cell) bool { return !c.Unranked })) || !slices.ContainsFunc(best, stales) {
		return ""
	}
	list, ahead := s.where(func(c *Cell) bool { return !c.Unranked && never(c) }), s.ahead()
	first := slices.DeleteFunc(slices.Clone(list), func(c *Cell) bool {
		return slices.ContainsFunc(list, func(other *Cell) bool { return ahead[s.index(other)][s.index(c)] })
	})
	if slices.Equal(first, slices.DeleteFunc(slices.Clone(best), stales)) {
		return ""
	}
	switch {
	case len(first) == 0:
		return ""
	case len(first) == 1:
		return fmt.Sprintf("Of the cells that were never stale, %s reads fastest (%s).", names(first), s.figures(first))
	}
	crossing := s.crossing(first)
	return fmt.Sprintf("Of the cells that were never stale, %s read fastest (%s; %s).%s", names(first), s.figures(first), apart(crossing), crossing)
}

func (s *Sweep) lostSentence() string {
	var list []string
	for _, c := range s.where(func(c *Cell) bool { return c.Lost != nil && c.Lost.Writes > 0 }) {
		list = append(list, fmt.Sprintf("%s lost %s", c.name(), plural(int(min(c.Lost.Writes, 1<<31)), "acknowledged write")))
	}
	if len(list) == 0 {
		return ""
	}
	return and(list) + " when killed."
}

// numericSentence names the least value of a numeric option that is near the best, or those of which the time did not tell.
func (s *Sweep) numericSentence() string {
	if s.Near == nil {
		return ""
	}
	cells := func(list []int) (of []*Cell) {
		for _, i := range list {
			of = append(of, &s.Cells[i])
		}
		return of
	}
	open := cells(s.Near.Open)
	least, ok := s.Near.Least()
	if !ok {
		return fmt.Sprintf("No %s is shown to lie within 10 %% of the best: the time did not tell between %s.", page.Clean(s.Options[0], nameColumns), names(open))
	}
	text := fmt.Sprintf("%s is the smallest %s shown to lie within 10 %% of the best", names(cells([]int{least})), page.Clean(s.Options[0], nameColumns))
	small := slices.DeleteFunc(open, func(c *Cell) bool {
		v, _ := number(c.Values[0])
		at, _ := number(s.Cells[least].Values[0])
		return v > at
	})
	if len(small) > 0 {
		text += "; of " + names(small) + " the time did not tell"
	}
	return text + "."
}

// objectiveSentence names of the cells that hold all objectives the one that asks its database least.
func (s *Sweep) objectiveSentence() string {
	if len(s.SLO) == 0 {
		return ""
	}
	what := page.Clean(strings.Join(s.SLO, " and "), 200)
	hold := s.where(func(c *Cell) bool { return c.Holds == compare.Pass && !c.Unranked })
	if len(hold) == 0 {
		text := "No cell is shown to hold " + what
		if open := s.where(func(c *Cell) bool { return c.Holds == compare.Inconclusive }); len(open) > 0 {
			text += "; of " + names(open) + " it cannot be told"
		}
		return text + "."
	}
	measured := slices.DeleteFunc(slices.Clone(hold), func(c *Cell) bool { return c.Origin == nil })
	if len(measured) == 0 {
		verb := "hold"
		if len(hold) == 1 {
			verb = "holds"
		}
		return fmt.Sprintf("%s %s %s.", names(hold), verb, what)
	}
	least := slices.MinFunc(measured, func(a, b *Cell) int { return cmp.Compare(a.Origin.PerSecond, b.Origin.PerSecond) })
	if len(hold) == 1 {
		return fmt.Sprintf("Only %s is shown to hold %s; it asks its database for %s.", least.name(), what, units.Rate(least.Origin.PerSecond))
	}
	return fmt.Sprintf("Of the %d that hold %s, %s asks its database least: %s.", len(hold), what, least.name(), units.Rate(least.Origin.PerSecond))
}

func names(cells []*Cell) string {
	var list []string
	for _, c := range cells {
		list = append(list, c.name())
	}
	return and(list)
}

// and lists words.
func and(list []string) string {
	if len(list) < 2 {
		return strings.Join(list, "")
	}
	return strings.Join(list[:len(list)-1], ", ") + " and " + list[len(list)-1]
}

func isOrAre(cells []*Cell) string {
	if len(cells) == 1 {
		return "is"
	}
	return "are"
}

func plural(n int, noun string) string {
	if n != 1 {
		noun += "s"
	}
	return units.Count(uint64(max(n, 0))) + " " + noun
}
