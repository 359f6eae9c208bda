package runfile

import (
	"fmt"
	"time"
)

// The engines.
const (
	EngineHTTP = "http" // over net/http: HTTP/2, proxies
	EngineWire = "wire" // over raw sockets: HTTP/1.1, with the kernel's timestamps
)

// The versions of HTTP that a plan can ask for.
const (
	HTTPAuto = "" // the version that server and engine prefer; also in older files
	HTTP1    = "1.1"
	HTTP2    = "2"
	HTTP3    = "3"
)

// DefaultSpin is the longest time before a request is due for which the wire engine may spin.
const DefaultSpin = 50 * time.Microsecond

// EngineDifferences names what differs between the engines of two plans, and how they are set. A plan without these settings
// counts as one with the defaults.
func (r *PlanRecord) EngineDifferences(q *PlanRecord) []string {
	if r.Engine != q.Engine {
		return []string{fmt.Sprintf("engine: %s and %s", r.Engine, q.Engine)}
	}
	defaults := WireRecord{Loops: 1, SpinNS: DefaultSpin}
	a, b := defaults, defaults
	if r.Wire != nil {
		a = *r.Wire
	}
	if q.Wire != nil {
		b = *q.Wire
	}
	var list []string
	differ := func(setting string, x, y any) {
		if x == y {
			return
		}
		if r.Wire == nil {
			x = notWritten
		}
		if q.Wire == nil {
			y = notWritten
		}
		list = append(list, fmt.Sprintf("%s: %v and %v", setting, x, y))
	}
	differ("loops", a.Loops, b.Loops)
	differ("spin", a.SpinNS, b.SpinNS)
	differ("h2-connections", a.Connections, b.Connections)
	differ("dns-ttl", a.DNSTTLNS, b.DNSTTLNS)
	return list
}
