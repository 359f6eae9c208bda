// Package capacity answers how much load a service can take, what limits it, how many instances a demand needs and what they
// cost. Everything is computed from measured runs, by models with a cited source, and every fitted figure has an interval.
// Refusing is an answer: where the data cannot tell, the model says why.
//
//   - search.go, staircase.go, lengthen.go, standing.go: the next step of a search, from the steps so far
//   - measurement.go, customers.go, unit.go, objective.go: one step of requests or journeys, judged by the objectives
//   - edge.go, posterior.go: the highest rate that meets the objectives, as a posterior distribution
//   - assess.go, fromrun.go, limit.go, saturation.go, knee.go, expect.go, predict.go, contradiction.go, explain.go: the
//     conclusions from all steps, and where measurements contradict a model
//   - usl.go, law.go, sharp.go, bounds.go: the scalability law of the closed staircase
//   - demand.go, waking.go, resources.go, mmc.go, mmcfit.go: the utilisation law and the queue M/M/c
//   - plan.go, plantext.go, inputs.go, curve.go, peaks.go, growth.go, trend.go, price.go, budget.go, autoscale.go: instances
//     and cost over the coming months
//   - file.go, check.go, estimate.go: the capacity file, and figures with intervals
//
// Rates are in requests per second and times in seconds unless a type says otherwise. Intervals are 95 %.
package capacity
