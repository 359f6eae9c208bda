package sweep

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"

	"github.com/seed-5a006608/bench/loadgen/runfile"
	"github.com/seed-5a006608/bench/report/compare"
)

// The bounds of what is read again.
const (
	mostOptions = 16
	mostNotes   = 1000
)

// WriteJSON writes a sweep for programs to read, and for [Decode]. Its error is that of w.
func WriteJSON(w io.Writer, s *Sweep) error {
	s.Answer = Answer(s)
	e := json.NewEncoder(w)
	e.SetIndent("", "  ")
	e.SetEscapeHTML(false)
	return e.Encode(s)
}

// Decode reads what [WriteJSON] wrote; name stands in its errors. It is untrusted: every figure must be one that a sweep can have.
func Decode(name string, data []byte) (*Sweep, error) {
	s := new(Sweep)
	if err := runfile.DecodeKind(name, "sweep file", schema, data, s); err != nil {
		return nil, err
	}
	for i := range s.Pairs {
		s.Pairs[i].Metric = cmp.Or(s.Pairs[i].Metric, s.Metric)
	}
	if err := s.check(); err != nil {
		return nil, fmt.Errorf("%s: is damaged or was edited: %w", name, err)
	}
	return s, nil
}

func (s *Sweep) check() error {
	switch {
	case s.Kind != Kind:
		return fmt.Errorf("its kind is %q", s.Kind)
	case len(s.Cells) < 2 || len(s.Cells) > MostCells:
		return fmt.Errorf("it has %d cells", len(s.Cells))
	case len(s.Options) == 0 || len(s.Options) > mostOptions || len(s.Notes) > mostNotes || len(s.Pairs) > MostCells*MostCells:
		return fmt.Errorf("it has %d options, %d pairs and %d notes", len(s.Options), len(s.Pairs), len(s.Notes))
	case s.Metric != compare.P50.Key && s.Metric != compare.P95.Key && s.Metric != compare.P99.Key:
		return fmt.Errorf("its metric is %q", s.Metric)
	case s.Quads < 0 || s.Planned < 0 || s.Again < 0 || s.RoundNS < 0 || s.TookNS < 0 || s.Rate < 0 || s.Reads < 0 || s.Reads > 1:
		return errors.New("a number of its quads, a time or a rate is below 0, or its share of reads above 1")
	}
	for i := range s.Cells {
		if err := s.checkCell(&s.Cells[i]); err != nil {
			return fmt.Errorf("cell %d: %w", i+1, err)
		}
	}
	for i, p := range s.Pairs {
		if !s.isCell(p.A) || !s.isCell(p.B) || p.A == p.B || !slices.Contains([]string{"", "a", "b"}, p.Slower) || !slices.Contains(s.tested(), p.Metric) ||
			p.Ratio < 0 || min(p.At95.Low, p.At95.High, p.Decide.Low, p.Decide.High, p.Level) < 0 {
			return fmt.Errorf("pair %d cannot be", i+1)
		}
	}
	if s.Near != nil {
		for _, i := range slices.Concat(s.Near.Within, s.Near.Open) {
			if !s.isCell(i) || len(s.Options) != 1 {
				return errors.New("what is near the best is no cell, or there are several options")
			}
		}
	}
	return s.checkRanks()
}

func (s *Sweep) isCell(i int) bool { return i >= 0 && i < len(s.Cells) }

// checkRanks compares who is among the best with what the pairs say.
func (s *Sweep) checkRanks() error {
	if !s.Tested {
		return nil
	}
	var best []bool
	for _, c := range s.Cells {
		best = append(best, c.Best)
	}
	s.Rank()
	for i, c := range s.Cells {
		if c.Best != best[i] {
			return fmt.Errorf("cell %d: whether it is among the best is not what the pairs say", i+1)
		}
	}
	return nil
}

func (s *Sweep) checkCell(c *Cell) error {
	switch {
	case len(c.Values) != len(s.Options):
		return fmt.Errorf("it has %d values of %d options", len(c.Values), len(s.Options))
	case c.Limited < 0 || c.Rounds < 0 || c.Failed > c.Due:
		return errors.New("a number of its rounds or requests cannot be")
	case c.Stale != nil && (c.Stale.Stale > c.Stale.Judged || c.Stale.AgeP99 < 0 || c.Stale.AgeMax < 0):
		return errors.New("what was stale cannot be")
	case c.Lost != nil && c.Lost.Oldest < 0, c.Origin != nil && c.Origin.PerSecond < 0:
		return errors.New("what was lost, or asked of the database, is below 0")
	case !slices.Contains([]compare.Outcome{"", compare.Pass, compare.Missed, compare.Inconclusive}, c.Holds):
		return fmt.Errorf("its outcome %q is unknown", c.Holds)
	}
	for _, l := range []*Latency{&c.Reads, c.Writes, c.Hits, c.Misses} {
		if l != nil && min(l.P50NS, l.P95NS, l.P99NS) < 0 {
			return errors.New("a latency is below 0")
		}
	}
	for _, b := range c.intervals() {
		if b[0] < 0 || b[0] > b[1] {
			return errors.New("the bounds of a figure cannot be")
		}
	}
	return nil
}

// intervals are those of its figures.
func (c *Cell) intervals() (list []*[2]float64) {
	for _, b := range []*[2]float64{c.Reads.Between, c.staleBetween()} {
		if b != nil {
			list = append(list, b)
		}
	}
	return list
}

func (c *Cell) staleBetween() *[2]float64 {
	if c.Stale == nil {
		return nil
	}
	return c.Stale.Between
}
