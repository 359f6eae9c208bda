// Package address picks, of several addresses that serve the same, the one that the next request goes to. An address that
// takes no connection is left out while another does, and asked again later.
//
// It knows no clock: every instant is told, as a duration since the start of the run.
package address

import (
	"net/netip"
	"slices"
	"sync"
	"sync/atomic"
	"time"
)

// UnixPrefix begins an address that is the path of a unix socket.
const UnixPrefix = "unix:"

const (
	// SlowAfter is after how long without an answer to an attempt to connect the next address is tried beside it (RFC 8305,
	// section 5).
	SlowAfter = 250 * time.Millisecond

	// AskAgain is how long an address is left out before one connection to it is tried again.
	AskAgain = 2 * time.Second

	maxOutages = 1000
)

// Pool is the addresses of one host. Many goroutines may use it at once.
type Pool struct {
	size    atomic.Int32
	mu      sync.Mutex
	list    []entry
	turn    int
	took    time.Duration // when one last took a connection
	outages []Outage
}

type entry struct {
	at     netip.AddrPort
	out    bool
	took   time.Duration // when it last took a connection; negative: it has not
	since  time.Duration // out: since when
	until  time.Duration // out: when it is asked again
	outage int           // out: its place in outages, or -1
}

// Outage is a time in which an address was left out.
type Outage struct {
	Address  netip.AddrPort
	From, To time.Duration // To 0: to the end
	Why      string        // what connecting failed with
}

// New returns a pool of addresses, of which there is at least one.
func New(addresses []netip.AddrPort) *Pool {
	p := new(Pool)
	p.Move(addresses)
	return p
}

// Move gives the pool other addresses. One that stays keeps being left out.
func (p *Pool) Move(addresses []netip.AddrPort) {
	p.mu.Lock()
	defer p.mu.Unlock()
	var list []entry
	for _, a := range addresses {
		e := entry{at: a, took: -1, outage: -1}
		if i := p.find(a); i >= 0 {
			e = p.list[i]
		}
		if !slices.ContainsFunc(list, func(other entry) bool { return other.at == a }) {
			list = append(list, e)
		}
	}
	p.list, p.turn = list, 0
	p.size.Store(int32(len(list)))
}

// Len returns how many addresses there are.
func (p *Pool) Len() int { return int(p.size.Load()) }

// Peek returns the address whose turn it is: each in order, but for those that are left out. Where all are, none is.
func (p *Pool) Peek(now time.Duration) netip.AddrPort {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.list[p.first(now)].at
}

// Next is Peek, after which it is the turn of the address behind.
func (p *Pool) Next(now time.Duration) netip.AddrPort {
	p.mu.Lock()
	defer p.mu.Unlock()
	i := p.first(now)
	p.turn = i + 1
	e := &p.list[i]
	if e.out {
		e.until = now + AskAgain // one connection is enough to see whether it is back
	}
	return e.at
}

func (p *Pool) first(now time.Duration) int {
	for n := range p.list {
		i := (p.turn + n) % len(p.list)
		if e := &p.list[i]; !e.out || now >= e.until {
			return i
		}
	}
	return p.turn % len(p.list)
}

// Failed tells that an attempt that began at an instant got no connection to an address, and leaves that out, unless it has taken
// another one since: who attempts may hear of a failure when the address is back. It returns false, and leaves none out, where no
// other is left to use.
func (p *Pool) Failed(a netip.AddrPort, began, now time.Duration, why string) (others bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	i := p.find(a)
	if i < 0 {
		return len(p.list) > 0
	}
	for n := range p.list {
		others = others || n != i && !p.list[n].out
	}
	if !others {
		p.takeAllIn(now)
		return false
	}
	e := &p.list[i]
	if began < e.took {
		return true
	}
	e.until = now + AskAgain
	if !e.out {
		e.out, e.outage, e.since = true, -1, now
		if len(p.outages) < maxOutages {
			e.outage = len(p.outages)
			p.outages = append(p.outages, Outage{Address: a, From: now, Why: why})
		}
	}
	return true
}

// takeAllIn ends what left addresses out. Nobody was, where none took a connection since.
func (p *Pool) takeAllIn(now time.Duration) {
	for i := range p.list {
		p.takeIn(&p.list[i], now)
	}
	p.outages = slices.DeleteFunc(p.outages, func(o Outage) bool { return o.To == now && o.From >= p.took })
}

// Took tells that an address took a connection.
func (p *Pool) Took(a netip.AddrPort, now time.Duration) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.took = now
	if i := p.find(a); i >= 0 {
		p.list[i].took = now
		p.takeIn(&p.list[i], now)
	}
}

// Answered tells that a request that was sent to an address over a connection of before was answered: that ends what left it
// out, unless that began after the request was sent.
func (p *Pool) Answered(a netip.AddrPort, sent, now time.Duration) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if i := p.find(a); i >= 0 && p.list[i].out && sent >= p.list[i].since {
		p.takeIn(&p.list[i], now)
	}
}

// takeIn ends what left an address out.
func (p *Pool) takeIn(e *entry, now time.Duration) {
	if e.out && e.outage >= 0 {
		p.outages[e.outage].To = now
	}
	e.out, e.outage = false, -1
}

// Outages returns when addresses were left out, in order.
func (p *Pool) Outages() []Outage {
	p.mu.Lock()
	defer p.mu.Unlock()
	return slices.Clone(p.outages)
}

func (p *Pool) find(a netip.AddrPort) int {
	return slices.IndexFunc(p.list, func(e entry) bool { return e.at == a })
}
