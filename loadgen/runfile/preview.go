package runfile

import "time"

// Preview is the forecast of a plan's run. Making it sends nothing.
type Preview struct {
	Plan      PlanRecord
	Target    Target
	Seed      uint64
	Requests  uint64 // in the whole schedule; in the closed model the limit, or 0
	Length    time.Duration
	Curve     []float64 // offered rate, requests/s, at the middles of equal parts of the length; none in the closed model
	Memory    int64     // bytes of histograms at most
	Bytes     uint64    // of a request, as HTTP/1.1 on the wire: the average of those shown
	Ports     int       // local ports of this system for connections to one address; 0: not known
	OpenFiles uint64    // limit of open files of this process; 0: not known, or no limit
	First     []PreviewRequest

	// Of journeys, which Requests then counts: how many requests one that goes to its end comes to on average, and how long after
	// Length the last of them has thought. 0: each request is one exchange.
	PerArrival float64
	Tail       time.Duration
}

// PreviewRequest is one request as it would be sent: of its query, its header and its body it has only what bench drew, or
// what is known to hold no secret.
type PreviewRequest struct {
	K      uint64
	At     time.Duration
	Name   string
	Method string
	URL    string
	Header []string // lines
	Body   int      // bytes
}
