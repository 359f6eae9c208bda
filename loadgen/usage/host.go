package usage

import (
	"fmt"
	"runtime"
	"time"

	"github.com/seed-5a006608/bench/loadgen/runfile"

	// v3, as v4 does nothing more for what is read here.
	"github.com/shirou/gopsutil/v3/cpu"
	"github.com/shirou/gopsutil/v3/mem"
	"github.com/shirou/gopsutil/v3/net"
)

// throttling is how long, and in how many periods, control groups have been held back by their limits.
type throttling struct {
	time    time.Duration
	periods uint64
}

// hostReading is the state of the host; what is counted is counted since it was started.
type hostReading struct {
	busy, all  float64 // s, all processors together
	steal      float64 // s, of the processors that bench may use
	memoryUsed uint64
	in, out    uint64 // bytes of all interfaces, loopback too
	switches   uint64
	throttling throttling
}

// readHost reads what every system tells by gopsutil, and the rest from sys. False when any of the former is not to be
// had; lacking names the latter that is not.
func readHost(sys *system, lacking *lacks) (hostReading, bool) {
	var r hostReading
	times, errTimes := cpu.Times(false)
	memory, errMemory := mem.VirtualMemory()
	traffic, errTraffic := net.IOCounters(false)
	if errTimes != nil || len(times) != 1 || errMemory != nil || errTraffic != nil || len(traffic) != 1 {
		lacking.add("use of the host is not sampled: this system does not tell its processor times, memory and network bytes")
		return r, false
	}
	// Guest time is left out: Linux has it in user time already.
	t := times[0]
	r.busy = t.User + t.Nice + t.System + t.Irq + t.Softirq
	r.all = r.busy + t.Steal + t.Idle + t.Iowait
	r.steal = t.Steal
	if each, err := cpu.Times(true); err == nil {
		r.steal = stealOf(each, Processors(), t.Steal)
	}
	r.memoryUsed = memory.Used
	r.in, r.out = traffic[0].BytesRecv, traffic[0].BytesSent

	var ok bool
	if r.switches, ok = sys.hostSwitches(); !ok {
		lacking.add("context switches of the host are not sampled: this system does not tell them")
	}
	if r.throttling, ok = sys.throttled(); !ok {
		lacking.add("throttling by control groups is not sampled: they cannot be read here")
	}
	if runtime.GOOS != "linux" {
		lacking.add("processor time taken by a hypervisor is not sampled: only Linux tells it")
	}
	return r, true
}

// stealOf adds up what the hypervisor took of the processors with those numbers, of whose time each tells; all, what it took
// of the whole host, where not each of them is told.
func stealOf(each []cpu.TimesStat, processors []int, all float64) float64 {
	of := map[string]float64{}
	for _, t := range each {
		of[t.CPU] = t.Steal
	}
	var sum float64
	for _, n := range processors {
		steal, told := of[fmt.Sprintf("cpu%d", n)]
		if !told {
			return all
		}
		sum += steal
	}
	return sum
}

// since is the use of the host from one reading to a later one.
func (r hostReading) since(before hostReading, at time.Duration) runfile.HostSample {
	sample := runfile.HostSample{
		AtNS:             at,
		StealNS:          time.Duration(max(0, r.steal-before.steal) * float64(time.Second)),
		MemoryUsed:       r.memoryUsed,
		NetworkIn:        grown(before.in, r.in),
		NetworkOut:       grown(before.out, r.out),
		Switches:         grown(before.switches, r.switches),
		ThrottledNS:      max(0, r.throttling.time-before.throttling.time),
		ThrottledPeriods: grown(before.throttling.periods, r.throttling.periods),
	}
	if all := r.all - before.all; all > 0 {
		sample.Busy = min(1, max(0, (r.busy-before.busy)/all))
	}
	return sample
}

// grown is the growth of a counter, 0 if it was set back, as by an interface that was removed.
func grown(before, now uint64) uint64 {
	if now < before {
		return 0
	}
	return now - before
}
