// Package loadgen drives a plan at a target and records what happened: requests at their intended times, four durations
// for each, percentiles that include what never finished, and a verdict on what limited the run.
//
// The order of things is: a [Plan] becomes numbered requests; an engine pulls the next number, sends, and hands back a
// sample; the recorder counts it; when all is over a [runfile.Run] is built, which is all that anything later reads.
//
// Its stance: request k, with its intended start, endpoint and values, is a pure function of the plan, the seed and k,
// so that engines agree and rounds can be paired. Latency counts from the intended start. A request that never finished
// is counted at the age it had, as a lower bound. What the tool itself did late is kept apart from what the target did.
package loadgen
