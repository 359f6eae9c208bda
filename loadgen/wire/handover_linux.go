//go:build amd64 || arm64

package wire

import (
	"sync"
	"sync/atomic"
)

// handover is what other goroutines have made for a loop.
type handover[T any] struct {
	running sync.WaitGroup
	some    atomic.Bool
	mu      sync.Mutex
	list    []T
}

// run has a goroutine make one, and wakes the loop when it has.
func (h *handover[T]) run(p *poller, work func() T) {
	h.running.Go(func() { h.deliver(p, work()) })
}

// deliver hands one over, and wakes the loop.
func (h *handover[T]) deliver(p *poller, made T) {
	h.mu.Lock()
	h.list = append(h.list, made)
	h.some.Store(true)
	h.mu.Unlock()
	p.wake()
}

// take returns what has been made since it was last asked. While that is nothing it costs a load.
func (h *handover[T]) take() []T {
	if !h.some.Load() {
		return nil
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	list := h.list
	h.list = nil
	h.some.Store(false)
	return list
}
