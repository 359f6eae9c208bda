package nethttp

import (
	"net/http"
	"time"
)

const (
	// lookedAtAfter is after how long an idle connection is looked at before it carries a request that cannot be sent twice.
	lookedAtAfter = time.Second

	// idleRace is from which idle time on a server may be taken to have closed a connection for it.
	idleRace = 100 * time.Millisecond
)

// IdleClosed names the failure of a request that cannot be sent twice, and met the end of its connection's idle time.
const IdleClosed = "idle connection closed"

// metIdleEnd reports whether a failure is that of a request that met the end of its connection's idle time.
func (e *exchanging) metIdleEnd(kind string) bool {
	return (kind == "connection reset" || kind == "connection closed early") && e.once && e.idle >= idleRace && e.first.Load() == 0 && e.hops == 0
}

// once reports whether a request may be sent only once (RFC 9110, section 9.2.2).
func once(method string) bool {
	switch method {
	case http.MethodGet, http.MethodHead, http.MethodOptions, http.MethodTrace, http.MethodPut, http.MethodDelete:
		return false
	}
	return true
}
