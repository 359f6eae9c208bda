package usage

import (
	"errors"
	"os"
	"slices"
	"sync"
	"time"

	"github.com/seed-5a006608/bench/loadgen/runfile"
)

// Sampler reads what the generator, the target and the host use. All its methods may be called from any goroutine.
//
// It keeps cumulative readings and appends their differences, so a sample that comes late, or one that failed, moves
// use from one second to the next and loses none. What cannot be read is left out and named by lacking; a whole series
// is missing rather than made up.
type Sampler struct {
	mu      sync.Mutex
	system  *system
	self    int
	lacks   lacks
	threads struct{ generator, target *threadTotals }
	tree    *tree // nil: no target, or it has ended

	last struct { // readings that succeeded; nil: none yet
		generator, target *processReading
		host              *hostReading
	}
	generator series[runfile.ProcessSample]
	target    series[runfile.ProcessSample]
	host      series[runfile.HostSample]
}

// processReading is the state of a process or a tree of them; what is counted is counted since its start.
type processReading struct {
	cpu         time.Duration
	delay       time.Duration
	switches    uint64
	rss         uint64
	descriptors int
	threads     int
}

// NewSampler takes the first reading, of the host, of this process and of the process targetPID with all that descends
// from it. With 0 there is no target.
func NewSampler(targetPID int) *Sampler {
	s := &Sampler{
		system:    newSystem(),
		self:      os.Getpid(),
		generator: series[runfile.ProcessSample]{limit: seriesLimit},
		target:    series[runfile.ProcessSample]{limit: seriesLimit},
		host:      series[runfile.HostSample]{limit: seriesLimit},
	}
	s.threads.generator, s.threads.target = newThreadTotals(), newThreadTotals()
	if targetPID != 0 {
		followed, err := newTree(targetPID, s.system)
		if err != nil {
			s.lacks.add("use of the target is not sampled: its process could not be read: " + err.Error())
		} else {
			s.tree = followed
		}
	}
	if now, ok := s.readGenerator(); ok {
		s.last.generator = &now
	}
	if now, ok := s.readTarget(); ok {
		s.last.target = &now
	}
	if now, ok := readHost(s.system, &s.lacks); ok {
		s.last.host = &now
	}
	return s
}

// Sample appends to each series what was used since the last reading; at is the time since the start of the run. It is
// meant to be called once a second.
func (s *Sampler) Sample(at time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if now, ok := s.readGenerator(); ok {
		if s.last.generator != nil {
			s.generator.add(now.since(*s.last.generator, at))
		}
		s.last.generator = &now
	}
	if now, ok := s.readTarget(); ok {
		if s.last.target != nil {
			s.target.add(now.since(*s.last.target, at))
		}
		s.last.target = &now
	}
	if now, ok := readHost(s.system, &s.lacks); ok {
		if s.last.host != nil {
			s.host.add(now.since(*s.last.host, at))
		}
		s.last.host = &now
	}
}

// Used returns the processor time that bench and the target had used by the last sample; nil: not known.
func (s *Sampler) Used() (generator, target *time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if r := s.last.generator; r != nil {
		generator = &r.cpu
	}
	if r := s.last.target; r != nil && s.tree != nil {
		target = &r.cpu
	}
	return generator, target
}

// Resources returns what was sampled so far.
func (s *Sampler) Resources() runfile.Resources {
	s.mu.Lock()
	defer s.mu.Unlock()
	return runfile.Resources{
		Generator: slices.Clone(s.generator.samples),
		Target:    slices.Clone(s.target.samples),
		Host:      slices.Clone(s.host.samples),
	}
}

// Lacking says, a sentence each, which figures of [runfile.Resources] are zero or missing because they cannot be read here.
func (s *Sampler) Lacking() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.lacks)
}

// GeneratorCPU is the processor time that this process has used since it was started.
func (s *Sampler) GeneratorCPU() (total time.Duration, ok bool) {
	total, _, ok = OwnUsage()
	return total, ok
}

// TargetCPU is the processor time that the target's tree has used since its root was started, reaped children included;
// false when there is no target or it has ended.
func (s *Sampler) TargetCPU() (total time.Duration, ok bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	_, total, ok = s.walk()
	return total, ok
}

func (s *Sampler) readGenerator() (processReading, bool) {
	cpu, switches, ok := OwnUsage()
	self, err := s.system.read(s.self)
	if !ok || err != nil {
		s.lacks.add("bench's own use is not sampled: its process cannot be read here")
		return processReading{}, false
	}
	r, ok := s.readProcesses([]process{self}, s.threads.generator)
	r.cpu = cpu
	if switches > 0 {
		r.switches = switches // counts ended threads to their last
	}
	return r, ok
}

func (s *Sampler) readTarget() (processReading, bool) {
	found, cpu, ok := s.walk()
	if !ok {
		return processReading{}, false
	}
	r, ok := s.readProcesses(found, s.threads.target)
	r.cpu = cpu
	return r, ok
}

func (s *Sampler) walk() ([]process, time.Duration, bool) {
	if s.tree == nil {
		return nil, 0, false
	}
	found, cpu, err := s.tree.walk()
	if errors.Is(err, errNoProcess) {
		s.tree = nil
	}
	return found, cpu, err == nil
}

// readProcesses adds up everything but the processor time of processes.
func (s *Sampler) readProcesses(processes []process, threads *threadTotals) (processReading, bool) {
	var r processReading
	for _, p := range processes {
		r.rss += p.rss
		r.threads += p.threads
		n, ok := s.system.descriptors(p.pid)
		if !ok {
			s.lacks.add("open descriptors are not sampled for every process: the system does not let them be counted")
		}
		r.descriptors += n
	}
	counted, err := s.system.scheduled(processes, threads)
	if errors.Is(err, errNotCounted) {
		s.lacks.add("run-queue delay and a target's context switches are not sampled: " + err.Error())
	} else if err != nil {
		return r, false
	}
	r.delay, r.switches = counted.delay, counted.switches
	return r, true
}

// since is the use from one reading to a later one.
func (r processReading) since(before processReading, at time.Duration) runfile.ProcessSample {
	return runfile.ProcessSample{
		AtNS:        at,
		CPUNS:       max(0, r.cpu-before.cpu),
		RunDelayNS:  max(0, r.delay-before.delay),
		RSS:         r.rss,
		Descriptors: r.descriptors,
		Threads:     r.threads,
		Switches:    grown(before.switches, r.switches),
	}
}

// lacks are sentences on what cannot be read, each once.
type lacks []string

func (l *lacks) add(sentence string) {
	if !slices.Contains(*l, sentence) {
		*l = append(*l, sentence)
	}
}

// OpenDescriptors is how many descriptors this process has open; false where that cannot be read.
func OpenDescriptors() (n int, ok bool) { return newSystem().descriptors(os.Getpid()) }
