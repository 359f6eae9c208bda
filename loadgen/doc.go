// Package loadgen drives a plan at a target and records what happened: requests at their intended times, four durations
// for each, percentiles that include what never finished, and a verdict on what limited the run.
//
// The order of things is: a [Plan] becomes numbered requests; an engine pulls the next number, sends, and hands back a
// sample; the recorder counts it; when all is over a [runfile.Run] is built, which is all that anything later reads.
//
//   - plan.go, job.go, closed.go, engines.go: what is asked for, checked and compiled once
//   - drive.go, engine*.go, http_version.go, destination.go, proxy.go, redirects.go: an engine, driven
//   - sample.go, shard.go, second.go, instep.go, totals.go, timeline.go, byaddress.go, targettime.go, heldback.go, nevertaken.go:
//     what is counted, by phase, second, address and endpoint
//   - memory.go, network.go, profiling.go, progress.go: the memory that this takes, what the kernel tells, a profile of the target,
//     and how the run goes on
//   - answermarks.go, versions.go, originload.go, readback.go: what answers tell of caches, which reads were stale, what the
//     origin behind the target is asked, and which writes it lacks
//   - journeys.go: requests that follow on others
//   - disturbance.go, lateness.go, pause.go, clock.go, watch.go: what bench and its machine did late
//   - recording.go, backlog.go, recovery.go, verdict.go, condition.go: the run that is built, and what limited or ended it
//   - mirror.go, pairing.go, differ.go: one plan at two targets at once; preflight_*.go, preview.go: before a run
//
// Its stance: request k, with its intended start, endpoint and values, is a pure function of the plan, the seed and k,
// so that engines agree and rounds can be paired. Latency counts from the intended start. A request that never finished
// is counted at the age it had, as a lower bound. What the tool itself did late is kept apart from what the target did.
package loadgen
