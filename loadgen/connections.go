package loadgen

import (
	"crypto/tls"
	"sync"

	"github.com/seed-5a006608/bench/loadgen/exchange"
	"github.com/seed-5a006608/bench/loadgen/runfile"
)

// connections counts those that an engine opens, from several goroutines.
type connections struct {
	mu   sync.Mutex
	list []runfile.ConnectionFigures
}

func (c *connections) opened(x exchange.Connection) {
	f := runfile.ConnectionFigures{Protocol: x.Protocol, Opened: 1}
	if x.TLS != 0 {
		f.TLS, f.Suite = tls.VersionName(x.TLS), tls.CipherSuiteName(x.Suite)
	}
	if x.Resumed {
		f.Resumed = 1
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.list = runfile.AddConnections(c.list, []runfile.ConnectionFigures{f})
}
