package selfcheck

import (
	"encoding/json"
	"fmt"
	"io"
	"math"

	"github.com/seed-5a006608/bench/loadgen/runfile"
)

// Encode writes a report as JSON.
func Encode(w io.Writer, r *Report) error {
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	return e.Encode(r)
}

// The bounds of what is read again.
const (
	mostEngines = 16
	mostTries   = 1000
	mostFigures = 4 // of each measure of a server, and of a freeze
)

// Decode reads what Encode wrote; name stands in its errors. It is untrusted: every figure must be one that a check can have.
func Decode(name string, data []byte) (*Report, error) {
	var r Report
	if err := runfile.DecodeKind(name, "selfcheck file", SchemaVersion, data, &r); err != nil {
		return nil, err
	}
	if err := r.check(); err != nil {
		return nil, fmt.Errorf("%s: is damaged or was edited: %w", name, err)
	}
	return &r, nil
}

func (r *Report) check() error {
	if r.Kind != "" && r.Kind != Kind {
		return fmt.Errorf("its kind is %q", r.Kind)
	}
	if len(r.Engines) > mostEngines {
		return fmt.Errorf("it has %d engines", len(r.Engines))
	}
	if r.Trusted != nil && r.Trusted.Rate < 0 {
		return fmt.Errorf("engine %q is trusted at %v/s", r.Trusted.Engine, r.Trusted.Rate)
	}
	for i := range r.Engines {
		if err := r.Engines[i].check(); err != nil {
			return fmt.Errorf("engine %d: %w", i+1, err)
		}
	}
	return nil
}

func (e *Engine) check() error {
	if len(e.Pacing) > mostTries || len(e.Latency) > mostTries {
		return fmt.Errorf("it has %d tries and %d servers", len(e.Pacing), len(e.Latency))
	}
	for _, p := range e.Pacing {
		if p.Rate <= 0 || p.Achieved.Rate < 0 {
			return fmt.Errorf("at %v/s it served %v/s", p.Rate, p.Achieved.Rate)
		}
	}
	for _, l := range e.Latency {
		of := map[Measure]int{}
		for _, f := range l.Figures {
			if of[f.Of]++; of[f.Of] > mostFigures || f.WrongByNS == math.MinInt64 {
				return fmt.Errorf("server %q has figures that cannot be", l.Server)
			}
		}
	}
	if e.Freeze != nil && len(e.Freeze.Figures) > mostFigures-1 {
		return fmt.Errorf("its freeze has %d figures", len(e.Freeze.Figures))
	}
	return nil
}
