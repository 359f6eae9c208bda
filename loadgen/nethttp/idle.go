package nethttp

import "github.com/seed-5a006608/bench/loadgen/exchange"

// metIdleEnd reports whether a failure is that of a request that met the end of its connection's idle time.
func (e *exchanging) metIdleEnd(kind string) bool {
	return (kind == exchange.Reset || kind == exchange.ClosedEarly) && e.once && e.idle >= exchange.IdleRace && e.first.Load() == 0 && e.hops == 0
}
