package report

import (
	"encoding/csv"
	"io"
	"strconv"
	"strings"
	"time"

	"github.com/seed-5a006608/bench/loadgen/runfile"
)

// csvDists are the distributions of a second, by the names of their columns.
var csvDists = []struct {
	name string
	of   func(*runfile.Interval) *runfile.Dist
}{
	{"response", func(i *runfile.Interval) *runfile.Dist { return &i.ResponseTime }},
	{"service", func(i *runfile.Interval) *runfile.Dist { return &i.ServiceTime }},
}

// WriteCSV writes a row for each second of each run, under one header row. A figure that was not measured is an empty cell,
// and one that is only a lower bound has true in the column _at_least beside it. The phase is that in which the second
// begins. Of journeys there are rows behind them: for each phase and for the whole one a journey and one a step, with columns of
// their own and none of a second's. Where a run is pooled of several, every count is the mean of one, and columns say of how many and
// their seeds. The columns run_ at the end are the run's in each of its seconds' rows.
func WriteCSV(w io.Writer, runs []*runfile.Run) error {
	subjects, err := fileSubjects(runs)
	if err != nil {
		return err
	}
	out := csv.NewWriter(w)
	// A number comes first, so that no text from elsewhere begins a line, where a CI system takes it for a command.
	header := []string{"start_s", "target", "phase", "phase_kind", "due_requests", "ok_requests", "failed_requests", "sent_requests",
		"finished_requests", "in_flight_requests", "backlog_requests"}
	for _, d := range csvDists {
		header = append(header, d.name+"_requests", d.name+"_censored_requests")
		for _, f := range fileFigures {
			header = append(header, d.name+"_"+f.name+"_ms", d.name+"_"+f.name+"_at_least")
		}
	}
	pooled, journeys := anyPooled(subjects), anyJourneys(subjects)
	if journeys {
		header = append(header, journeyColumns()...)
	}
	width := len(header)
	if pooled {
		header = append(header, "pooled_runs", "seeds")
	}
	header = append(header, "hit_requests", "miss_requests", "stale_requests", "run_origin_statements_per_s", "run_lost_writes")
	if err := out.Write(header); err != nil {
		return err
	}
	for _, s := range subjects {
		var rows, cache [][]string
		var pool []string
		if pooled {
			pool = []string{strconv.Itoa(s.Repetitions()), s.seeds()}
		}
		for i := range s.Intervals {
			rows = append(rows, csvRow(s, &s.Intervals[i]))
			cache = append(cache, csvCache(s, &s.Intervals[i]))
		}
		if journeys {
			rows = append(rows, s.csvJourneys(width)...)
		}
		for i, row := range rows {
			row = append(row, make([]string, width-len(row))...)
			row = append(row, pool...)
			if i < len(cache) {
				row = append(row, cache[i]...)
			}
			if err := out.Write(append(row, make([]string, len(header)-len(row))...)); err != nil {
				return err
			}
		}
	}
	out.Flush()
	return out.Error()
}

func csvRow(s subject, second *runfile.Interval) []string {
	row := []string{strconv.FormatFloat(second.StartNS.Seconds(), 'f', -1, 64), csvText(s.label), "", ""}
	if p := s.phaseAt(second.StartNS); p != nil {
		row[2], row[3] = csvText(longName(p.Name)), csvText(longName(string(p.Kind)))
	}
	for _, n := range []uint64{second.Due, second.OK, second.Failed, second.Sent, second.Finished, second.InFlight, second.Backlog} {
		row = append(row, strconv.FormatUint(n, 10))
	}
	for _, d := range csvDists {
		dist := d.of(second)
		row = append(row, strconv.FormatUint(s.mean(dist.Count), 10), strconv.FormatUint(s.mean(censoredOf(dist)), 10))
		row = append(row, csvFigures(dist)...)
	}
	return row
}

// journeyCounts are the columns of what became of journeys; those of a step are the last stepCounts.
var journeyCounts = []string{"arrived_journeys", "completed_journeys", "failed_journeys", "unfinished_journeys", "unstarted_journeys",
	"asked_journeys", "left_out_journeys", "stopped_journeys"}

const stepCounts = 3

func journeyColumns() []string {
	columns := append([]string{"journey", "step"}, journeyCounts...)
	for _, d := range []string{"journey_or_step", "since_arrival"} {
		columns = append(columns, d+"_count")
		for _, f := range fileFigures {
			columns = append(columns, d+"_"+f.name+"_ms", d+"_"+f.name+"_at_least")
		}
	}
	return columns
}

// csvJourneys makes rows of so many columns.
func (s subject) csvJourneys(columns int) (rows [][]string) {
	phases := []*runfile.Phase{&s.Overall}
	for i := range s.Phases {
		phases = append(phases, &s.Phases[i])
	}
	for _, p := range phases {
		for _, r := range s.journeyRows(p) {
			row := []string{strconv.FormatFloat(p.StartNS.Seconds(), 'f', -1, 64), csvText(s.label), csvText(longName(p.Name)), csvText(longName(string(p.Kind)))}
			row = append(row, make([]string, columns-len(row)-len(journeyColumns()))...)
			row = append(row, csvText(r.journey), csvText(r.step))
			counts, since := make([]string, len(journeyCounts)), runfile.Dist{}
			if c := r.counts; c == nil {
				s.countsInto(counts, r.of.Arrived, r.of.Completed, r.of.Failed, r.of.Unfinished, r.of.Unstarted)
			} else {
				s.countsInto(counts[len(counts)-stepCounts:], c.Asked, c.LeftOut, c.Stopped)
				since = c.SinceArrival
			}
			row = append(row, counts...)
			for _, d := range []*runfile.Dist{&r.time, &since} {
				row = append(row, strconv.FormatUint(s.mean(d.Count), 10))
				row = append(row, csvFigures(d)...)
			}
			rows = append(rows, row)
		}
	}
	return rows
}

// countsInto writes numbers of a run, or their means where it is pooled.
func (s subject) countsInto(cells []string, numbers ...uint64) {
	for i, n := range numbers {
		cells[i] = strconv.FormatUint(s.mean(n), 10)
	}
}

// csvFigures are the figures of a distribution, each with whether it is a lower bound.
func csvFigures(d *runfile.Dist) (cells []string) {
	for _, f := range fileFigures {
		if d.Count == 0 {
			cells = append(cells, "", "")
			continue
		}
		figure := f.of(d)
		cells = append(cells, strconv.FormatFloat(milliseconds(figure.Value), 'f', -1, 64), strconv.FormatBool(figure.AtLeast))
	}
	return cells
}

// csvCache says how a second's reads were answered, and what the run asked of its origin and lost there.
func csvCache(s subject, second *runfile.Interval) []string {
	row := make([]string, 5)
	if s.Overall.Cache != (runfile.Cache{}) {
		row[0], row[1] = strconv.FormatUint(s.mean(second.Hits), 10), strconv.FormatUint(s.mean(second.Misses), 10)
	}
	if s.Overall.Consistency != nil {
		row[2] = strconv.FormatUint(s.mean(second.Stale), 10)
	}
	if s.Origin.Known() {
		row[3] = strconv.FormatFloat(s.Origin.Rate(), 'f', -1, 64)
	}
	if lost := lostOf(s); lost != nil {
		row[4] = strconv.FormatUint(s.mean(lost.Writes), 10)
	}
	return row
}

// phaseAt returns the phase of an instant, or nil.
func (s subject) phaseAt(at time.Duration) *runfile.Phase {
	for i := range s.Phases {
		if p := &s.Phases[i]; at >= p.StartNS && at-p.StartNS < p.DurationNS {
			return p
		}
	}
	return nil
}

// csvText is clean text that no spreadsheet computes: one that begins as a formula does gets an apostrophe before it,
// as OWASP's page on CSV injection has it, with the wide forms that some programs take for the same.
func csvText(s string) string {
	if first := strings.TrimLeft(s, " "); first != "" && strings.ContainsRune("=+-@＝＋－＠", []rune(first)[0]) {
		return "'" + s
	}
	return s
}
