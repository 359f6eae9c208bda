package rig

import (
	"github.com/seed-5a006608/bench/loadgen/runfile"
	"github.com/seed-5a006608/bench/loadgen/usage"
)

// Pin gives the target every processor but the last, which is bench's, of those that no other bench has set apart, unless
// cpus is "shared". What came of it is in e; unpin undoes the pinning of bench.
func Pin(cpus string, e *runfile.Environment) (unpin func()) {
	all, usable := usage.Processors(), usage.Usable()
	e.Processors = len(usable)
	e.CPUs, e.TargetCPUs, e.GeneratorCPUs = "shared", nil, nil
	if cpus == "shared" {
		return func() {}
	}
	if len(usable) < 2 {
		e.Notes = append(e.Notes, "one processor only: the target and bench share it")
		return func() {}
	}
	free, reserved, note := reserveProcessors(all, len(usable))
	if note != "" {
		e.Notes = append(e.Notes, note)
	}
	target, generator := usage.Split(free)
	if generator == nil {
		return func() {}
	}
	if err := usage.Pin(generator); err != nil {
		e.Notes = append(e.Notes, err.Error())
		reserved.release()
		return func() {}
	}
	e.CPUs, e.TargetCPUs, e.GeneratorCPUs = "split", target, generator
	return func() {
		_ = usage.Pin(all)
		reserved.release()
	}
}
