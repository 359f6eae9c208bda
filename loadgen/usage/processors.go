package usage

import (
	"os"
	"runtime"
)

// StartProcessors is how many processors this process might use at once when it began. It is read before [Pin] can take any
// away, because two runs are comparable only if they had the same processors to share out.
var StartProcessors = len(Usable())

// startAffinity is how many processors this process might run on when it began.
var startAffinity = len(Processors())

// reachable returns a limit of processor time, or 0 where so many processors cannot reach it.
func reachable(quota float64, processors int) *float64 {
	if quota >= float64(processors) {
		quota = 0
	}
	return &quota
}

// Usable returns those of [Processors] that can be used at once: no more than the control group's limit of processor time
// leaves, as Go's runtime counts it (two at the least), and what the variable GOMAXPROCS says left aside.
func Usable() []int {
	all := Processors()
	return all[:min(len(all), granted)]
}

// granted is how many processors the control group leaves to this process. It is read when the process begins: the runtime
// counts by the affinity of that time too.
var granted = func() int {
	if os.Getenv("GOMAXPROCS") != "" {
		set := runtime.GOMAXPROCS(0)
		defer runtime.GOMAXPROCS(set)
		runtime.SetDefaultGOMAXPROCS()
	}
	return runtime.GOMAXPROCS(0)
}()

// Split shares processors out between a target on this host and the generator: every one but the last for the target,
// the last for the generator, which leaves the service the processor that takes most interrupts and the generator one
// that nothing else is given. With fewer than two there is nothing to share out, and both are nil.
func Split(cpus []int) (target, generator []int) {
	if len(cpus) < 2 {
		return nil, nil
	}
	last := len(cpus) - 1
	return append([]int(nil), cpus[:last]...), append([]int(nil), cpus[last])
}

// firstProcessors are the numbers 0 to n-1.
func firstProcessors(n int) []int {
	cpus := make([]int, n)
	for i := range cpus {
		cpus[i] = i
	}
	return cpus
}
