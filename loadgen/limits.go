package loadgen

// sentShare of the requests whose slot was free when due must have been sent.
const sentShare = 0.99

// severity is the order of the verdicts, the worst one first.
var severity = []VerdictKind{HostLimited, GeneratorLimited, TargetLimited, Valid}

// The kinds of failure that are bench's own limits. A request that fails so was not sent, and makes its phase
// GENERATOR-LIMITED.
const (
	OutOfDescriptors = "generator: out of descriptors"
	OutOfPorts       = "generator: out of ports"
)

// generatorProcessors returns how many processors bench might use.
func (e *Environment) generatorProcessors() int {
	if n := len(e.GeneratorCPUs); n > 0 {
		return n
	}
	return max(e.Processors, 1)
}
