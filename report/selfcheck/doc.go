// Package selfcheck judges the load generator: how late it sends, and how far the latencies that it reports are from
// those that a server of known truth logged for the same requests.
//
// Its stance: the generator's own word counts only where nobody else knows. Service and response times are held against
// the server's log, request by request in the order in which they came; what a freeze of the server must show follows
// from its length alone. A machine is trusted up to the highest rate that was measured and held, never beyond it; an
// idle thread watched beside the engine tells what is the machine's doing.
//
// [Check] is a pure value: Next says what to measure, Add takes what came of it, Report is the judgement so far. Starting
// servers and driving is left to the caller, and so a check can be made of runs that never were.
package selfcheck
