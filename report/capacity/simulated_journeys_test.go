package capacity

import (
	"container/heap"
	"math/rand/v2"
	"time"

	"github.com/seed-5a006608/bench/loadgen/runfile"
)

// shop is a simulated service of journeys "buy", of so many steps with thinking between them. Workers take steps in order of due time.
type shop struct {
	workers, steps int
	service        func(*rand.Rand) float64 // seconds
	think          [2]float64               // seconds, uniform between the two; users of the closed model do not think
	failing        float64                  // share of last steps that fail at once
}

// asked is a step that falls due, in seconds since the run began.
type asked struct {
	due     float64
	k, step int
}

type agenda []asked

func (a agenda) Len() int           { return len(a) }
func (a agenda) Less(i, j int) bool { return a[i].due < a[j].due }
func (a agenda) Swap(i, j int)      { a[i], a[j] = a[j], a[i] }
func (a *agenda) Push(x any)        { *a = append(*a, x.(asked)) }
func (a *agenda) Pop() any {
	last := (*a)[len(*a)-1]
	*a = (*a)[:len(*a)-1]
	return last
}

// bought is a journey: its arrival, its journey time, and how it ended.
type bought struct {
	at, took               float64
	completed, failed, cut bool
}

// shopDrain is how long after the last thinker steps are waited for, in seconds.
const shopDrain = 2

// run acts a step of a search out and returns the run that it would be recorded as.
func (s shop) run(r *rand.Rand, step Step) *runfile.Run {
	warm, length := step.WarmUp.Seconds(), (step.WarmUp + step.Hold).Seconds()
	cut := length + float64(s.steps-1)*s.think[1] + shopDrain
	var todo agenda
	var journeys []bought
	arrive := func(at float64) {
		journeys = append(journeys, bought{at: at})
		heap.Push(&todo, asked{at, len(journeys) - 1, 0})
	}
	for range step.Users {
		arrive(0)
	}
	if step.Users == 0 {
		for at := r.ExpFloat64() / step.Rate; at < length; at += r.ExpFloat64() / step.Rate {
			arrive(at)
		}
	}
	free := make(workers, s.workers)
	p := runfile.Phase{Name: "step", Kind: "step", StartNS: step.WarmUp, DurationNS: step.Hold}
	intervals := make([]runfile.Interval, int(length))
	var responses []time.Duration
	var busy time.Duration
	successes := make([]uint64, s.steps) // of journeys that arrived in the hold
	for len(todo) > 0 {
		a := heap.Pop(&todo).(asked)
		j := &journeys[a.k]
		begins := max(a.due, free[0])
		end := begins + s.service(r)
		failed := a.step == s.steps-1 && r.Float64() < s.failing
		if failed {
			begins, end = a.due, a.due
		} else {
			free[0] = end
			fix(free)
		}
		busy += seconds(max(0, min(end, length)-max(begins, warm)))
		for i := int(a.due); i < len(intervals) && float64(i+1) <= end; i++ {
			intervals[i].Backlog++
		}
		if a.due < warm && end >= warm {
			p.Backlog.Start++
		}
		if a.due < length && end >= length {
			p.Backlog.End++
		}
		if !failed && end >= warm && end < length {
			p.Achieved.Count++
		}
		if a.due >= warm && a.due < length {
			if p.Requests.Due++; failed {
				p.Requests.Failed++
			} else {
				p.Requests.Succeeded++
			}
			responses = append(responses, seconds(end-a.due))
		}
		j.took += min(end, cut) - a.due
		if !failed && end < cut && j.at >= warm {
			successes[a.step]++
		}
		switch {
		case failed:
			j.failed = true
		case end >= cut:
			j.cut = true
		case a.step == s.steps-1:
			j.completed = true
		default:
			think := 0.0
			if step.Users == 0 {
				think = s.think[0] + (s.think[1]-s.think[0])*r.Float64()
			}
			heap.Push(&todo, asked{end + think, a.k, a.step + 1})
			continue
		}
		if step.Users > 0 && end < length {
			arrive(end)
		}
	}
	p.CPU.Target = &busy
	p.Offered = runfile.Rate{Count: p.Requests.Due, Rate: float64(p.Requests.Due) / step.Hold.Seconds()}
	p.Achieved.Rate = float64(p.Achieved.Count) / step.Hold.Seconds()
	p.ResponseTime = runfile.NewDist(3, responses, nil)
	p.TargetTime = allOf(p.ResponseTime)
	var backlog []float64
	for i := range intervals {
		intervals[i].StartNS = time.Duration(i) * time.Second
		intervals[i].Journeys = new(runfile.JourneyCounts)
		if float64(i) >= warm {
			backlog = append(backlog, float64(intervals[i].Backlog))
		}
	}
	p.Backlog.Grew = step.Users == 0 && len(backlog) >= 5 && runfile.Rising(backlog) < runfile.RisingLevel
	p.Journeys = []runfile.Journey{s.counted(journeys, successes, warm, length, intervals)}
	run := &runfile.Run{
		Overall: p, Phases: []runfile.Phase{{Name: "warm-up", Kind: "warmup", DurationNS: step.WarmUp}, p},
		Intervals: intervals, Verdict: runfile.Verdict{Kind: runfile.Valid}, Plan: runfile.PlanRecord{Model: "open", PerJourney: float64(s.steps)},
	}
	if step.Users > 0 {
		run.Plan.Model = "closed"
	}
	return run
}

// counted counts the journeys that arrived in the hold, and of all seconds how many.
func (s shop) counted(journeys []bought, successes []uint64, warm, length float64, intervals []runfile.Interval) runfile.Journey {
	of := runfile.Journey{Name: "buy"}
	var times, bounds []time.Duration
	for _, j := range journeys {
		second := intervals[min(int(j.at), len(intervals)-1)].Journeys
		second.Arrived++
		if j.completed {
			second.Completed++
		}
		if j.at < warm || j.at >= length {
			continue
		}
		of.Arrived++
		switch {
		case j.completed:
			of.Completed++
			times = append(times, seconds(j.took))
		case j.failed:
			of.Failed++
		default:
			of.Unfinished++
			bounds = append(bounds, seconds(j.took))
		}
	}
	of.Time = runfile.NewDist(3, times, bounds)
	of.TargetTime = of.Time
	for _, n := range successes {
		of.Steps = append(of.Steps, runfile.JourneyStep{Name: "step", SinceArrival: runfile.Dist{Count: n}})
	}
	return of
}

// searched acts a whole search out.
func (s shop) searched(r *rand.Rand, o Options) *Search {
	search := NewSearch(o)
	for range 60 {
		step, done := search.Next()
		if done {
			break
		}
		search.Add(s.run(r, step))
	}
	return search
}
