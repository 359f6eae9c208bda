package profiles

import (
	"errors"
	"fmt"
	"math"
	"strings"
	"time"

	"github.com/seed-5a006608/bench/loadgen/units"
)

// Think is the think time of users between an answer and their next request. The zero value means: no think time.
type Think struct {
	Law       ThinkLaw
	Mean      time.Duration
	Low, High time.Duration // of [UniformThink]
}

// ThinkLaw is the distribution of think times. The zero value means: always the same.
type ThinkLaw string

const (
	FixedThink       ThinkLaw = ""
	UniformThink     ThinkLaw = "uniform" // uniform between Low and High
	ExponentialThink ThinkLaw = "exp"     // exponential, as the gaps between requests of independent users
)

// errThinkShare is about a think time that could be below 0.
var errThinkShare = errors.New("it varies by at most 100%, as in 1s±50%")

// MaxThink is the greatest mean of a think time, and the greatest High of a uniform one.
const MaxThink = time.Hour

// ParseThink reads a think time: "1s", or "fixed:1s", is always as long, "1s±50%" (or "1s+-50%") and "500ms..1.5s" are equally often each
// between two, "exp:1s" is exponential with that mean.
func ParseThink(s string) (Think, error) {
	t, err := parseThink(s)
	switch {
	case errors.Is(err, errThinkShare):
		return Think{}, fmt.Errorf("think time %s: %w", quote(s), err)
	case err != nil:
		return Think{}, fmt.Errorf("think time must be such as 1s, 1s±50%%, exp:1s or 1s..3s, got %s", quote(s))
	case t.Low < 0 || t.Mean < 0:
		return Think{}, fmt.Errorf("think time must not be below 0, got %s", quote(s))
	case t.High < t.Low:
		return Think{}, fmt.Errorf("think time %s ends before it begins: write the shorter one first", quote(s))
	case max(t.Mean, t.High) > MaxThink:
		return Think{}, fmt.Errorf("think time must be at most %v, got %s", MaxThink, quote(s))
	}
	return t, nil
}

func parseThink(s string) (Think, error) {
	if fixed, ok := strings.CutPrefix(s, "fixed:"); ok {
		d, err := time.ParseDuration(fixed)
		return Think{Mean: d}, err
	}
	if mean, ok := strings.CutPrefix(s, "exp:"); ok {
		d, err := time.ParseDuration(mean)
		return Think{Law: ExponentialThink, Mean: d}, err
	}
	if low, high, ok := strings.Cut(s, ".."); ok {
		from, err := time.ParseDuration(low)
		if err != nil {
			return Think{}, err
		}
		to, err := time.ParseDuration(high)
		return uniformThink(from, to), err
	}
	mean, share, ok := strings.Cut(strings.Replace(s, "+-", "±", 1), "±")
	d, err := time.ParseDuration(mean)
	if err != nil || !ok {
		return Think{Mean: d}, err
	}
	percent, ok := units.ParsePercent(share)
	if ok && percent > 100 {
		return Think{}, errThinkShare
	}
	if !ok || percent < 0 {
		return Think{}, fmt.Errorf("not a share of it: %s", share)
	}
	by := time.Duration(math.Round(percent / 100 * float64(d)))
	return uniformThink(d-by, d+by), nil
}

func uniformThink(low, high time.Duration) Think {
	if low == high {
		return Think{Mean: low}
	}
	return Think{Law: UniformThink, Mean: low + (high-low)/2, Low: low, High: high}
}

// String writes t as [ParseThink] reads it.
func (t Think) String() string {
	switch t.Law {
	case UniformThink:
		return fmt.Sprintf("%v..%v", t.Low, t.High)
	case ExponentialThink:
		return fmt.Sprintf("exp:%v", t.Mean)
	}
	return t.Mean.String()
}

// Draw returns how long a user thinks after request k.
func (t Think) Draw(s Stream, k uint64) time.Duration {
	switch t.Law {
	case UniformThink:
		return t.Low + time.Duration(float64(t.High-t.Low)*s.Float64(k))
	case ExponentialThink:
		return time.Duration(float64(t.Mean) * s.Exp(k))
	}
	return t.Mean
}

// Rest returns the quantile q (0 to below 1) of the residual think time of a user in the steady state. Users who start with
// such quantiles begin in the steady state. The density is P(think time > x) / mean (Cox, Renewal Theory, 1962, §5.2):
// uniform for a fixed think time, exponential for an exponential one.
func (t Think) Rest(q float64) time.Duration {
	m := float64(t.Mean)
	switch t.Law {
	case ExponentialThink:
		return time.Duration(-m * math.Log1p(-q))
	case UniformThink:
		low, high := float64(t.Low), float64(t.High)
		if q*m <= low {
			return time.Duration(q * m)
		}
		width := high - low
		return time.Duration(high - math.Sqrt(max(0, width*width-2*width*(q*m-low))))
	}
	return time.Duration(q * m)
}

// Most returns the longest think time that is drawn.
func (t Think) Most() time.Duration {
	switch t.Law {
	case UniformThink:
		return t.High
	case ExponentialThink:
		return time.Duration(float64(t.Mean) * 53 * math.Ln2) // of the smallest draw, see [Stream.Exp]
	}
	return t.Mean
}
