package sweep

import (
	"cmp"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/seed-5a006608/bench/report/compare"
)

// alpha is the two-sided error over all pairs together.
const alpha = 0.05

// margin is how near the best a value of a numeric option is to lie.
const margin = 0.10

// contrast is two cells against each other, by one percentile.
type contrast struct {
	a, b     int
	metric   string
	own, all *compare.Contrast // without the requests that bench disturbed, and with them
	guarded  bool              // a finding has to hold by both
}

// contrasts are those of every two cells that are ranked, by each tested percentile.
func (t *Trial) contrasts(cells []Cell) (list []contrast) {
	for a := range t.cells {
		for b := a + 1; b < len(t.cells); b++ {
			if cells[a].Unranked || cells[b].Unranked {
				continue
			}
			for m := range t.tested {
				list = append(list, t.contrast(m, a, b))
			}
		}
	}
	return list
}

func (t *Trial) contrast(tested, a, b int) contrast {
	m, one, other := t.tested[tested], &t.cells[a], &t.cells[b]
	digits := min(one.digits, other.digits)
	return contrast{
		a: a, b: b, metric: m.Key, guarded: compare.GuardOf(&one.own[tested], &other.own[tested]).Fired(),
		own: compare.NewContrast(m, t.o.Planned, digits, &one.own[tested], &other.own[tested]),
		all: compare.NewContrast(m, t.o.Planned, digits, &one.all[tested], &other.all[tested]),
	}
}

// shows reports whether a finding holds, by all requests too where the guard fired.
func (c *contrast) shows(finding func(*compare.Contrast) bool) bool {
	return finding(c.own) && (!c.guarded || finding(c.all))
}

// slower says which of two cells is shown to be slower at a two-sided level: "a", "b", or "".
func (c *contrast) slower(level float64) string {
	switch {
	case c.shows(func(x *compare.Contrast) bool { return x.Exceeds(0, level) }):
		return "b"
	case c.shows(func(x *compare.Contrast) bool { return x.Below(0, level) }):
		return "a"
	}
	return ""
}

// holm tests every pair by every percentile, at most 5 % of the time telling apart any two that are equal (Holm, Scand. J.
// Statist. 6, 1979): 5 % are divided among the tests that have not told a pair apart yet, until no further one does.
func holm(list []contrast) []Pair {
	pairs := make([]Pair, len(list))
	for i, c := range list {
		pairs[i] = Pair{A: c.a, B: c.b, Metric: c.metric, Guard: c.guarded, At95: boundsOf(c.own.Change)}
		if r := c.own.Change.Center; r > 0 && !math.IsInf(r, 0) {
			pairs[i].Ratio = r
		}
	}
	for open := len(list); open > 0; {
		level, told := alpha/float64(open), 0
		for i := range list {
			p := &pairs[i]
			if p.Slower != "" {
				continue
			}
			p.Level, p.Decide, p.Slower = level, boundsOf(list[i].own.Decision(level)), list[i].slower(level)
			if p.Slower != "" {
				told++
			}
		}
		if told == 0 {
			break
		}
		open -= told
	}
	return pairs
}

func boundsOf(i compare.Interval) (b Bounds) {
	if i.Low > 0 {
		b.Low = i.Low
	}
	if !math.IsInf(i.High, 0) {
		b.High = i.High
	}
	return b
}

// relation holds for a over b where relation[a][b].
type relation [][]bool

func (s *Sweep) newRelation() relation {
	r := make(relation, len(s.Cells))
	for i := range r {
		r[i] = make([]bool, len(s.Cells))
	}
	return r
}

// faster tells which cells are shown to be faster than which by one percentile. What follows from two findings is a finding.
func (s *Sweep) faster(metric string) relation {
	r := s.newRelation()
	for _, p := range s.Pairs {
		switch {
		case p.Metric == metric && p.Slower == "a":
			r[p.B][p.A] = true
		case p.Metric == metric && p.Slower == "b":
			r[p.A][p.B] = true
		}
	}
	for via := range r {
		for a := range r {
			for b := range r {
				r[a][b] = r[a][b] || r[a][via] && r[via][b]
			}
		}
	}
	return r
}

// ahead tells which cells are ahead of which: shown to be faster by one tested percentile, and not to be slower by the other.
func (s *Sweep) ahead() relation {
	r, high, median := s.newRelation(), s.faster(s.Metric), s.faster(compare.P50.Key)
	for a := range r {
		for b := range r {
			r[a][b] = high[a][b] && !median[b][a] || median[a][b] && !high[b][a]
		}
	}
	for a := range r {
		if !s.Cells[a].Unranked && !r.behindSome(a) {
			return r
		}
	}
	return high // the two percentiles contradict each other in a circle: the higher one says it alone
}

// behindSome reports whether the relation holds for any over b.
func (r relation) behindSome(b int) bool {
	return slices.ContainsFunc(r, func(row []bool) bool { return row[b] })
}

// Rank sets who is among the best, and each cell's places: the first is behind all that are ahead of it, the last before all
// that it is ahead of (rank intervals by tests of all pairs; Mohamad, Goeman and van Zwet 2019).
func (s *Sweep) Rank() {
	ahead, ranked := s.ahead(), 0
	for i := range s.Cells {
		if !s.Cells[i].Unranked {
			ranked++
		}
	}
	for i := range s.Cells {
		c := &s.Cells[i]
		if c.Best, c.First, c.Last = false, 0, 0; c.Unranked {
			continue
		}
		c.First, c.Last = 1, ranked
		for j := range s.Cells {
			if ahead[j][i] {
				c.First++
			}
			if ahead[i][j] {
				c.Last--
			}
		}
		c.Best = c.First == 1
	}
}

// near tells of the values of a numeric option which lie within 10 % of every cell among the best, by every tested percentile. One
// value is named of all, so each may err with an equal part of 5 %; one that has to be near several must be shown to be near each.
func (t *Trial) near(s *Sweep, order []int) *Near {
	level := alpha / float64(len(order))
	n := &Near{Within: []int{}, Open: []int{}}
	for _, i := range order {
		if s.Cells[i].Unranked {
			continue
		}
		within, beyond := true, false
		for b := range s.Cells {
			if b == i || !s.Cells[b].Best {
				continue
			}
			for m := range t.tested {
				c := t.contrast(m, b, i)
				within = within && c.shows(func(x *compare.Contrast) bool { return x.Below(margin, level) })
				beyond = beyond || c.shows(func(x *compare.Contrast) bool { return x.Exceeds(margin, level/float64(len(t.tested))) })
			}
		}
		switch {
		case within:
			n.Within = append(n.Within, i)
		case !beyond:
			n.Open = append(n.Open, i)
		}
	}
	return n
}

// Numeric fills in what a sweep of one numeric option tells of its values. It does nothing where there are several options, the
// values are no numbers, or nothing was tested.
func (t *Trial) Numeric(s *Sweep) {
	if order := numeric(s.Cells, len(s.Options)); order != nil && s.Tested {
		s.Near = t.near(s, order)
	}
}

// numeric are the cells by the value of the only option, the least first; nil where there are several options, or the values are
// no numbers.
func numeric(cells []Cell, options int) (order []int) {
	if options != 1 {
		return nil
	}
	values := make([]float64, len(cells))
	for i, c := range cells {
		if !Numbers(c.Values) {
			return nil
		}
		values[i], _ = number(c.Values[0])
		order = append(order, i)
	}
	slices.SortFunc(order, func(a, b int) int { return cmp.Compare(values[a], values[b]) })
	return order
}

// Numbers reports whether the values of an option are numbers, durations or percentages, so that one of them can be named as the
// smallest near the best.
func Numbers(values []string) bool {
	return !slices.ContainsFunc(values, func(v string) bool { _, ok := number(v); return !ok })
}

// number reads a number, a duration in seconds, or a percentage.
func number(text string) (float64, bool) {
	if v, err := strconv.ParseFloat(strings.TrimSuffix(text, "%"), 64); err == nil && !math.IsNaN(v) && !math.IsInf(v, 0) {
		return v, true
	}
	d, err := time.ParseDuration(text)
	return d.Seconds(), err == nil
}
