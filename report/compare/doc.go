// Package compare decides whether one service is slower than another, from rounds that bench drives at them in turn.
//
// The unit of evidence is the pair of neighbouring rounds with the same requests, or a run with a fresh start, and never the
// request: requests of one round have the same luck. The methods assume no distribution of latencies; intervals come from
// ranks, so one disturbed round moves them little. The number of looks at the data is fixed beforehand and paid for.
// Inconclusive is an answer, not an error.
//
// [Trial] asks for rounds and takes their runs. It does no input or output, so its tests simulate thousands of comparisons
// without one request.
//
//   - trial.go, judge.go, decide.go, looks.go: the quads of a trial, the looks at them, the decision
//   - arrivals.go, metric.go, latency.go, parts.go, curve.go, paired_curve.go: what is compared, of requests or of journeys; start
//     here for another statistic
//   - paired.go, interval.go, signedrank.go, twosample.go, top.go, differences.go: the estimators and their intervals, and
//     the differences between two runs' plans
//   - errors.go, objective.go, guard.go: failed requests, thresholds of the new service, fairness of leaving out disturbed requests
//   - pilot.go, foresight.go, layout.go: the rate to compare at, what the planned quads can show, how rounds fit the time
//   - baseline.go, baseline_file.go, runbudget.go, floor.go: saved runs to compare with, their file, the machine's noise floor
//   - contrast.go: two of several arms by one percentile, for a sweep
//   - result.go: what comes out
package compare
