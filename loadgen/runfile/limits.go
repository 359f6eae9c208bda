package runfile

// SentShare of the requests whose slot was free when due must have been sent.
const SentShare = 0.99

// Severity is the order of the verdicts, the worst one first.
var Severity = []VerdictKind{HostLimited, GeneratorLimited, TargetLimited, Valid}

// The kinds of failure that are bench's own limits. A request that fails so was not sent, and makes its phase
// GENERATOR-LIMITED.
const (
	OutOfDescriptors = "generator: out of descriptors"
	OutOfPorts       = "generator: out of ports"
	TooManyJourneys  = "generator: too many journeys" // in progress at once
)

// OwnLimit reports whether a limit of bench itself caused a failure.
func (e *ErrorCount) OwnLimit() bool {
	return e.Kind == OutOfDescriptors || e.Kind == OutOfPorts || e.Kind == TooManyJourneys
}

// GeneratorProcessors returns how many processors bench might use.
func (e *Environment) GeneratorProcessors() int {
	if n := len(e.GeneratorCPUs); n > 0 {
		return n
	}
	return max(e.Processors, 1)
}
