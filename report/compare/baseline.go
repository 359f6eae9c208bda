package compare

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"github.com/seed-5a006608/bench/loadgen/runfile"
	"github.com/seed-5a006608/bench/profiles"
)

const (
	// RoundsPerRun is the number of rounds in each run of a baseline, after its warm-up: one quad.
	RoundsPerRun = 4

	// MinBaselineRuns is the least number of runs in a baseline: fewer tell too little of how starts differ.
	MinBaselineRuns = 8

	// MaxBaselineRuns is the greatest number of runs in a baseline.
	MaxBaselineRuns = 200
)

// Baseline is the record that a later version of a service is compared with: runs of one plan, and the noise floor of the
// machine. Each run has a fresh start of the service where bench could start it. The plan is a warm-up and [RoundsPerRun]
// rounds of one rate and length.
type Baseline struct {
	Name  string
	Saved time.Time
	Runs  []*runfile.Run
	Floor Floor
}

// NewBaseline makes a baseline of runs. The error says why these runs cannot be one.
func NewBaseline(name string, saved time.Time, fresh bool, runs []*runfile.Run) (*Baseline, error) {
	b := &Baseline{Name: name, Saved: saved.UTC().Truncate(time.Second), Runs: runs}
	if err := b.checkRuns(); err != nil {
		return nil, err
	}
	b.Floor = MeasureFloor(runs, fresh)
	return b, nil
}

// Plan is the plan of all runs.
func (b *Baseline) Plan() *runfile.PlanRecord { return &b.Runs[0].Plan }

// Rate is the offered rate, in requests/s.
func (b *Baseline) Rate() float64 { return b.Plan().Phases[1].To }

// Round is the length of a round.
func (b *Baseline) Round() time.Duration { return b.Plan().Phases[1].DurationNS }

// checkRuns returns an error where the runs do not fit together as a baseline.
func (b *Baseline) checkRuns() error {
	if n := len(b.Runs); n < MinBaselineRuns || n > MaxBaselineRuns {
		return fmt.Errorf("it has %d runs: a baseline has %d to %d", n, MinBaselineRuns, MaxBaselineRuns)
	}
	first := b.Runs[0]
	if err := checkRounds(first.Plan.Phases); err != nil {
		return err
	}
	for i, r := range b.Runs {
		switch {
		case r.Interrupted:
			return fmt.Errorf("run %d was interrupted", i+1)
		case r.Target.Name != first.Target.Name:
			return fmt.Errorf("run %d is of another target than the first", i+1)
		}
		if why := Spoiled(r); why != "" {
			return fmt.Errorf("run %d is no evidence: %s", i+1, why)
		}
		if list := Differences(first, r); len(list) > 0 {
			return fmt.Errorf("run %d differs from the first in %s", i+1, strings.Join(list, "; "))
		}
	}
	return SameTime(b.Runs...)
}

// checkRounds returns an error unless the phases are a warm-up and rounds of one rate and length.
func checkRounds(phases []runfile.PhaseRecord) error {
	if len(phases) != 1+RoundsPerRun || phases[0].Kind != profiles.Warmup {
		return fmt.Errorf("its runs are not a warm-up and %d rounds", RoundsPerRun)
	}
	for _, p := range phases[1:] {
		if p.Kind != profiles.Hold || p.DurationNS != phases[1].DurationNS || p.From != p.To || p.To != phases[1].To || p.To <= 0 {
			return errors.New("its rounds are not of one rate and length")
		}
	}
	return nil
}

// floorTolerance is the relative difference that another processor's rounding may make.
const floorTolerance = 1e-6

// checkFloor returns an error unless the floor in the file is the floor that follows from the runs.
func (b *Baseline) checkFloor() error {
	want := MeasureFloor(b.Runs, b.Floor.Fresh)
	same := len(want.Noise) == len(b.Floor.Noise) && want.Runs == b.Floor.Runs && want.Pairs == b.Floor.Pairs
	for i := range want.Noise {
		if !same {
			break
		}
		w, g := want.Noise[i], b.Floor.Noise[i]
		same = w.Metric == g.Metric && alike(w.Pair, g.Pair) && alike(w.Process, g.Process) && alike(w.Run, g.Run)
	}
	if !same {
		return errors.New("its noise floor is not the one that its runs say")
	}
	return nil
}

func alike(a, b float64) bool { return math.Abs(a-b) <= floorTolerance }

// Spread is the median and the range of one metric over whole runs.
type Spread struct {
	Metric            Metric
	Median, Low, High float64 // durations in ns
	AtLeast           bool    // in some run the value was a lower bound
}

// Spreads returns the spread of each percentile and of goodput. A metric that some run did not measure is left out.
func (b *Baseline) Spreads() []Spread {
	var list []Spread
	for _, m := range floorMetrics() {
		s := Spread{Metric: m}
		var values []float64
		for _, r := range b.Runs {
			if v := m.read(r); v.ok && (m.Quantile == 0 || v.beyond >= 1) {
				values, s.AtLeast = append(values, v.value), s.AtLeast || v.atLeast
			}
		}
		if len(values) == len(b.Runs) {
			s.Median, s.Low, s.High = medianOf(values), slices.Min(values), slices.Max(values)
			list = append(list, s)
		}
	}
	return list
}
