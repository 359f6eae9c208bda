package loadgen

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/seed-5a006608/bench/loadgen/runfile"
	"github.com/seed-5a006608/bench/loadgen/wire"
)

// Engines returns the names of the engines that this system has, as [Plan].Engine takes them.
func Engines() []string {
	if wire.Supported {
		return []string{runfile.EngineWire, runfile.EngineHTTP}
	}
	return []string{runfile.EngineHTTP}
}

// engine returns the name of the engine that drives the plan: the wire engine, if it can.
func (p Plan) engine() string {
	switch {
	case p.Engine != "":
		return p.Engine
	case p.byHTTP() == "":
		return runfile.EngineWire
	default:
		return runfile.EngineHTTP
	}
}

// Errors for plans that need what the wire engine lacks.
var (
	ErrWireGoodbye = errors.New("the wire engine closes no connection of HTTP/2 after an answer")
	ErrWireFollow  = errors.New("the wire engine does not follow redirects")
	ErrWireHTTP3   = errors.New("the wire engine does not speak HTTP/3")
)

// beyondWire returns an error for the first need of the plan that the wire engine lacks.
func (p Plan) beyondWire() error {
	if p.Follow.Most > 0 {
		return ErrWireFollow
	}
	if p.HTTP == runfile.HTTP3 {
		return ErrWireHTTP3
	}
	if (p.HTTP == runfile.HTTP2 || p.prefersHTTP2()) && p.Limits.NoKeepAlive {
		return ErrWireGoodbye
	}
	for _, u := range p.places() {
		if proxy, err := proxyOf(u); p.ConnectTo == "" && (err != nil || proxy != nil) {
			return ErrWireProxy
		}
	}
	return nil
}

// beyondHTTP returns what the plan asks of the wire engine alone.
func (p Plan) beyondHTTP() error {
	why := "the http engine sends the requests: " + p.byHTTP()
	if p.Engine == runfile.EngineHTTP {
		why = "the http engine was asked for"
	}
	switch w := p.Wire; {
	case w.Loops > 1:
		return fmt.Errorf("loops is for the wire engine, and %s: leave it out", why)
	case w.Spin != nil && *w.Spin != runfile.DefaultSpin:
		return fmt.Errorf("spin is for the wire engine, and %s: leave it out", why)
	}
	return nil
}

func (p Plan) checkEngine() error {
	switch {
	case p.Engine != "" && !slices.Contains(Engines(), p.Engine):
		return fmt.Errorf("there is no engine %q here: it is %s", p.Engine, strings.Join(Engines(), " or "))
	case p.Wire.DNSTTL > 0 && p.ConnectTo != "":
		return errors.New("dns-ttl looks the hosts' names up again, and connect-to looks no name up: leave one out")
	case p.undecided():
		return nil // see [Job.withConnections]
	case p.engine() == runfile.EngineHTTP:
		return p.beyondHTTP()
	case p.Engine == runfile.EngineWire:
		return p.beyondWire()
	}
	return nil
}
