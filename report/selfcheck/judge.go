package selfcheck

import (
	"time"

	"github.com/seed-5a006608/bench/loadgen/runfile"
)

// The bounds within which an engine is trusted.
const (
	MaxLag       = time.Millisecond      // P99 of the lag, as in the verdict
	MaxMissing   = 0.001                 // share of the offered requests that may lack an answer
	MaxError     = time.Millisecond      // of a latency's percentile, or a share of it, whichever is larger
	MaxErrorP50  = 0.05                  // the share of P50
	MaxErrorP99  = 0.1                   // the share of P99, as in the verdict
	MaxUnshown   = 0.1                   // share by which a freeze may be shown wrongly
	MaxUnshownBy = 20 * time.Millisecond // the same as a time; the larger of both holds
	busy         = 0.9                   // share of its processors from which a generator is its own limit
)

// trustworthy reports whether a run at an even rate may be trusted for what the generator does: the lag's P99 is at most
// [MaxLag], the verdict is VALID, and as many requests were answered as offered, within [MaxMissing].
func trustworthy(p *runfile.Phase, v runfile.VerdictKind) bool {
	missing := float64(p.Offered.Count) - float64(p.Served().Count)
	return p.Offered.Count > 0 && p.Lag.P99NS <= MaxLag && v == runfile.Valid && missing <= MaxMissing*float64(p.Offered.Count)
}

// judgePacing judges a run at an even rate.
func judgePacing(s Step, run *runfile.Run, idle []time.Duration) Pacing {
	o := &run.Overall
	return Pacing{
		Rate: s.Rate, Holds: trustworthy(o, run.Verdict.Kind), Offered: o.Offered, Served: o.Served(), Achieved: o.Achieved, Verdict: run.Verdict,
		Lag: latenessOf(&o.Lag), IdleThread: latenessOrNil(idle),
	}
}

// heldAgainstLog are the figures that are held against a log, each with the share by which it may be wrong. P99 of the
// service time is told and not judged: the log begins when the server has read a request, and what it was late by at
// that, on a busy machine a lot, is not in it. The response time counts from the intended start on both sides.
var heldAgainstLog = []struct {
	of         Measure
	percentile float64
	share      float64 // 0: not judged
}{
	{ServiceTime, 50, MaxErrorP50}, {ServiceTime, 99, 0},
	{ResponseTime, 50, MaxErrorP50}, {ResponseTime, 99, MaxErrorP99},
}

// judgeLatency holds what a run says against the server's log. arrived is nil where the two cannot be paired.
func judgeLatency(s Step, run *runfile.Run, answers []Answer) (l Latency, arrived *Lateness) {
	l = Latency{
		Server: s.Server.Delays, Workers: s.Server.Workers, Arrivals: string(s.Load.Profile.Arrivals), Rate: s.Rate,
		Answered: run.Requests.Succeeded, Logged: uint64(len(answers)),
	}
	t, ok := pair(s.Load, run, answers)
	if !ok {
		return l, nil
	}
	said := map[Measure]*runfile.Dist{ServiceTime: &run.Overall.ServiceTime, ResponseTime: &run.Overall.ResponseTime}
	was := map[Measure]*runfile.Dist{ServiceTime: &t.service, ResponseTime: &t.response}
	l.Within = true
	for _, h := range heldAgainstLog {
		f := Figure{Of: h.of, Percentile: h.percentile, Within: true}
		f.SaidNS = said[h.of].Quantile(h.percentile / 100).Value
		f.TrueNS = was[h.of].Quantile(h.percentile / 100).Value
		f.WrongByNS = f.SaidNS - f.TrueNS
		if h.share > 0 {
			f.AtMostNS = max(MaxError, time.Duration(h.share*float64(f.TrueNS)))
			f.Within = f.WrongByNS.Abs() <= f.AtMostNS
		}
		l.Within = l.Within && f.Within
		l.Figures = append(l.Figures, f)
	}
	late := latenessOf(&t.arrived)
	return l, &late
}

// freezePercentiles are those in which a freeze is looked for.
var freezePercentiles = []float64{90, 95, 99}

// judgeFreeze holds the response times of a run with a freeze against what an open loop at an even rate must see. It
// offers a share S/T of its requests in a freeze of length S of a run of length T, and the one intended x after the
// freeze began is answered S − x later, after the server's delay d. So the share of requests with response times above r
// is (S + d − r)/T, and the quantile q is
//
//	r(q) = S + d − (1 − q)·T    for (1 − q)·T ≤ S
//
// A tool that waits for answers before it sends sees next to nothing of it (G. Tene, "How NOT to measure latency", 2015).
func judgeFreeze(s Step, run *runfile.Run) *Freeze {
	f := &Freeze{ForNS: s.Server.FreezeFor, OfNS: s.Length, Within: true}
	for _, percentile := range freezePercentiles {
		beyond := time.Duration((1 - percentile/100) * float64(s.Length))
		x := Shown{Percentile: percentile, ExpectedNS: s.Server.FreezeFor + frozenDelay - beyond}
		x.SaidNS = run.Overall.ResponseTime.Quantile(percentile / 100).Value
		x.Share = float64(x.SaidNS) / float64(x.ExpectedNS)
		x.Within = (x.SaidNS - x.ExpectedNS).Abs() <= max(MaxUnshownBy, time.Duration(MaxUnshown*float64(x.ExpectedNS)))
		f.Within = f.Within && x.Within
		f.Figures = append(f.Figures, x)
	}
	return f
}

// judgeFastest says how fast an engine went, and whether it was its own limit.
func judgeFastest(run *runfile.Run) *Fastest {
	o, e := &run.Overall, &run.Environment
	f := &Fastest{
		Rate: o.Achieved.Rate, Users: run.Plan.VUs,
		GeneratorBusy: shareOf(o.CPU.Generator, o.DurationNS, e.GeneratorCPUs, e.Processors),
		ServerBusy:    shareOf(o.CPU.Target, o.DurationNS, e.TargetCPUs, e.Processors),
	}
	f.AtLeast = f.GeneratorBusy == nil || *f.GeneratorBusy < busy
	return f
}

// shareOf returns the share of its processors that a process used over a time: of those it was given, or of all. It is
// nil where that is not known.
func shareOf(used *time.Duration, over time.Duration, given []int, all int) *float64 {
	if len(given) > 0 {
		all = len(given)
	}
	if used == nil || over <= 0 || all <= 0 {
		return nil
	}
	share := float64(*used) / (float64(over) * float64(all))
	return &share
}
