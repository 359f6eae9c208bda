package nethttp

import (
	"context"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/seed-5a006608/bench/loadgen/address"
)

// patience is how long a request waits for an address to take a connection before it goes to another. It begins as the kernel is asked to
// connect, and a connection that the kernel has made is waited for, however late this process hears of it: only what the address is late
// with is the address's.
type patience struct {
	state  atomic.Int32
	giveUp func() // when patience has run out

	mu    sync.Mutex
	timer *time.Timer // nil: nothing is being connected
}

// The states of patience.
const (
	waiting = iota
	connected
	ranOut
)

// patienceKey is where a request's context has its patience for who connects.
type patienceKey struct{}

// got tells that there is a connection. It returns false where patience ran out before.
func (p *patience) got() bool {
	return p == nil || p.state.CompareAndSwap(waiting, connected) || p.state.Load() == connected
}

// begin starts the time of a socket that is about to be connected.
func (p *patience) begin(raw syscall.RawConn) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.timer != nil {
		p.timer.Stop()
	}
	p.timer = time.AfterFunc(address.SlowAfter, func() {
		if p.state.Load() == waiting && stillConnecting(raw) {
			p.giveUp()
		}
	})
}

// end stops the time.
func (p *patience) end() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.timer != nil {
		p.timer.Stop()
	}
}

// beginPatience is called as a socket is about to be connected, as [net.Dialer] has it.
func beginPatience(ctx context.Context, _, _ string, raw syscall.RawConn) error {
	if p, ok := ctx.Value(patienceKey{}).(*patience); ok {
		p.begin(raw)
	}
	return nil
}
