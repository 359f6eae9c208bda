// Package history finds when the latency of a service changed over its saved runs.
//
// Runs of one plan at one target on one machine are a series; runs that differ are separate series. Change points are
// those of E-divisive means with Student's t-test in the place of permutations, so the same series always gives the same
// points. A change point tells where the level changed, and not why.
//
//   - changes.go, divergence.go, ttest.go: [Changes], the method for any series of numbers
//   - series.go: [Collector], which sorts runs into series
package history
