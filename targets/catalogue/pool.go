package catalogue

import (
	"context"
	"errors"
	"sync/atomic"
	"time"

	"github.com/seed-5a006608/bench/targets/timing"
)

// pool is a fixed number of connections, handed out in order of arrival. (database/sql gives a connection that comes
// free to a waiter drawn at random: under overload some would wait many times longer than the queue is long.)
type pool struct {
	free  chan *conn // receivers on a channel are served in order, and before one that comes later
	size  int
	waits atomic.Int64
	spent atomic.Int64 // ns, waiting
}

// PoolStats describes a pool of connections.
type PoolStats struct {
	Connections int
	InUse       int
	Waits       int64         // requests that had to wait for a connection
	WaitTime    time.Duration // of all of them together
}

func newPool(ctx context.Context, size int, from source) (*pool, error) {
	p := &pool{free: make(chan *conn, size)}
	for range size {
		c, err := from.connect(ctx)
		if err != nil {
			return nil, errors.Join(err, p.close())
		}
		p.free <- c
		p.size++
	}
	return p, nil
}

// get waits for a connection, or for the end of ctx.
func (p *pool) get(ctx context.Context) (*conn, error) {
	t := timing.From(ctx)
	select {
	case c := <-p.free:
		t.Add(timing.Pool, 0)
		return c, nil
	default:
	}
	p.waits.Add(1)
	since := time.Now()
	defer func() {
		waited := time.Since(since)
		p.spent.Add(int64(waited))
		t.Add(timing.Pool, waited)
	}()
	select {
	case c := <-p.free:
		return c, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

func (p *pool) put(c *conn) { p.free <- c }

func (p *pool) stats() PoolStats {
	return PoolStats{
		Connections: p.size,
		InUse:       p.size - len(p.free),
		Waits:       p.waits.Load(),
		WaitTime:    time.Duration(p.spent.Load()),
	}
}

func (p *pool) close() error {
	var errs []error
	for range p.size {
		errs = append(errs, (<-p.free).close())
	}
	return errors.Join(errs...)
}
