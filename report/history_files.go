package report

import (
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"time"

	"github.com/seed-5a006608/bench/loadgen/runfile"
	"github.com/seed-5a006608/bench/report/compare"
	"github.com/seed-5a006608/bench/report/history"
)

// WriteHistoryCSV writes a row for each run of each series, under one header row. The cells of a change stand in the row of the
// run with which a percentile changed, and are empty elsewhere: the ratio of the means after and before it, those means, and
// the t-test's p. Its error is that of w.
func WriteHistoryCSV(w io.Writer, h *history.History) error {
	out := csv.NewWriter(w)
	// A number comes first, so that no text from elsewhere begins a line, where a CI system takes it for a command.
	header := []string{"series", "profile", "target", "started", "source", "bench", "requests"}
	for _, q := range history.Percentiles {
		for _, column := range []string{"ms", "at_least", "change_ratio", "mean_before_ms", "mean_after_ms", "p_value"} {
			header = append(header, q.Key+"_"+column)
		}
	}
	if err := out.Write(header); err != nil {
		return err
	}
	for i, s := range h.Series {
		for j, p := range s.Points {
			row := []string{
				strconv.Itoa(i + 1), csvText(longName(s.Plan.Profile)), csvText(longName(s.Target.Series())), p.Started.UTC().Format(time.RFC3339Nano),
				csvText(sentence(p.Source)), csvText(longName(p.Bench)), strconv.FormatUint(p.Requests, 10),
			}
			for q := range history.Percentiles {
				row = append(row, number(milliseconds(p.Values[q])), strconv.FormatBool(p.AtLeast[q]))
				c := changeAt(s, q, j)
				if c == nil {
					row = append(row, "", "", "", "")
					continue
				}
				row = append(row, number(c.Ratio()), number(c.Before/1e6), number(c.After/1e6), number(c.P))
			}
			if err := out.Write(row); err != nil {
				return err
			}
		}
	}
	out.Flush()
	return out.Error()
}

func number(v float64) string { return strconv.FormatFloat(v, 'g', -1, 64) }

// changeAt returns the change of a percentile with a run, or nil.
func changeAt(s *history.Series, percentile, run int) *history.Change {
	for i, c := range s.Changes[percentile] {
		if c.Index == run {
			return &s.Changes[percentile][i]
		}
	}
	return nil
}

// historySchema rises when a key's meaning changes.
const historySchema = 1

// HistoryKind is the kind of what [WriteHistoryJSON] writes.
const HistoryKind = "history"

type historyFile struct {
	Schema    int             `json:"schema"`
	Kind      string          `json:"kind"` // history
	Window    int             `json:"window"`
	PValue    float64         `json:"p_value"`
	Magnitude float64         `json:"magnitude"`
	Series    []historySeries `json:"series"`
	LeftOut   []historyOmit   `json:"left_out,omitempty"`
}

type historySeries struct {
	Target  string                       `json:"target"`
	Profile string                       `json:"profile"`
	Of      compare.Unit                 `json:"of,omitempty"`   // unit of percentiles and counts: journeys, or requests where it is left out
	Plan    *runfile.PlanRecord          `json:"plan,omitempty"` // absent in files of before
	Runs    []historyRun                 `json:"runs"`
	Changes map[string][]historyOfChange `json:"changes"` // by percentile
	Differs []string                     `json:"differs,omitempty"`
}

type historyRun struct {
	Started  time.Time        `json:"started"`
	Source   string           `json:"source"`
	Bench    string           `json:"bench"`
	Requests uint64           `json:"requests"`         // or journeys
	NS       map[string]int64 `json:"response_time_ns"` // by percentile
	AtLeast  []string         `json:"at_least,omitempty"`
	Differs  []string         `json:"differs,omitempty"`
}

type historyOfChange struct {
	Run      int     `json:"run"` // index into runs of the first after the change
	Ratio    float64 `json:"ratio"`
	BeforeNS float64 `json:"mean_before_ns"`
	AfterNS  float64 `json:"mean_after_ns"`
	PValue   float64 `json:"p_value"`
}

type historyOmit struct {
	Source string `json:"source"`
	Target string `json:"target,omitempty"`
	Why    string `json:"why"`
}

// WriteHistoryJSON writes the series and their changes for programs to read. Its error is that of w.
func WriteHistoryJSON(w io.Writer, h *history.History) error {
	f := historyFile{Schema: historySchema, Kind: HistoryKind, Window: h.Options.Window, PValue: h.Options.PValue, Magnitude: h.Options.Magnitude}
	for _, s := range h.Series {
		series := historySeries{Target: longName(s.Target.Series()), Profile: longName(s.Plan.Profile), Of: s.Of, Plan: &s.Plan, Changes: map[string][]historyOfChange{}, Differs: cleaned(s.Differs)}
		for _, p := range s.Points {
			run := historyRun{Started: p.Started, Source: sentence(p.Source), Bench: longName(p.Bench), Requests: p.Requests, NS: map[string]int64{}, Differs: cleaned(p.Differs)}
			for q, percentile := range history.Percentiles {
				run.NS[percentile.Key] = int64(p.Values[q])
				if p.AtLeast[q] {
					run.AtLeast = append(run.AtLeast, percentile.Key)
				}
			}
			series.Runs = append(series.Runs, run)
		}
		for q, percentile := range history.Percentiles {
			for _, c := range s.Changes[q] {
				series.Changes[percentile.Key] = append(series.Changes[percentile.Key], historyOfChange{c.Index, c.Ratio(), c.Before, c.After, c.P})
			}
		}
		f.Series = append(f.Series, series)
	}
	for _, l := range h.LeftOut {
		f.LeftOut = append(f.LeftOut, historyOmit{sentence(l.Source), longName(l.Target), sentence(l.Why)})
	}
	e := json.NewEncoder(w)
	e.SetIndent("", "  ")
	e.SetEscapeHTML(false)
	return e.Encode(f)
}

func cleaned(list []string) []string {
	var kept []string
	for _, s := range list {
		kept = append(kept, sentence(s))
	}
	return kept
}

// DecodeHistory reads what [WriteHistoryJSON] wrote, so that it is shown as when it was made; name stands in its errors. It is
// untrusted: every figure must be one that runs can have.
func DecodeHistory(name string, data []byte) (*history.History, error) {
	var f historyFile
	if err := runfile.DecodeKind(name, "history file", historySchema, data, &f); err != nil {
		return nil, err
	}
	h := &history.History{Options: history.Options{Window: f.Window, PValue: f.PValue, Magnitude: f.Magnitude}}
	for i := range f.Series {
		s, err := f.Series[i].series()
		if err != nil {
			return nil, fmt.Errorf("%s: is damaged or was edited: series %d: %w", name, i+1, err)
		}
		h.Series = append(h.Series, s)
	}
	for _, l := range f.LeftOut {
		h.LeftOut = append(h.LeftOut, history.LeftOut{Source: l.Source, Target: l.Target, Why: l.Why})
	}
	return h, nil
}

func (f *historySeries) series() (*history.Series, error) {
	if len(f.Runs) == 0 {
		return nil, errors.New("it has no run")
	}
	s := &history.Series{Target: runfile.Target{Name: f.Target}, Of: f.Of, Differs: f.Differs}
	if f.Of != compare.Requests && f.Of != compare.Journeys {
		return nil, fmt.Errorf("it is of %.40q, which is not known", f.Of)
	}
	if f.Plan != nil {
		s.Plan = *f.Plan
	}
	s.Plan.Profile = f.Profile
	for _, r := range f.Runs {
		p := history.Point{Source: r.Source, Started: r.Started, Bench: r.Bench, Requests: r.Requests, Differs: r.Differs}
		for q, percentile := range history.Percentiles {
			if p.Values[q] = time.Duration(r.NS[percentile.Key]); p.Values[q] <= 0 {
				return nil, fmt.Errorf("a run has a %s of %d ns", percentile.Key, r.NS[percentile.Key])
			}
			p.AtLeast[q] = slices.Contains(r.AtLeast, percentile.Key)
		}
		s.Points = append(s.Points, p)
	}
	for q, percentile := range history.Percentiles {
		for _, c := range f.Changes[percentile.Key] {
			if c.Run <= 0 || c.Run >= len(f.Runs) || c.BeforeNS <= 0 || c.AfterNS <= 0 {
				return nil, fmt.Errorf("%s changes with run %d of %d, from %g to %g ns", percentile.Key, c.Run, len(f.Runs), c.BeforeNS, c.AfterNS)
			}
			s.Changes[q] = append(s.Changes[q], history.Change{Index: c.Run, Before: c.BeforeNS, After: c.AfterNS, P: c.PValue})
		}
	}
	return s, nil
}
