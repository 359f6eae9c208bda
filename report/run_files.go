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

// fileFigure is a figure of a distribution by its name in files and its key in the run file.
type fileFigure struct {
	name, key string
	value     func(*runfile.Dist) time.Duration
}

var fileFigures = []fileFigure{
	{"mean", "mean_ns", func(d *runfile.Dist) time.Duration { return d.MeanNS }},
	{"p50", "p50_ns", func(d *runfile.Dist) time.Duration { return d.P50NS }},
	{"p90", "p90_ns", func(d *runfile.Dist) time.Duration { return d.P90NS }},
	{"p95", "p95_ns", func(d *runfile.Dist) time.Duration { return d.P95NS }},
	{"p99", "p99_ns", func(d *runfile.Dist) time.Duration { return d.P99NS }},
	{"p999", "p999_ns", func(d *runfile.Dist) time.Duration { return d.P999NS }},
	{"max", "max_ns", func(d *runfile.Dist) time.Duration { return d.MaxNS }},
}

// censoredOf counts the values of which only a lower bound is known.
func censoredOf(d *runfile.Dist) uint64 {
	if d.Censored == nil {
		return 0
	}
	return d.Censored.Count
}

func milliseconds(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }
