// Package runfile is the document that a run leaves, and all that later reads it: whoever judges imports this package and
// no engine.
//
//   - run.go, phase.go, samples.go, kernel.go, second_kinds.go, addresses.go, redirects.go, disturbances.go, targetprofile.go: what a [Run] holds
//   - histogram.go, geometry.go, dist.go, bins.go, targettime.go: durations, as histograms of one geometry and their figures
//   - environment.go, plandiffer.go, engine_differences.go, sequence.go, target.go: how it was made, and what of that
//     differs between two runs
//   - file.go, schema.go, check.go, replacefile.go: reading what may be hostile, writing what is never half there
//   - merge.go, pool.go: shares of one schedule and repetitions, added up without loss
//   - threshold*.go: what a run is to hold, and whether it does
//   - mannkendall.go, disturbance_rule.go: what runs and models judge alike by
//   - progress.go, preview.go, mirrored.go: a run while it goes on, a plan before it, one plan at two targets
package runfile
