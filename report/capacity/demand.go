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

// Demand is what a request costs of one resource.
type Demand struct {
	Resource   string   `json:"resource"`
	Servers    float64  `json:"servers"`    // processors, or connections: how much of it there is
	Seconds    Estimate `json:"seconds"`    // busy time of the resource for each request
	Idle       float64  `json:"idle"`       // busy without requests, in servers
	R2         float64  `json:"r2"`         // share of the variance of the use that the line explains
	Steps      int      `json:"steps"`      // that it was fitted to
	Saturation Rate     `json:"saturation"` // where all servers would be busy
}

// FitDemand fits the utilisation law to the use of a resource with that many servers:
//
//	busy = idle + D·X,  saturation = (servers − idle) / D
//
// X requests/s, D the service demand in seconds (Denning and Buzen, The Operational Analysis of Queueing Network Models,
// ACM Computing Surveys 10(3), 1978; Lazowska et al., Quantitative System Performance, 1984, §3). The line is by least
// squares weighted by 1/X², as the use is known to about the same share at any rate; an idle use below 0 is held at 0.
func FitDemand(resource string, servers float64, uses []Use) (Demand, error) {
	var kept []Use
	for _, u := range uses {
		if u.Rate > 0 && u.Busy > 0 && !math.IsInf(u.Rate, 0) && !math.IsInf(u.Busy, 0) {
			kept = append(kept, u)
		}
	}
	if len(kept) < 3 || !(servers > 0) {
		return Demand{}, fmt.Errorf("its use was measured at %d rates, and a line with an error needs 3", len(kept))
	}
	d := Demand{Resource: resource, Servers: servers, Steps: len(kept)}
	slope, idle, sd := weightedLine(kept)
	freedom := len(kept) - 2
	if idle < 0 {
		slope, sd = throughZero(kept)
		idle, freedom = 0, len(kept)-1
	}
	if !(slope > 0) || idle >= servers {
		return Demand{}, fmt.Errorf("its use does not rise with the rate")
	}
	half := spread(sd, freedom)
	d.Idle, d.Seconds = idle, Estimate{slope, max(0, slope-half), slope + half}
	d.Saturation = Rate{(servers - idle) / slope, (servers - idle) / d.Seconds.High, 0}
	if d.Seconds.Low > 0 {
		d.Saturation.High = (servers - idle) / d.Seconds.Low
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

// Bounds are the asymptotic bounds of throughput and response time with N users who do not think:
//
//	X(N) ≤ min(N/ΣD, 1/max(D/servers)),  R(N) ≥ max(ΣD, N·max(D/servers))
//
// (Lazowska et al., Quantitative System Performance, 1984, §5.2). Demands must be of one service and not be empty.
func Bounds(demands []Demand, users float64) (throughput, response float64) {
	var total, largest float64
	for _, d := range demands {
		total += d.Seconds.Value
		largest = max(largest, d.Seconds.Value/d.Servers)
	}
	return min(users/total, 1/largest), max(total, users*largest)
}

// Bottleneck returns the index of the resource that is full first; -1 without any.
func Bottleneck(demands []Demand) int {
	first := -1
	for i, d := range demands {
		if first < 0 || d.Saturation.Rate < demands[first].Saturation.Rate {
			first = i
		}
	}
	return first
}
