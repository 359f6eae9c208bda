package capacity

import "time"

// Bounds are the asymptotic bounds of throughput with N users without think time:
//
//	X(N) ≤ min(N / R(1), 1 / Dmax)
//
// R(1) is the response time of one user alone, which is the sum of all demands; Dmax is the largest demand per server of a
// resource (Denning and Buzen, The Operational Analysis of Queueing Network Models,
// ACM Computing Surveys 10(3), 1978; Lazowska et al., Quantitative System Performance, 1984, §5.2).
type Bounds struct {
	Alone    time.Duration `json:"alone_ns"` // R(1)
	Resource string        `json:"resource"` // the resource that is full first
	Largest  float64       `json:"largest"`  // Dmax, in seconds
	Most     float64       `json:"most"`     // 1 / Dmax, requests/s
	Users    float64       `json:"users"`    // N* = R(1) / Dmax; more users must wait for each other
	Points   []BoundPoint  `json:"points"`   // one for each step of the closed staircase
	Beyond   bool          `json:"beyond"`   // a measured throughput is above its bound by more than 5 %
}

// BoundPoint is the bound for a number of users beside the measured throughput.
type BoundPoint struct {
	Users    int     `json:"users"`
	Bound    float64 `json:"bound"`    // requests/s
	Measured float64 `json:"measured"` // requests/s
}

// At returns the bound of throughput, in requests/s, for so many users.
func (b *Bounds) At(users float64) float64 { return min(users/b.Alone.Seconds(), b.Most) }

// bounds fills in the bounds where the staircase began with one user and the bottleneck is known: a resource, or without
// resource measurements the workers of the fitted queue.
func (c *Capacity) bounds() {
	b := Bounds{}
	if i := Bottleneck(c.Demands); i >= 0 {
		b.Resource, b.Largest = c.Demands[i].Resource, c.Demands[i].perServer()
	} else if c.Queue != nil && c.Queue.Contradicted == nil {
		b.Resource, b.Largest = "workers", 1/c.Queue.MMC.Saturation()
	}
	for _, m := range c.Steps {
		if m.Users == 1 && !m.spoiled {
			b.Alone = m.Mean
		}
	}
	if b.Largest <= 0 || b.Alone <= 0 {
		return
	}
	b.Most, b.Users = 1/b.Largest, b.Alone.Seconds()/b.Largest
	for _, m := range c.Steps {
		if m.Users > 0 && !m.spoiled {
			p := BoundPoint{m.Users, b.At(float64(m.Users)), m.Served}
			b.Beyond = b.Beyond || p.Measured > 1.05*p.Bound
			b.Points = append(b.Points, p)
		}
	}
	c.Bounds = &b
}
