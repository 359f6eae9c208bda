package loadgen

import (
	"net/netip"

	"github.com/seed-5a006608/bench/loadgen/exchange"
	"github.com/seed-5a006608/bench/loadgen/runfile"
)

// addressCounts counts the requests that were sent to one address.
type addressCounts struct {
	requests, failed uint64
	service          runfile.Histogram
}

func (s *shard) countAddress(x *sample) {
	if !x.WasSent() {
		return
	}
	c := s.sentTo[x.Address]
	if c == nil {
		if len(s.sentTo) >= runfile.MaxAddresses {
			return
		}
		if s.sentTo == nil {
			s.sentTo = make(map[netip.AddrPort]*addressCounts)
		}
		c = &addressCounts{service: runfile.Histogram{Digits: runfile.DetailDigits}}
		s.sentTo[x.Address] = c
	}
	c.requests++
	switch x.Outcome {
	case exchange.Succeeded:
		c.service.Record(x.Service())
	case exchange.Failed, exchange.TimedOut:
		c.failed++
	}
}

func (s *shard) addAddresses(o *shard) {
	for a, theirs := range o.sentTo {
		mine := s.sentTo[a]
		if mine == nil {
			if s.sentTo == nil {
				s.sentTo = make(map[netip.AddrPort]*addressCounts)
			}
			s.sentTo[a] = theirs
			continue
		}
		mine.requests += theirs.requests
		mine.failed += theirs.failed
		mine.service.Add(&theirs.service)
	}
}

// byAddress returns what was sent to each address, in their order.
func (s *shard) byAddress() []runfile.AddressFigures {
	var list []runfile.AddressFigures
	for a, c := range s.sentTo {
		list = append(list, runfile.AddressFigures{Address: a.String(), Requests: c.requests, Failed: c.failed, ServiceTime: runfile.DistOf(&c.service, nil)})
	}
	runfile.SortAddresses(list)
	return list
}
