//go:build !linux

package usage

import (
	"time"

	ps "github.com/shirou/gopsutil/v3/process"
)

// system is what a sampler reads of the system it runs on. Where there is no Linux that is what gopsutil finds: no
// reaped children, no waiting of threads for a processor, no control groups.
type system struct{}

func newSystem() *system { return &system{} }

func (*system) read(pid int) (process, error) {
	p, err := ps.NewProcess(int32(pid))
	if err != nil {
		return process{}, errNoProcess
	}
	times, err := p.Times()
	if err != nil {
		return process{}, errNoProcess
	}
	found := process{pid: pid, cpu: time.Duration((times.User + times.System) * float64(time.Second))}
	if created, err := p.CreateTime(); err == nil {
		found.started = uint64(created)
	}
	if parent, err := p.Ppid(); err == nil {
		found.parent = int(parent)
	}
	if memory, err := p.MemoryInfo(); err == nil {
		found.rss = memory.RSS
	}
	if threads, err := p.NumThreads(); err == nil {
		found.threads = int(threads)
	}
	return found, nil
}

func (*system) children(of process) []int {
	p, err := ps.NewProcess(int32(of.pid))
	if err != nil {
		return nil
	}
	children, err := p.Children()
	if err != nil { // as when there are none
		return nil
	}
	pids := make([]int, len(children))
	for i, child := range children {
		pids[i] = int(child.Pid)
	}
	return pids
}

func (*system) descriptors(pid int) (int, bool) {
	p, err := ps.NewProcess(int32(pid))
	if err != nil {
		return 0, false
	}
	n, err := p.NumFDs()
	return int(n), err == nil
}

func (*system) scheduled([]process, *threadTotals) (schedule, error) {
	return schedule{}, errNotCounted
}

func (*system) hostSwitches() (uint64, bool) { return 0, false }

func (*system) throttled() (throttling, bool) { return throttling{}, false }
