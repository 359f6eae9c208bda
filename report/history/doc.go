// Package history finds when the latency of a service changed over its saved runs.
//
// Runs of one plan at one target on one machine are a series; what differs is never put on one line. Change points are
// those of E-divisive means with Student's t-test in the place of permutations, so the same series always gives the same
// points. A change point is where the level of neighbouring runs changed, and not why: that is for whoever looks at what
// was deployed then.
//
// [Changes] is the method alone, on any series of numbers. [Collector] makes series of runs.
package history
