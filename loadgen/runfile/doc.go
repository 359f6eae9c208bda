// Package runfile is the document of a run, with its readers and its verdicts. Code that judges imports this package and no
// engine.
//
//   - run.go, phase.go, samples.go, kernel.go, second_kinds.go, addresses.go, connections.go, redirects.go, journeys.go, consistency.go,
//     origin.go, cachewarmup.go, disturbances.go, targetprofile.go: the parts of a [Run]
//   - histogram.go, geometry.go, encode.go, dist.go, figure.go, bins.go, targettime.go: durations, as histograms of one geometry and
//     their figures
//   - environment.go, plandiffer.go, engine_differences.go, sequence.go, target.go: how it was made, and what of that
//     differs between two runs
//   - file.go, schema.go, check.go, text.go, replacefile.go: reading untrusted files, writing files whole or not at all
//   - merge.go, pool.go: shares of one schedule and repetitions, added up without loss
//   - threshold*.go: thresholds and their results; start here for a new metric
//   - mannkendall.go, disturbance_rule.go, limits.go: rules common to runs and models
//   - progress.go, preview.go, mirrored.go: a run while it goes on, a plan before it, one plan at two targets
package runfile
