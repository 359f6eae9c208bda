package selfcheck

import (
	"time"

	"github.com/seed-5a006608/bench/loadgen/runfile"
	"github.com/seed-5a006608/bench/profiles"
)

const (
	us = time.Microsecond
	ms = time.Millisecond
)

var started = time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)

// fake is an engine in virtual time and the server that it drives, on a machine without a clock.
type fake struct {
	fastest   float64                          // requests/s, as fast as it goes
	lag       func(rate float64) time.Duration // how late it sends, always
	adds      time.Duration                    // what it adds to a service time
	omits     bool                             // it counts from the send and not from the intended start
	loses     int                              // answers that the server logs and the engine does not count
	verdict   func(rate float64) runfile.VerdictKind
	generator float64 // share of its processor that it uses as fast as it goes
}

// wire is the time that an answer and a request each spend between the two.
const wire = 20 * us

// good is an engine with nothing wrong that goes up to a rate.
func good(fastest float64) fake {
	return fake{
		fastest: fastest, generator: 1,
		lag:     func(float64) time.Duration { return 30 * us },
		verdict: func(float64) runfile.VerdictKind { return runfile.Valid },
	}
}

// observe makes a step.
func (f fake) observe(s Step) Observation {
	if s.Test == IdleThread {
		return Observation{Idle: []time.Duration{10 * us, 20 * us, 30 * us}}
	}
	if s.Test == AsFast {
		cpu := time.Duration(f.generator * float64(s.Length))
		return Observation{Run: &runfile.Run{
			Plan:        runfile.PlanRecord{VUs: s.Load.Users},
			Environment: runfile.Environment{Clock: "fake", GeneratorCPUs: []int{1}, TargetCPUs: []int{0}},
			Overall:     runfile.Phase{DurationNS: s.Length, Achieved: runfile.Rate{Rate: f.fastest}, CPU: runfile.CPU{Generator: &cpu}},
		}}
	}
	if s.Test == HigherRate { // nothing but its lag is looked at
		rate := runfile.Rate{Count: 100, Rate: s.Rate}
		return Observation{Run: &runfile.Run{
			Verdict: runfile.Verdict{Kind: f.verdict(s.Rate)},
			Overall: runfile.Phase{Offered: rate, Achieved: rate, Lag: runfile.NewDist(digits, []time.Duration{f.lag(s.Rate)}, nil)},
		}}
	}
	schedule, err := profiles.NewSchedule(s.Load.Profile, s.Load.Seed)
	if err != nil {
		panic(err)
	}
	run := &runfile.Run{Started: started, Verdict: runfile.Verdict{Kind: f.verdict(s.Rate)}}
	run.Environment.Clock = "fake"
	var o Observation
	var lag, service, response []time.Duration
	frozen := [2]time.Duration{s.Server.FreezeAt, s.Server.FreezeAt + s.Server.FreezeFor}
	warm := schedule.Total()
	for k, cursor := uint64(0), schedule.Cursor(); ; k++ {
		_, at, ok := cursor.Next()
		if !ok {
			break
		}
		late := f.lag(s.Rate)
		arrived := at + late + wire
		delay := delayOf(k)
		done := arrived + delay
		if done >= frozen[0] && arrived < frozen[1] {
			done = max(done, frozen[1]+delay)
		}
		o.Answers = append(o.Answers, Answer{StartNS: started.Add(arrived).UnixNano(), Total: done - arrived})
		if s.Load.Profile.Phases[0].Kind == profiles.Warmup && at < s.Load.Profile.Phases[0].Duration {
			continue
		}
		warm = min(warm, k)
		lag = append(lag, late)
		service = append(service, done+wire+f.adds-at-late)
		response = append(response, done+wire+f.adds-at)
		if f.omits {
			response[len(response)-1] = delay
		}
	}
	if !s.Server.Logs() {
		o.Answers = nil
	}
	n := schedule.Total()
	run.Requests = runfile.Requests{Planned: n, Due: n, Sent: n, Succeeded: n - uint64(f.loses)}
	run.Overall = runfile.Phase{
		Offered:  runfile.Rate{Count: n - warm, Rate: s.Rate},
		Achieved: runfile.Rate{Count: n - warm, Rate: s.Rate},
		Lag:      runfile.NewDist(digits, lag, nil), ServiceTime: runfile.NewDist(digits, service, nil),
		ResponseTime: runfile.NewDist(digits, response, nil),
	}
	o.Run, o.Idle = run, []time.Duration{15 * us}
	return o
}

// delayOf is what the server takes for request k: 1 to 10 ms.
func delayOf(k uint64) time.Duration { return time.Duration(1+k%10) * ms }

// checked makes a full check of engines and returns what it found.
func checked(engines map[string]fake, order ...string) *Report {
	c := New(order, false)
	for s, ok := c.Next(); ok; s, ok = c.Next() {
		c.Add(s, engines[s.Engine].observe(s))
	}
	return c.Report()
}
