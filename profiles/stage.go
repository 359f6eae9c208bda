package profiles

import (
	"errors"
	"fmt"
	"strings"
	"time"
)

// A Stage goes linearly from the rate where the stage before it ended to Rate, in requests per second, within Duration,
// as in k6. The first one holds its Rate. A stage of no duration jumps.
type Stage struct {
	Duration time.Duration
	Rate     float64
}

// ParseStage reads "DURATION:RATE", such as "10s:100/s".
func ParseStage(s string) (Stage, error) {
	duration, rate, ok := strings.Cut(s, ":")
	if !ok {
		return Stage{}, fmt.Errorf("stage must be DURATION:RATE, such as 10s:100/s, got %s", quote(s))
	}
	d, err := parseDuration(duration)
	if err != nil {
		return Stage{}, fmt.Errorf("stage %s: %w", quote(s), err)
	}
	r, err := ParseRate(rate)
	if err != nil {
		return Stage{}, fmt.Errorf("stage %s: %w", quote(s), err)
	}
	return Stage{Duration: d, Rate: r}, nil
}

// FromStages makes a profile named "stages" with even arrivals. Its phases are named stage-1, stage-2, … after the
// stages they come from; their kind is [Hold] where the rate stays and [Ramp] where it changes.
func FromStages(stages []Stage) (Profile, error) {
	if len(stages) == 0 {
		return Profile{}, errors.New("no stages; give at least one, such as 10s:100/s")
	}
	p := Profile{Name: "stages", Arrivals: Even}
	from := stages[0].Rate
	for i, st := range stages {
		if st.Duration < 0 {
			return Profile{}, fmt.Errorf("stage %d: duration must be 0 or more, got %v", i+1, st.Duration)
		}
		if st.Duration > 0 {
			kind := Ramp
			if from == st.Rate {
				kind = Hold
			}
			p.Phases = append(p.Phases, Phase{Name: fmt.Sprintf("stage-%d", i+1), Kind: kind, Duration: st.Duration, From: from, To: st.Rate})
		}
		from = st.Rate
	}
	if err := p.Validate(); err != nil {
		return Profile{}, err
	}
	return p, nil
}

func parseDuration(s string) (time.Duration, error) {
	d, err := time.ParseDuration(s)
	if err != nil {
		return 0, fmt.Errorf("duration must be a number with a unit such as 500ms, 8s or 1h30m, got %s", quote(s))
	}
	return d, nil
}
