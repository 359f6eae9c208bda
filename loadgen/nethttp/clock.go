package nethttp

import (
	"crypto/tls"
	"net"
	"sync"
	"time"

	"github.com/seed-5a006608/bench/loadgen/stamp"
)

// clock translates the kernel's timestamps, for many goroutines.
type clock struct {
	mu   sync.Mutex
	of   stamp.Clock
	tell func(at, by time.Duration)
}

// arrival translates the stamp of what answers a request sent at an instant and was read by now.
func (c *clock) arrival(received int64, sent, now time.Duration) (at time.Duration, ok bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if seen, step := c.of.Check(); step != 0 {
		c.tell(seen, step)
	}
	return c.of.Arrival(received, sent, now)
}

// stampedIn returns the connection that tells arrivals below c, which may be TLS; nil if none does.
func stampedIn(c net.Conn) *stampedConn {
	if secure, ok := c.(*tls.Conn); ok {
		c = secure.NetConn()
	}
	if whole, ok := c.(*conn); ok {
		c = whole.Conn
	}
	s, _ := c.(*stampedConn)
	return s
}
