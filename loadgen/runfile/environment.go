package runfile

import (
	"fmt"
)

// MeasuringGeneration numbers what figures mean and how they are taken. It rises when a run of this bench cannot be compared any
// more with one that was made in the same way by a bench of before; another version of the same generation can.
const MeasuringGeneration = 1

// firstGeneration is the generation of runs without one: they are older than the key.
const firstGeneration = 1

// Differences names what differs between two environments: each alone may explain a difference of latencies. nil: no difference.
func (e *Environment) Differences(f *Environment) []string {
	var list []string
	differ := func(what string, x, y any) {
		if x != y {
			list = append(list, fmt.Sprintf("%s: %v and %v", what, x, y))
		}
	}
	differ("system", e.OS+"/"+e.Arch, f.OS+"/"+f.Arch)
	differ("kernel", e.Kernel, f.Kernel)
	differ("processor", e.CPU, f.CPU)
	differ("processors", e.Processors, f.Processors)
	differ("control group's limit", e.quota(f), f.quota(e))
	differ("sharing of processors", e.CPUs, f.CPUs)
	if e.CPUs == f.CPUs { // where they are shared, each side has all
		differ("processors of the target", len(e.TargetCPUs), len(f.TargetCPUs))
		differ("processors of bench", len(e.GeneratorCPUs), len(f.GeneratorCPUs))
	}
	if a, b := e.generation(), f.generation(); a != b {
		list = append(list, fmt.Sprintf("measuring generation: %d and %d, between which it changed what figures mean or how they are taken", a, b))
	}
	return list
}

// quota writes the control group's limit to be compared with another environment's. What a file does not say is taken for no
// limit, and can be compared with that alone.
func (e *Environment) quota(other *Environment) string {
	switch q := e.Quota; {
	case q != nil && *q > 0:
		return fmt.Sprintf("%.3g processors", *q)
	case q == nil && other.Quota != nil && *other.Quota > 0:
		return notWritten
	}
	return "none"
}

// notWritten stands for a value that an older file lacks and that could make a difference.
const notWritten = "not written down (save it again)"

func (e *Environment) generation() int {
	if e.Generation == 0 {
		return firstGeneration
	}
	return e.Generation
}

// Remarks returns notes on the comparison of two environments that do not differ: other versions of bench, and values that
// one of them does not record.
func (e *Environment) Remarks(f *Environment) (list []string) {
	if e.Bench != f.Bench && e.generation() == f.generation() {
		list = append(list, fmt.Sprintf("they were made by bench %s and bench %s, which measure alike", e.Bench, f.Bench))
	}
	if (e.Generation == 0) != (f.Generation == 0) {
		list = append(list, "one was saved by a bench that did not write down the control group's limit, loops, spin and dns-ttl, or "+
			"its measuring generation: no limit, the defaults and the first are taken")
	}
	return list
}
