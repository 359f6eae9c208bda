package compare

import (
	"github.com/seed-5a006608/bench/loadgen/runfile"
)

// Part is a part of the requests that should stay small. A gate judges its share as it judges that of failures.
type Part string

// The parts.
const (
	StaleReads  Part = "stale"  // of the reads that were judged by their version
	CacheMisses Part = "misses" // of the answers that were marked as hit or miss
)

// count counts the part in a round or a run.
func (p Part) count(r *runfile.Run) Failures {
	f := Failures{Rounds: 1}
	switch c := r.Overall.Consistency; {
	case p == CacheMisses:
		f.Failed, f.Due = r.Overall.Cache.Misses, r.Overall.Cache.Hits+r.Overall.Cache.Misses
	case p == StaleReads && c != nil:
		f.Failed, f.Due = c.Stale, c.Reads
	}
	if f.Failed > 0 {
		f.Hit = 1
	}
	return f
}

// PartMargin is the allowed growth of a part's share in a gate (0-1).
type PartMargin struct {
	Of     Part
	Margin float64
}

// PartChange compares the shares of a part.
type PartChange struct {
	Of Part
	Errors
}

// partsOf counts the parts with a margin in a round or a run.
func partsOf(r *runfile.Run, asked []PartMargin) (list []Failures) {
	for _, m := range asked {
		list = append(list, m.Of.count(r))
	}
	return list
}

// judgeParts compares the parts of two arms' rounds or runs by judge, which is told a margin. It is inconclusive where neither
// side has any request that could be of the part.
func judgeParts(asked []PartMargin, a, b [][]Failures, judge func(a, b []Failures, margin float64) Errors) (list []PartChange) {
	for i, m := range asked {
		of := func(rounds [][]Failures) (part []Failures) {
			for _, r := range rounds {
				part = append(part, r[i])
			}
			return part
		}
		list = append(list, PartChange{m.Of, judge(of(a), of(b), m.Margin)})
	}
	return list
}

// errorFor is the error allowed to each of the tests of failures and of so many parts beside them, as a share of alpha.
func errorFor(parts int) float64 { return failureShare / float64(1+parts) }
