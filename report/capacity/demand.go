package capacity

import (
	"cmp"
	"fmt"
	"math"
	"slices"
)

// Use is the use of a resource in one step.
type Use struct {
	Rate    float64 // requests completed per second
	Busy    float64 // resource-seconds used per second, all servers of the resource together
	Seconds float64 // length of the measurement

	Burst float64 // requests in each burst; 0: Poisson arrivals
}

// Processor is the name of one resource: the processors, as used by the target's whole tree of processes.
const Processor = "processor"

// Demand is the service demand of a request at one resource: [Processor], or a part of the service named in Server-Timing.
type Demand struct {
	Resource   string   `json:"resource"`
	Servers    float64  `json:"servers"`    // size of the resource in processors or connections; 0: not known
	Seconds    Estimate `json:"seconds"`    // busy time per request at a resource that is busy already
	Wake       float64  `json:"wake"`       // extra seconds of a request that finds the resource long idle
	Sleep      float64  `json:"sleep"`      // likeliest idle time after which a request costs 1 − 1/e of Wake, in seconds
	Idle       float64  `json:"idle"`       // use without requests, in servers
	R2         float64  `json:"r2"`         // share of the variance of the use that the law explains
	Steps      int      `json:"steps"`      // number of fitted steps
	Saturation Rate     `json:"saturation"` // rate at which all servers are busy; 0: their number is not known

	Contradicted *Contradiction `json:"contradicted,omitempty"` // nil: no step served more than the saturation
}

// perServer is the demand divided by the number of servers, in seconds; 0: their number is not known.
func (d Demand) perServer() float64 {
	if d.Servers == 0 {
		return 0
	}
	return d.Seconds.Value / d.Servers
}

// fitDemand fits the utilisation law to the use of a resource with that many servers:
//
//	busy = idle + D·X,  saturation = (servers − idle) / D
//
// X requests/s, D the service demand in seconds (Denning and Buzen, The Operational Analysis of Queueing Network Models,
// ACM Computing Surveys 10(3), 1978; Lazowska et al., Quantitative System Performance, 1984, §3). The line is by least
// squares weighted by 1/X², as the relative error of the use is about the same at any rate; an idle use below 0 becomes 0.
// With servers = 0 (not known) there is a demand and no saturation. The interval of the saturation includes the scatter of
// one more step, so that it can be compared with a measured one.
//
// With a measured idle use (nil: not measured) the fit lets a request cost more at an idle resource, such as a processor that
// must wake up with cold caches: see [waking]. Where that gives no D above 0, the line stands.
func fitDemand(resource string, servers float64, idle *float64, uses []Use) (Demand, error) {
	var kept []Use
	for _, u := range uses {
		if u.Rate > 0 && u.Busy > 0 && u.Seconds > 0 && !math.IsInf(u.Rate, 0) && !math.IsInf(u.Busy, 0) {
			kept = append(kept, u)
		}
	}
	if len(kept) < 3 {
		return Demand{}, fmt.Errorf("its use was measured at %d rates, and a line with an error needs 3", len(kept))
	}
	d := Demand{Resource: resource, Servers: servers, Steps: len(kept)}
	another, woken := Estimate{}, false
	if idle != nil && servers > 0 {
		another, woken = d.fitWaking(*idle, kept)
	}
	if !woken {
		another = d.fitLine(kept)
	}
	if !(d.Seconds.Value > 0) || servers > 0 && d.Idle >= servers {
		return Demand{}, fmt.Errorf("its use does not rise with the rate")
	}
	if free := servers - d.Idle; servers > 0 {
		d.Saturation = Rate{free / d.Seconds.Value, free / another.High, 0}
		if another.Low > 0 {
			d.Saturation.High = free / another.Low
		}
	}
	return d, nil
}

// fitWaking and fitLine fill in the fit, and return the predicted demand of one more step.
func (d *Demand) fitWaking(idle float64, uses []Use) (another Estimate, ok bool) {
	laws := fitWaking(d.Servers, idle, uses)
	if laws == nil {
		return another, false
	}
	demand, another, ok := demandOf(laws, len(uses)-2)
	if !ok {
		return another, false
	}
	likeliest := slices.MaxFunc(laws, func(a, b waking) int { return cmp.Compare(a.weight, b.weight) })
	d.Idle, d.Seconds, d.Wake, d.Sleep = idle, demand, likeliest.wake, likeliest.sleep
	d.R2 = explained(uses, func(u Use) float64 { return likeliest.busyAt(u, d.Servers, idle) })
	return another, true
}

func (d *Demand) fitLine(uses []Use) (another Estimate) {
	slope, idle, sd, scatter := weightedLine(uses)
	freedom := len(uses) - 2
	if idle < 0 {
		slope, scatter = meanCost(uses)
		sd = scatter / math.Sqrt(float64(len(uses)))
		idle, freedom = 0, len(uses)-1
	}
	within := func(sd float64) Estimate {
		half := spread(sd, freedom)
		return Estimate{slope, max(0, slope-half), slope + half}
	}
	d.Idle, d.Seconds = idle, within(sd)
	d.R2 = explained(uses, func(u Use) float64 { return idle + slope*u.Rate })
	return within(math.Hypot(sd, scatter))
}

// weightedLine fits busy/X = idle/X + D, which is the line weighted by 1/X²; sd is the slope's standard error, scatter the
// standard deviation of busy/X about the line.
func weightedLine(uses []Use) (slope, idle, sd, scatter float64) {
	var n, sx, sy, sxx, sxy float64
	for _, u := range uses {
		x, y := 1/u.Rate, u.Busy/u.Rate
		n, sx, sy, sxx, sxy = n+1, sx+x, sy+y, sxx+x*x, sxy+x*y
	}
	det := n*sxx - sx*sx
	if det <= 1e-12*n*sxx {
		return 0, -1, 0, 0
	}
	idle = (n*sxy - sx*sy) / det
	slope = (sy - idle*sx) / n
	var rest float64
	for _, u := range uses {
		r := u.Busy/u.Rate - idle/u.Rate - slope
		rest += r * r
	}
	scatter = math.Sqrt(rest / (n - 2))
	return slope, idle, scatter * math.Sqrt(sxx/det), scatter
}

// meanCost fits busy/X = D.
func meanCost(uses []Use) (mean, sd float64) {
	var costs []float64
	for _, u := range uses {
		costs = append(costs, u.Busy/u.Rate)
	}
	return meanOf(costs)
}

func explained(uses []Use, busyAt func(Use) float64) float64 {
	var busy []float64
	var rest float64
	for _, u := range uses {
		busy = append(busy, u.Busy)
		rest += math.Pow(u.Busy-busyAt(u), 2)
	}
	_, sd := meanOf(busy)
	if sd == 0 {
		return 0
	}
	return max(0, 1-rest/(sd*sd*float64(len(busy)-1)))
}

// fuller is the ratio below the processors' saturation at which a part must be full to be the bottleneck. A part is occupied
// while its work waits for the processor, so it is always full when the processor is.
const fuller = 0.9

// Bottleneck returns the index of the resource that is full first: that with the largest demand per server, apart from idle
// use. It returns −1 where no resource has a known saturation.
func Bottleneck(demands []Demand) int {
	first := -1
	full := func(i int) float64 {
		if demands[i].Resource == Processor {
			return fuller * demands[i].Saturation.Rate
		}
		return demands[i].Saturation.Rate
	}
	for i, d := range demands {
		if d.Servers > 0 && (first < 0 || full(i) < full(first)) {
			first = i
		}
	}
	return first
}
