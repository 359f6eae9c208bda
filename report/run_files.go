package report

import (
	"errors"
	"strconv"
	"time"

	"github.com/seed-5a006608/bench/loadgen/runfile"
	"github.com/seed-5a006608/bench/report/page"
)

// longColumns bounds a name in a file, which has more room for it than a table on a terminal.
const longColumns = 120

func longName(s string) string { return page.Clean(s, longColumns) }

// unique tells equal names apart by a number behind them.
type unique map[string]int

func (u unique) name(s, empty string) string {
	if s == "" {
		s = empty
	}
	for {
		u[s]++
		if u[s] == 1 {
			return s
		}
		s += " " + strconv.Itoa(u[s])
	}
}

// fileSubjects prepares runs for a file: labels are clean, longer than in a table, and told apart.
func fileSubjects(runs []*runfile.Run) ([]subject, error) {
	subjects := subjectsOf(runs)
	if len(subjects) == 0 {
		return nil, errors.New("there is no run to write")
	}
	names := unique{}
	for i, s := range subjects {
		subjects[i].label = names.name(longName(s.Target.Series()), "target")
	}
	return subjects, nil
}

// fileFigures are the figures of a distribution by their names in files.
var fileFigures = []struct {
	name string
	of   func(*runfile.Dist) runfile.Figure
}{
	{"mean", (*runfile.Dist).Mean}, {"p50", quantileOf(0.50)}, {"p90", quantileOf(0.90)}, {"p95", quantileOf(0.95)},
	{"p99", quantileOf(0.99)}, {"p999", quantileOf(0.999)}, {"max", quantileOf(1)},
}

func quantileOf(q float64) func(*runfile.Dist) runfile.Figure {
	return func(d *runfile.Dist) runfile.Figure { return d.Quantile(q) }
}

// censoredOf counts the values of which only a lower bound is known.
func censoredOf(d *runfile.Dist) uint64 {
	if d.Censored == nil {
		return 0
	}
	return d.Censored.Count
}

func milliseconds(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }
