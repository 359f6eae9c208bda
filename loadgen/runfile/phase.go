package runfile

import "time"

// coveredShare is the least share of a phase's requests that a figure must cover to stand for all of them.
const coveredShare = 0.9

// Covers reports whether d covers enough of the requests with a known service time for its figures to stand for all.
func (p *Phase) Covers(d *Dist) bool {
	return d.Count > 0 && float64(d.Count) >= coveredShare*float64(p.ServiceTime.Count)
}

// DropPartial leaves out the first bytes where too few are known: those that are would be of the answers that were read as
// they arrived, which are not like the others.
func (p *Phase) DropPartial() {
	if !p.Covers(&p.FirstByte) {
		p.FirstByte = Dist{}
	}
}

// CountAnswered fills in Answered: the successes, and their rate over the length of the phase.
func (p *Phase) CountAnswered() {
	n := p.Requests.Succeeded
	p.Answered = &Rate{n, PerSecond(n, p.DurationNS.Seconds())}
}

// PerSecond is n over that many seconds; 0 over none.
func PerSecond(n uint64, seconds float64) float64 {
	if seconds == 0 {
		return 0
	}
	return float64(n) / seconds
}

// MaxTimings bounds the metrics of Server-Timing that are summed.
const MaxTimings = 8

// AddTiming adds count values of a metric to a list, at most [maxTimings] of them.
func AddTiming(list []ServerTiming, name []byte, count uint64, sum time.Duration) []ServerTiming {
	for i := range list {
		if list[i].Name == string(name) {
			list[i].Count += count
			list[i].SumNS += sum
			return list
		}
	}
	if len(list) < MaxTimings {
		list = append(list, ServerTiming{string(name), count, sum})
	}
	return list
}
