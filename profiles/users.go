package profiles

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// MaxVUs is the greatest number of users at once.
const MaxVUs = 100_000

// FirstVUs is the number of users at the start of a ramp in the first phase, as in k6.
const FirstVUs = 1

// OfUsers reports whether the profile gives numbers of users rather than rates.
func (p Profile) OfUsers() bool { return p.MostVUs() > 0 }

// MostVUs returns the greatest number of users at once.
func (p Profile) MostVUs() (most int) {
	for _, ph := range p.Phases {
		most = max(most, ph.FromVUs, ph.ToVUs)
	}
	return most
}

// A VUStage goes linearly from the users where the stage before it ended to VUs within Duration, as in k6's ramping-vus. A
// stage of no duration jumps.
type VUStage struct {
	Duration time.Duration
	VUs      int
}

// ParseVUStage reads "DURATION:USERS", such as "30s:20".
func ParseVUStage(s string) (VUStage, error) {
	duration, number, ok := strings.Cut(s, ":")
	if !ok {
		return VUStage{}, fmt.Errorf("stage must be DURATION:USERS, such as 30s:20, got %s", quote(s))
	}
	d, err := parseDuration(duration)
	if err != nil {
		return VUStage{}, fmt.Errorf("stage %s: %w", quote(s), err)
	}
	n, err := parseVUs(number)
	if err != nil {
		return VUStage{}, fmt.Errorf("stage %s: %w", quote(s), err)
	}
	return VUStage{d, n}, nil
}

// FromVUStages makes a profile of users named "users" that begins with so many. Its phases are named as those of
// [FromStages].
func FromVUStages(from int, stages []VUStage) (Profile, error) {
	if len(stages) == 0 {
		return Profile{}, errors.New("no stages; give at least one, such as 30s:20")
	}
	p := Profile{Name: "users", Arrivals: Even}
	for i, st := range stages {
		if st.Duration < 0 {
			return Profile{}, fmt.Errorf("stage %d: duration must be 0 or more, got %v", i+1, st.Duration)
		}
		if st.Duration > 0 {
			kind := Ramp
			if from == st.VUs {
				kind = Hold
			}
			p.Phases = append(p.Phases, Phase{Name: fmt.Sprintf("stage-%d", i+1), Kind: kind, Duration: st.Duration, FromVUs: from, ToVUs: st.VUs})
		}
		from = st.VUs
	}
	if len(p.Phases) > 0 && !p.OfUsers() {
		return Profile{}, errors.New("no stage has a user; give one that has, such as 30s:20")
	}
	if err := p.Validate(); err != nil {
		return Profile{}, err
	}
	return p, nil
}

func parseVUs(s string) (int, error) {
	n, err := strconv.Atoi(s)
	if err != nil || n < 0 || n > MaxVUs {
		return 0, fmt.Errorf("vus must be a whole number of users of at most %d, got %s", MaxVUs, quote(s))
	}
	return n, nil
}

// parsePhaseVUs reads the users of a phase, "20" or "5..20". A ramp to a single number begins where the phase before it ended.
func parsePhaseVUs(s string, ramp bool, before int) (from, to int, err error) {
	if low, high, ok := strings.Cut(s, ".."); ok {
		if from, err = parseVUs(low); err == nil {
			to, err = parseVUs(high)
		}
		return from, to, err
	}
	if to, err = parseVUs(s); !ramp {
		before = to
	}
	return before, to, err
}

// formatPhaseVUs writes the users of a phase so that [parsePhaseVUs] reads the same back, whatever comes before.
func formatPhaseVUs(ph Phase) string {
	if ph.FromVUs == ph.ToVUs && ph.Kind != Ramp {
		return strconv.Itoa(ph.ToVUs)
	}
	return fmt.Sprintf("%d..%d", ph.FromVUs, ph.ToVUs)
}
