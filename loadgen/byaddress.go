package loadgen

import (
	"net/netip"

	"github.com/seed-5a006608/bench/loadgen/exchange"
)

// addressCounts counts the requests that were sent to one address.
type addressCounts struct {
	requests, failed uint64
	service          histogram
}

func (s *shard) countAddress(x *sample) {
	if !x.WasSent() {
		return
	}
	c := s.sentTo[x.Address]
	if c == nil {
		if len(s.sentTo) >= maxAddresses {
			return
		}
		if s.sentTo == nil {
			s.sentTo = make(map[netip.AddrPort]*addressCounts)
		}
		c = &addressCounts{service: histogram{digits: detailDigits}}
		s.sentTo[x.Address] = c
	}
	c.requests++
	switch x.Outcome {
	case exchange.Succeeded:
		c.service.record(x.Service())
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
		mine.service.add(&theirs.service)
	}
}

// byAddress returns what was sent to each address, in their order.
func (s *shard) byAddress() []AddressFigures {
	var list []AddressFigures
	for a, c := range s.sentTo {
		list = append(list, AddressFigures{a.String(), c.requests, c.failed, newDist(&c.service, nil)})
	}
	sortAddresses(list)
	return list
}
