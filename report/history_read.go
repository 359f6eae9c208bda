package report

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/seed-5a006608/bench/loadgen/runfile"
	"github.com/seed-5a006608/bench/report/history"
)

// DecodeHistory reads what [HistoryJSON] wrote, so that it is shown as when it was made; name stands in its errors. It is
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
	s := &history.Series{Target: runfile.Target{Name: f.Target}, Differs: f.Differs}
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
