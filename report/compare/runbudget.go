package compare

import (
	"errors"
	"fmt"
	"time"
)

const (
	// WarmUpRounds is the length of the warm-up of a baseline's run, in rounds.
	WarmUpRounds = 0.5

	usualRound    = 2 * time.Second
	shortestRound = 500 * time.Millisecond // shortest round that bench chooses
)

// ErrTime means that the time for a comparison or a baseline is too short.
var ErrTime = errors.New("the time is too short")

// RunBudget is the time that the runs of a baseline have to fit into.
type RunBudget struct {
	Left     time.Duration
	Runs     int
	Rate     float64       // offered, requests/s
	Overhead time.Duration // time that a run takes beyond its plan: starting, warming
	Round    time.Duration // requested length of a round; 0: bench chooses
	Quantile float64       // 0-1: where time allows, rounds are lengthened until this percentile can be judged
}

// RoundLength returns the length of each round. The error says how much time is missing.
func (b RunBudget) RoundLength() (time.Duration, error) {
	longest := seconds((b.Left/time.Duration(b.Runs) - b.Overhead).Seconds() / (RoundsPerRun + WarmUpRounds))
	round := b.Round
	if round == 0 {
		needed := seconds(enough / (1 - b.Quantile) / b.Rate * 1.01)
		round = max(min(max(usualRound, needed), longest), shortestRound).Round(10 * time.Millisecond)
	}
	if round > longest+10*time.Millisecond {
		run := seconds(round.Seconds()*(RoundsPerRun+WarmUpRounds)) + b.Overhead
		return round, fmt.Errorf("%w: %d runs of %d rounds of %v take %v with starting, and %v are left",
			ErrTime, b.Runs, RoundsPerRun, round, (time.Duration(b.Runs) * run).Round(time.Second), max(b.Left, 0).Round(time.Second))
	}
	return round, nil
}
