package selfcheck

import (
	"time"

	"github.com/seed-5a006608/bench/loadgen"
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
	verdict   func(rate float64) loadgen.VerdictKind
	generator float64 // share of its processor that it uses as fast as it goes
}

// wire is the time that an answer and a request each spend between the two.
const wire = 20 * us

// good is an engine with nothing wrong that goes up to a rate.
func good(fastest float64) fake {
	return fake{
		fastest: fastest, generator: 1,
		lag:     func(float64) time.Duration { return 30 * us },
		verdict: func(float64) loadgen.VerdictKind { return loadgen.Valid },
	}
}

// observe makes a step.
func (f fake) observe(s Step) Observation {
	if s.Test == IdleThread {
		return Observation{Idle: []time.Duration{10 * us, 20 * us, 30 * us}}
	}
	if s.Test == AsFast {
		cpu := time.Duration(f.generator * float64(s.Length))
		return Observation{Run: &loadgen.Run{
			Plan:        loadgen.PlanRecord{VUs: s.Load.Users},
			Environment: loadgen.Environment{Clock: "fake", GeneratorCPUs: []int{1}, TargetCPUs: []int{0}},
			Overall:     loadgen.Phase{DurationNS: s.Length, Achieved: loadgen.Rate{Rate: f.fastest}, CPU: loadgen.CPU{Generator: &cpu}},
		}}
	}
	if s.Test == HigherRate { // nothing but its lag is looked at
		rate := loadgen.Rate{Count: 100, Rate: s.Rate}
		return Observation{Run: &loadgen.Run{
			Verdict: loadgen.Verdict{Kind: f.verdict(s.Rate)},
			Overall: loadgen.Phase{Offered: rate, Achieved: rate, Lag: loadgen.NewDist(digits, []time.Duration{f.lag(s.Rate)}, nil)},
		}}
	}
	schedule, err := profiles.NewSchedule(s.Load.Profile, s.Load.Seed)
	if err != nil {
		panic(err)
	}
	run := &loadgen.Run{Started: started, Verdict: loadgen.Verdict{Kind: f.verdict(s.Rate)}}
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
	run.Requests = loadgen.Requests{Planned: n, Due: n, Sent: n, Succeeded: n - uint64(f.loses)}
	run.Overall = loadgen.Phase{
		Offered:  loadgen.Rate{Count: n - warm, Rate: s.Rate},
		Achieved: loadgen.Rate{Count: n - warm, Rate: s.Rate},
		Lag:      loadgen.NewDist(digits, lag, nil), ServiceTime: loadgen.NewDist(digits, service, nil),
		ResponseTime: loadgen.NewDist(digits, response, nil),
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
