package capacity

import (
	"fmt"
	"math"
)

// Use is what one step used of a resource.
type Use struct {
	Rate float64 // requests completed per second
	Busy float64 // resource-seconds used per second, all servers of the resource together
}

// Processor is the name of the resource that the processors of the target's whole tree of processes are.
const Processor = "processor"

// Demand is what a request costs of one resource: [Processor], or a part of the service that its Server-Timing names.
type Demand struct {
	Resource   string   `json:"resource"`
	Servers    float64  `json:"servers"`    // processors, or connections: how much of it there is; 0: not known
	Seconds    Estimate `json:"seconds"`    // busy time of the resource for each request
	Idle       float64  `json:"idle"`       // busy without requests, in servers
	R2         float64  `json:"r2"`         // share of the variance of the use that the line explains
	Steps      int      `json:"steps"`      // that it was fitted to
	Saturation Rate     `json:"saturation"` // where all servers would be busy; 0 where their number is not known
}

// perServer is the demand that a request makes of each server, in seconds; 0 where their number is not known.
func (d Demand) perServer() float64 {
	if d.Servers == 0 {
		return 0
	}
	return d.Seconds.Value / d.Servers
}

// FitDemand fits the utilisation law to the use of a resource with that many servers:
//
//	busy = idle + D·X,  saturation = (servers − idle) / D
//
// X requests/s, D the service demand in seconds (Denning and Buzen, The Operational Analysis of Queueing Network Models,
// ACM Computing Surveys 10(3), 1978; Lazowska et al., Quantitative System Performance, 1984, §3). The line is by least
// squares weighted by 1/X², as the use is known to about the same share at any rate; an idle use below 0 is held at 0.
// Without a number of servers (0) there is a demand and no saturation.
func FitDemand(resource string, servers float64, uses []Use) (Demand, error) {
	var kept []Use
	for _, u := range uses {
		if u.Rate > 0 && u.Busy > 0 && !math.IsInf(u.Rate, 0) && !math.IsInf(u.Busy, 0) {
			kept = append(kept, u)
		}
	}
	if len(kept) < 3 {
		return Demand{}, fmt.Errorf("its use was measured at %d rates, and a line with an error needs 3", len(kept))
	}
	d := Demand{Resource: resource, Servers: servers, Steps: len(kept)}
	slope, idle, sd := weightedLine(kept)
	freedom := len(kept) - 2
	if idle < 0 {
		slope, sd = throughZero(kept)
		idle, freedom = 0, len(kept)-1
	}
	if !(slope > 0) || servers > 0 && idle >= servers {
		return Demand{}, fmt.Errorf("its use does not rise with the rate")
	}
	half := spread(sd, freedom)
	d.Idle, d.Seconds = idle, Estimate{slope, max(0, slope-half), slope + half}
	if servers > 0 {
		d.Saturation = Rate{(servers - idle) / slope, (servers - idle) / d.Seconds.High, 0}
		if d.Seconds.Low > 0 {
			d.Saturation.High = (servers - idle) / d.Seconds.Low
		}
	}
	d.R2 = explained(kept, slope, idle)
	return d, nil
}

// weightedLine fits busy/X = idle/X + D, which is the line weighted by 1/X²; sd is the slope's standard error.
func weightedLine(uses []Use) (slope, idle, sd float64) {
	var n, sx, sy, sxx, sxy float64
	for _, u := range uses {
		x, y := 1/u.Rate, u.Busy/u.Rate
		n, sx, sy, sxx, sxy = n+1, sx+x, sy+y, sxx+x*x, sxy+x*y
	}
	det := n*sxx - sx*sx
	if det <= 1e-12*n*sxx {
		return 0, -1, 0
	}
	idle = (n*sxy - sx*sy) / det
	slope = (sy - idle*sx) / n
	var rest float64
	for _, u := range uses {
		r := u.Busy/u.Rate - idle/u.Rate - slope
		rest += r * r
	}
	return slope, idle, math.Sqrt(rest / (n - 2) * sxx / det)
}

// throughZero fits busy/X = D; sd is the standard error of the mean.
func throughZero(uses []Use) (slope, sd float64) {
	var costs []float64
	for _, u := range uses {
		costs = append(costs, u.Busy/u.Rate)
	}
	slope, sd = meanOf(costs)
	return slope, sd / math.Sqrt(float64(len(costs)))
}

func explained(uses []Use, slope, idle float64) float64 {
	var busy []float64
	var rest float64
	for _, u := range uses {
		busy = append(busy, u.Busy)
		rest += math.Pow(u.Busy-idle-slope*u.Rate, 2)
	}
	_, sd := meanOf(busy)
	if sd == 0 {
		return 0
	}
	return max(0, 1-rest/(sd*sd*float64(len(busy)-1)))
}

// Bottleneck returns the index of the resource that is full first, which is the one of the largest demand for each of its
// servers but for what it does when idle; −1 where none is known to have an end.
func Bottleneck(demands []Demand) int {
	first := -1
	for i, d := range demands {
		if d.Servers > 0 && (first < 0 || d.Saturation.Rate < demands[first].Saturation.Rate) {
			first = i
		}
	}
	return first
}
