package compare

import (
	"fmt"
	"math"
	"sync"

	"gonum.org/v1/gonum/integrate/quad"
	"gonum.org/v1/gonum/stat/distuv"
)

const (
	alpha = 0.05 // two-sided error of a row over all looks

	// MinQuads is the least budget: with fewer than 12 pairs the first step of Holm's procedure has no bound.
	MinQuads = 6
)

// lookTimes are the shares of the budget at which the data is looked at.
var lookTimes = []float64{0.35, 0.55, 0.75, 1}

// looksOf returns the numbers of quads after which the data is looked at: whole quads, so that the order is balanced.
func looksOf(quads int) []int {
	var looks []int
	for _, t := range lookTimes {
		q := max(int(math.Round(t*float64(quads))), MinQuads)
		if q <= quads && (len(looks) == 0 || q > looks[len(looks)-1]) {
			looks = append(looks, q)
		}
	}
	return looks
}

// known caches the results of nominalLevels: every look of every trial with one budget asks for the same.
var known sync.Map // string → []float64

// spending is nominalLevels with a cache.
func spending(total float64, times []float64) []float64 {
	key := fmt.Sprint(total, times)
	if levels, ok := known.Load(key); ok {
		return levels.([]float64)
	}
	levels := nominalLevels(total, times)
	known.Store(key, levels)
	return levels
}

// lastLevel is the level of a budget's last look, where all looks together may spend total.
func lastLevel(total float64) float64 {
	levels := spending(total, lookTimes)
	return levels[len(levels)-1]
}

// nominalLevels returns the two-sided level of each look at the times 0 < t₁ < t₂ … ≤ 1, so that all looks up to t together
// err with probability total·t³ (the power family of Kim and DeMets, Biometrika 74, 1987, ρ = 3, which spends little early).
//
// The boundary b of each look solves P(|B(t)| ≥ b, not crossed before) = its share for Brownian motion B, by the recursion
// of Armitage, McPherson and Rowe (J. R. Statist. Soc. A 132, 1969): the density of what has not crossed is carried from
// look to look, here on Gauss–Legendre nodes, as it is smooth between the bounds. A level is 2(1 − Φ(b/√t)).
func nominalLevels(total float64, times []float64) []float64 {
	const nodes = 64
	levels := make([]float64, len(times))
	at, density := []float64{0}, []float64{1} // the points that carry what has not crossed, and their masses
	var before, spent float64
	for i, t := range times {
		step := math.Sqrt(t - before)
		crossing := func(b float64) float64 {
			var p float64
			for j, x := range at {
				p += density[j] * (upper((b-x)/step) + upper((b+x)/step))
			}
			return p
		}
		share := total*t*t*t - spent
		low, high := 0.0, 40*math.Sqrt(t)
		for range 80 {
			if b := (low + high) / 2; crossing(b) > share {
				low = b
			} else {
				high = b
			}
		}
		levels[i] = 2 * upper(high/math.Sqrt(t))
		next, weight := make([]float64, nodes), make([]float64, nodes)
		quad.Legendre{}.FixedLocations(next, weight, -high, high)
		for k, y := range next {
			var f float64
			for j, x := range at {
				z := (y - x) / step
				f += density[j] * math.Exp(-z*z/2)
			}
			weight[k] *= f / (step * math.Sqrt(2*math.Pi))
		}
		at, density = next, weight
		before, spent = t, total*t*t*t
	}
	return levels
}

// upper is 1 − Φ(z).
func upper(z float64) float64 { return distuv.UnitNormal.Survival(z) }
