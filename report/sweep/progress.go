package sweep

import (
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/seed-5a006608/bench/loadgen/units"
	"github.com/seed-5a006608/bench/report/compare"
)

// Progress says how a sweep goes on, a line a quad. It decides nothing.
type Progress struct{ W io.Writer }

// Quad says which quad begins: 0 is the one that is thrown away.
func (p Progress) Quad(quad int, l compare.Layout, since time.Duration, sofar *Sweep) {
	what := fmt.Sprintf("quad %d of %d", quad, l.Quads)
	if quad == 0 {
		what = "a quad to throw away"
	}
	fmt.Fprintf(p.W, "%s · rounds of %s · %s since the start\n", what, units.Span(l.Round), units.Span(since.Round(time.Second)))
	if sofar == nil || sofar.Quads == 0 {
		return
	}
	var list []string
	for _, c := range sofar.where(func(c *Cell) bool { return c.Reads.Count > 0 }) {
		list = append(list, c.name()+" "+units.Duration(sofar.value(c)))
	}
	fmt.Fprintf(p.W, "  so far %s of the reads: %s\n", sofar.percentile(), strings.Join(list, ", "))
}
