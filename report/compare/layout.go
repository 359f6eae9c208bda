package compare

import (
	"fmt"
	"math"
	"time"

	"github.com/seed-5a006608/bench/loadgen/runfile"
)

const (
	warmUpShare  = 0.1                    // of a round, at its start, is not counted
	restartShare = 0.1                    // of a quad may go into starting anew what it compares
	wantedQuads  = 12                     // that longer rounds must leave
	leastRound   = 250 * time.Millisecond // that is chosen where the time is short
	flatRatio    = 0.01                   // by so much the hit ratio of a cache that is warm differs at most between two looks
)

// Budget is what rounds have to fit into.
type Budget struct {
	Left     time.Duration // for the rounds
	Arms     int
	Rate     float64       // the lowest that is offered to an arm, requests/s
	Overhead time.Duration // of a round, beyond its length
	Restart  time.Duration // starting and warming all arms, once a quad; 0: they are not started anew
	Round    time.Duration // length that was asked for; 0: chosen
	Shortest time.Duration // that is chosen
	Quantile float64       // 0-1: rounds are lengthened until it can just be judged, where time allows: more rounds tell more than longer ones
}

// Layout is how rounds fit.
type Layout struct {
	Round time.Duration // length of each, warm-up included
	Quads int           // that count; one more is thrown away
}

// Layout returns how the rounds fit, or by how much they do not.
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
		// Shorter ones rather than none.
		if fits := ((b.Left/(MinQuads+1)-b.Restart)/time.Duration(perRound) - b.Overhead).Truncate(10 * time.Millisecond); fits >= leastRound {
			return Layout{Round: fits, Quads: MinQuads}, nil
		}
	}
	if l.Quads < MinQuads {
		missing := (MinQuads+1)*quad - b.Left
		return l, fmt.Errorf("the time holds %d quads of %d rounds of %v, and %d are the least: %v more would do (--max-time)",
			max(l.Quads, 0), 2*b.Arms, round, MinQuads, missing.Round(time.Second)+time.Second)
	}
	return l, nil
}

// WarmUp is the beginning of a round that is not counted.
func (l Layout) WarmUp() time.Duration {
	return time.Duration(warmUpShare * float64(l.Round)).Round(time.Millisecond)
}

// Counted is how many requests a round counts at a rate, in requests/s.
func (l Layout) Counted(rate float64) float64 { return rate * (l.Round - l.WarmUp()).Seconds() }

// Restarts reports whether starting all arms anew in each quad is worth its time: two starts of one program may differ for
// as long as they live.
func (l Layout) Restarts(arms int, takes, overhead time.Duration) bool {
	return takes.Seconds() <= restartShare*float64(2*arms)*(l.Round+overhead).Seconds()
}

func seconds(s float64) time.Duration {
	return time.Duration(min(s, time.Hour.Seconds()) * float64(time.Second))
}

// RateOf returns a share of what an arm did as fast as it could, of two digits, in requests/s.
func RateOf(share float64, run *runfile.Run) float64 {
	return digits(share * run.Overall.Achieved.Rate)
}

// digits rounds a rate down to two digits.
func digits(v float64) float64 {
	if v <= 0 {
		return 0
	}
	p := math.Pow10(int(math.Floor(math.Log10(v))) - 1)
	return math.Floor(v/p) * p
}

// Fastest returns what the slowest arm did as fast as it could, in requests/s.
func Fastest(fast []*runfile.Run) float64 {
	slowest := math.Inf(1)
	for _, r := range fast {
		slowest = min(slowest, r.Overall.Achieved.Rate)
	}
	return slowest
}

// Warm reports whether a cache's hit ratio no longer grows from one run to the next, or there is none to warm.
func Warm(before, now *runfile.Run) bool {
	a, b := HitRatio.read(before), HitRatio.read(now)
	return !b.ok && now.Overall.Cache.Misses == 0 || a.ok && b.ok && b.value-a.value < flatRatio
}
