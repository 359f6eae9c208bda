package compare

import (
	"fmt"
	"math"
	"time"

	"github.com/seed-5a006608/bench/loadgen/runfile"
)

const (
	warmUpShare  = 0.1                    // part of a round, at its start, that does not count
	restartShare = 0.1                    // part of a quad's time that restarts may take
	wantedQuads  = 12                     // quads that must remain when rounds are lengthened
	leastRound   = 250 * time.Millisecond // shortest round that bench chooses when time is short
	flatRatio    = 0.01                   // greatest change of a warm cache's hit ratio between two looks
)

// Budget is the time that rounds have to fit into.
type Budget struct {
	Left     time.Duration // for the rounds
	Arms     int
	Rate     float64       // lowest rate offered to an arm, arrivals/s
	Overhead time.Duration // time that a round takes beyond its length, such as until its journeys have ended
	Restart  time.Duration // time for starting and warming all arms, once a quad; 0: no restarts
	Round    time.Duration // requested length of a round; 0: bench chooses
	Shortest time.Duration // shortest round that bench chooses
	Quantile float64       // 0-1: where time allows, rounds are lengthened until this percentile can just be judged, and no longer: more rounds tell more than longer ones
}

// Layout is the length and number of rounds.
type Layout struct {
	Round time.Duration // length of each, warm-up included
	Quads int           // quads that count; one more is discarded
}

// Layout returns the layout that fits the budget. The error says how much time is missing.
func (b Budget) Layout() (Layout, error) {
	perRound := float64(2 * b.Arms)
	round := b.Round
	if round == 0 {
		round = b.Shortest
		if b.Quantile > 0 && b.Rate > 0 {
			needed := seconds(enoughTop / 4 / (1 - b.Quantile) / b.Rate / (1 - warmUpShare) * 1.01)
			longest := seconds((b.Left/(wantedQuads+1)-b.Restart).Seconds()/perRound) - b.Overhead
			round = max(round, min(needed, longest))
		}
		round = round.Round(10 * time.Millisecond)
	}
	quad := time.Duration(perRound)*(round+b.Overhead) + b.Restart
	l := Layout{Round: round, Quads: int(b.Left/quad) - 1}
	if l.Quads < MinQuads && b.Round == 0 {
		// Rounds shorter than Shortest are better than no comparison.
		if fits := ((b.Left/(MinQuads+1)-b.Restart)/time.Duration(perRound) - b.Overhead).Truncate(10 * time.Millisecond); fits >= leastRound {
			return Layout{Round: fits, Quads: MinQuads}, nil
		}
	}
	if l.Quads < MinQuads {
		missing := (MinQuads+1)*quad - b.Left
		return l, fmt.Errorf("%w: it holds %d quads of %d rounds of %v, and %d are the least; %v more would do",
			ErrTime, max(l.Quads, 0), 2*b.Arms, round, MinQuads, missing.Round(time.Second)+time.Second)
	}
	return l, nil
}

// WarmUp is the length of a round's beginning, which does not count.
func (l Layout) WarmUp() time.Duration {
	return time.Duration(warmUpShare * float64(l.Round)).Round(time.Millisecond)
}

// Counted is the number of arrivals in the counted part of a round at a rate, in arrivals/s.
func (l Layout) Counted(rate float64) float64 { return rate * (l.Round - l.WarmUp()).Seconds() }

// Restarts reports whether starting all arms anew in each quad is worth its time. Two starts of one program may differ for
// as long as the processes live.
func (l Layout) Restarts(arms int, takes, overhead time.Duration) bool {
	return takes.Seconds() <= restartShare*float64(2*arms)*(l.Round+overhead).Seconds()
}

func seconds(s float64) time.Duration {
	return time.Duration(min(s, time.Hour.Seconds()) * float64(time.Second))
}

// RateOf returns a share of the rate that an arm reached at full speed, rounded down to two digits, in arrivals/s.
func RateOf(share float64, run *runfile.Run) float64 { return digits(share * fullSpeed(run)) }

// fullSpeed returns the rate of a run at full speed: requests/s, or journeys/s.
func fullSpeed(run *runfile.Run) float64 {
	if a := arrivalsOf(run); a.unit == Journeys {
		return a.rate(run)
	}
	return run.Overall.Achieved.Rate
}

// digits rounds a rate down to two digits.
func digits(v float64) float64 {
	if v <= 0 {
		return 0
	}
	p := math.Pow10(int(math.Floor(math.Log10(v))) - 1)
	return math.Floor(v/p) * p
}

// Fastest returns the rate that the slowest arm reached at full speed, in arrivals/s.
func Fastest(fast []*runfile.Run) float64 {
	slowest := math.Inf(1)
	for _, r := range fast {
		slowest = min(slowest, fullSpeed(r))
	}
	return slowest
}

// Warm reports whether a cache's hit ratio no longer grows from one run to the next. It is true for a service without a cache.
func Warm(before, now *runfile.Run) bool {
	a, b := HitRatio.read(before), HitRatio.read(now)
	return !b.ok && now.Overall.Cache.Misses == 0 || a.ok && b.ok && b.value-a.value < flatRatio
}
