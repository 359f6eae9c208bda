package compare

import (
	"errors"
	"strings"
	"testing"
	"time"
)

func TestRoundsOfABaselineFitItsTime(t *testing.T) {
	for _, tc := range []struct {
		budget RunBudget
		want   time.Duration
		why    string
	}{
		{RunBudget{Left: 3 * time.Minute, Runs: 10, Rate: 2000, Quantile: 0.99}, 2 * time.Second, "4,000 requests a round are more than P99 takes"},
		{RunBudget{Left: 3 * time.Minute, Runs: 10, Rate: 200, Quantile: 0.99}, 2520 * time.Millisecond, "505 requests do"},
		{RunBudget{Left: 3 * time.Minute, Runs: 10, Rate: 100, Quantile: 0.99}, 4 * time.Second, "no more than 4 s fit"},
		{RunBudget{Left: 3 * time.Minute, Runs: 10, Rate: 100, Overhead: 9 * time.Second, Quantile: 0.99}, 2 * time.Second, "starting takes half of it"},
		{RunBudget{Left: time.Minute, Runs: 10, Rate: 800, Round: time.Second, Quantile: 0.99}, time.Second, "asked for"},
	} {
		if got, err := tc.budget.RoundLength(); got != tc.want || err != nil {
			t.Errorf("%+v: %v, %v, want %v: %s", tc.budget, got, err, tc.want, tc.why)
		}
	}
	for _, b := range []RunBudget{
		{Left: 20 * time.Second, Runs: 10, Rate: 800, Quantile: 0.99},
		{Left: 60 * time.Second, Runs: 10, Rate: 800, Round: 2 * time.Second},
		{Left: time.Second, Runs: 10, Rate: 800, Overhead: time.Second},
		{Left: -time.Second, Runs: 10, Rate: 800, Overhead: time.Second},
	} {
		if got, err := b.RoundLength(); err == nil || !errors.Is(err, ErrTime) || strings.Contains(err.Error(), "-") {
			t.Errorf("%+v: %v, %v", b, got, err)
		}
	}
}
