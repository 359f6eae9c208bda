// Package compare decides whether one service is slower than another, from rounds that were driven at them in turn.
//
// The unit of evidence is the pair of neighbouring rounds of the same requests, or a run of a fresh start, and never the
// request: requests of one round share its luck. Nothing is assumed of how latencies are distributed; intervals come from
// ranks, so one round that a neighbour spoiled moves them little. How often the data is looked at is fixed beforehand and
// paid for. Inconclusive is an answer, not an error.
//
// [Trial] asks for rounds and is told what came of them; it is a pure value, so what it promises is tested by simulating
// thousands of comparisons without one request.
package compare
