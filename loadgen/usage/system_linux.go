package usage

// system is what a sampler reads of the system it runs on, beside what gopsutil reads for it.
type system struct {
	*procfs
	schedules bool // whether the kernel counts threads' waiting for a processor
	groups    []cpuGroup
}

func newSystem() *system {
	p := newProcfs(systemProc)
	return &system{procfs: p, schedules: p.keepsSchedules(), groups: cpuGroups()}
}

// scheduled adds up how long the threads of processes waited for a processor and how often they were given one;
// errNotCounted when this kernel counts neither.
func (s *system) scheduled(processes []process, totals *threadTotals) (schedule, error) {
	if !s.schedules {
		return schedule{}, errNotCounted
	}
	for _, p := range processes {
		if err := s.seeThreads(p, totals); err != nil {
			totals.abandon()
			return schedule{}, err
		}
	}
	return totals.total(), nil
}

// throttled is how far this process's control groups have been held back.
func (s *system) throttled() (throttling, bool) { return readThrottling(s.groups, &s.files) }
