package runfile

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
)

// maxPooled bounds how many runs are pooled in one.
const maxPooled = 10_000

// Pool makes one run of repetitions of one plan at one target in one environment. Histograms and counts add up; rates, what
// was counted of each second, the backlog and what was sampled are the mean of a run. The verdict is the worst one, and its
// evidence says of which run it is. Its error is an [Unmixable].
func Pool(runs []*Run) (*Run, error) {
	if err := eachPair(runs, notRepetitions); err != nil {
		return nil, err
	}
	told := make([]*Run, len(runs))
	for i, r := range runs {
		told[i] = r.tellingOf(fmt.Sprintf("run %d: ", i+1))
	}
	m, err := sumOf(told)
	if err != nil {
		return nil, err
	}
	m.Pooled, m.Seeds = len(runs), nil
	for _, r := range runs {
		m.Seeds = append(m.Seeds, r.Seed)
	}
	n := uint64(len(runs))
	m.Overall.pooled(n)
	if m.Tail != nil {
		m.Tail.pooled(n)
	}
	for i := range m.Phases {
		m.Phases[i].pooled(n)
	}
	for i := range m.Intervals {
		s := &m.Intervals[i]
		for _, counted := range []*uint64{&s.Due, &s.OK, &s.Failed, &s.Hits, &s.Misses, &s.Stale, &s.Sent, &s.Finished, &s.InFlight, &s.Backlog} {
			*counted = rounded(*counted, n)
		}
		for kind, sum := range s.Failures {
			s.Failures[kind] = rounded(sum, n)
		}
	}
	if m.CacheWarmUp != nil {
		m.TellCacheWarmUp()
	}
	m.Resources = meanResources(runs)
	m.remark(runs)
	m.mergeThresholds(m.Thresholds, nil)
	return m, nil
}

// tellingOf returns the run with evidence that says which run it is of: its figures are not those of the sum.
func (r *Run) tellingOf(which string) *Run {
	told := *r
	told.Verdict = r.Verdict.tellingOf(which)
	told.Overall.Verdict = r.Overall.Verdict.tellingOf(which)
	told.Phases = slices.Clone(r.Phases)
	for i := range told.Phases {
		told.Phases[i].Verdict = told.Phases[i].Verdict.tellingOf(which)
	}
	return &told
}

func (v Verdict) tellingOf(which string) Verdict {
	v.Evidence = slices.Clone(v.Evidence)
	for i, e := range v.Evidence {
		v.Evidence[i] = which + e
	}
	return v
}

// Repetitions is how many runs' counts are in this one: 1, or those that were pooled.
func (r *Run) Repetitions() int { return max(1, r.Pooled) }

// notRepetitions says why two runs are not two repetitions, or nil.
func notRepetitions(a, b *Run) error {
	if why := notAlike(a, b); why != nil {
		return why
	}
	if a.Share != nil || b.Share != nil {
		return ErrShares
	}
	if a.Pooled != 0 || b.Pooled != 0 {
		return errors.New("one is pooled already: name the runs that it was made of")
	}
	if list := measuredOtherwise(a, b); len(list) > 0 {
		return errors.New("they were made in different environments: " + strings.Join(list, "; "))
	}
	return nil
}

// pooled makes the mean of n runs of a phase's rates and backlog.
func (p *Phase) pooled(n uint64) {
	p.Offered.Rate /= float64(n)
	p.Achieved.Rate /= float64(n)
	if p.Answered != nil {
		p.Answered = &Rate{p.Answered.Count, p.Answered.Rate / float64(n)}
	}
	for _, counted := range []*uint64{&p.Backlog.Start, &p.Backlog.End, &p.Backlog.Peak} {
		*counted = rounded(*counted, n)
	}
}

func rounded(sum, n uint64) uint64 { return (sum + n/2) / n }

// meanResources returns the mean of what was sampled of the runs, as far as every run was sampled.
func meanResources(runs []*Run) Resources {
	generator, target, host := make([][]ProcessSample, len(runs)), make([][]ProcessSample, len(runs)), make([][]HostSample, len(runs))
	for i, r := range runs {
		generator[i], target[i], host[i] = r.Resources.Generator, r.Resources.Target, r.Resources.Host
	}
	return Resources{
		Generator: meanSeries(generator, meanProcess), Target: meanSeries(target, meanProcess),
		Host: meanSeries(host, func(list []HostSample) HostSample {
			m := list[0]
			m.Busy = 0
			for _, h := range list {
				m.Busy += h.Busy / float64(len(list))
			}
			m.StealNS = mean(list, func(h *HostSample) *time.Duration { return &h.StealNS })
			m.MemoryUsed = mean(list, func(h *HostSample) *uint64 { return &h.MemoryUsed })
			m.NetworkIn = mean(list, func(h *HostSample) *uint64 { return &h.NetworkIn })
			m.NetworkOut = mean(list, func(h *HostSample) *uint64 { return &h.NetworkOut })
			m.Switches = mean(list, func(h *HostSample) *uint64 { return &h.Switches })
			m.ThrottledNS = mean(list, func(h *HostSample) *time.Duration { return &h.ThrottledNS })
			m.ThrottledPeriods = mean(list, func(h *HostSample) *uint64 { return &h.ThrottledPeriods })
			return m
		}),
	}
}

func meanProcess(list []ProcessSample) ProcessSample {
	m := list[0]
	m.CPUNS = mean(list, func(p *ProcessSample) *time.Duration { return &p.CPUNS })
	m.RunDelayNS = mean(list, func(p *ProcessSample) *time.Duration { return &p.RunDelayNS })
	m.RSS = mean(list, func(p *ProcessSample) *uint64 { return &p.RSS })
	m.Descriptors = mean(list, func(p *ProcessSample) *int { return &p.Descriptors })
	m.Threads = mean(list, func(p *ProcessSample) *int { return &p.Threads })
	m.Switches = mean(list, func(p *ProcessSample) *uint64 { return &p.Switches })
	return m
}

// meanSeries joins the samples that have the same place in each series.
func meanSeries[T any](series [][]T, join func([]T) T) []T {
	shortest := len(series[0])
	for _, s := range series {
		shortest = min(shortest, len(s))
	}
	var joined []T
	for i := range shortest {
		var at []T
		for _, s := range series {
			at = append(at, s[i])
		}
		joined = append(joined, join(at))
	}
	return joined
}

// mean is the mean of one figure of each.
func mean[T any, N ~int | ~int64 | ~uint64](list []T, figure func(*T) *N) N {
	var sum float64
	for i := range list {
		sum += float64(*figure(&list[i]))
	}
	return N(sum / float64(len(list)))
}
