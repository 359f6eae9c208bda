package exchange

import (
	"errors"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// The kinds of failure that an engine finds. They are few and fixed, so that they can be counted, and every engine calls a failure
// by the same one.
const (
	NotSendable = "request"  // the source could not render it
	Timeout     = "timeout"  // no whole answer in time
	Deadline    = "deadline" // older than the deadline, answered or not

	ConnectRefused = "connect: refused"
	ConnectTimeout = "connect: timeout"
	ConnectFailed  = "connect: failed"
	UnknownHost    = "connect: unknown host"
	TLS            = "tls"

	Reset       = "connection reset"
	Lost        = "connection lost" // the network gave up on it
	Broken      = "connection failed"
	ClosedEarly = "connection closed early" // before the whole answer
	IdleClosed  = "idle connection closed"  // as a request came over it that cannot be sent twice
	StreamReset = "stream reset"            // of HTTP/2

	BadResponse   = "bad response"
	HeaderTooLong = "header too long"
	BodyTooLong   = "body too long"

	ManyRedirects = "redirect: too many"
	RedirectedOff = "redirect: not followed"

	// The limits of the generator's own, which say nothing of the target.
	OutOfDescriptors = "generator: out of descriptors"
	OutOfPorts       = "generator: out of ports"
	TooManyJourneys  = "generator: too many journeys" // in progress at once
)

// proxy begins the kind of a failure of a proxy; a kind without "connect: ", or a status, follows.
const proxy = "proxy: "

// StatusKind is what an answer is called that failed by its status.
func StatusKind(status int) string { return "status " + strconv.Itoa(status) }

// ProxyKind is what a failure to reach a proxy is called, of the kind that it would be with a server.
func ProxyKind(kind string) string { return proxy + strings.TrimPrefix(kind, "connect: ") }

// Refusal is why a source does not render a request, by the kind of its failure.
type Refusal struct {
	Kind   string
	Reason string
}

func (r *Refusal) Error() string { return r.Reason }

// RefusalKind is what the failure of a request is called that a source did not render.
func RefusalKind(err error) string {
	if r, ok := errors.AsType[*Refusal](err); ok {
		return r.Kind
	}
	return NotSendable
}

// OwnLimit reports whether a kind of failure is a limit of the generator's own.
func OwnLimit(kind string) bool {
	return kind == OutOfDescriptors || kind == OutOfPorts || kind == TooManyJourneys
}

// The bounds of what an idle connection may be taken for.
const (
	// IdleRace is from which idle time on a server may be taken to have closed a connection for it.
	IdleRace = 100 * time.Millisecond

	// LookedAtAfter is after how long an idle connection is looked at before it carries a request that cannot be sent twice.
	LookedAtAfter = time.Second
)

// Idempotent reports whether sending a request twice does what sending it once does (RFC 9110, section 9.2.2): it may be sent
// again where its connection turns out to have been closed.
func Idempotent(method string) bool {
	switch method {
	case http.MethodGet, http.MethodHead, http.MethodOptions, http.MethodTrace, http.MethodPut, http.MethodDelete:
		return true
	}
	return false
}
