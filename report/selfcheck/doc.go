// Package selfcheck judges the load generator: how late it sends, and how far its latencies are from those in a reference
// server's log of the same requests.
//
// Its stance: the generator's own word counts only where nobody else knows. Service and response times are held against
// the server's log, request by request in the order in which they came; what a freeze of the server must show follows
// from its length alone. A machine is trusted up to the highest rate that was measured and held, never beyond it; an
// idle thread beside the engine shows the machine's own lateness.
//
// [Check] does no input or output: Next returns the next step, Add takes its run, Report is the verdict so far. The caller
// starts servers and drives, so tests can use simulated runs.
//
//   - check.go, step.go, ladder.go: the steps and their order
//   - judge.go, truth.go: the tests, and the comparison with the server's log
//   - report.go, file.go: the report and its JSON
//   - idle_*.go: the idle thread
package selfcheck
