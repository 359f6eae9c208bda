package loadgen

import (
	"cmp"
	"context"
	"crypto/tls"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"slices"
	"time"

	"github.com/seed-5a006608/bench/loadgen/nethttp"
	"github.com/seed-5a006608/bench/loadgen/preflight"
	"github.com/seed-5a006608/bench/loadgen/request"
	"github.com/seed-5a006608/bench/loadgen/runfile"
	"github.com/seed-5a006608/bench/loadgen/units"
	"github.com/seed-5a006608/bench/loadgen/usage"
)

// Preflight looks at what stands in the way of the job, at each host that it sends to, and returns the job with as many
// connections as can be held. See [preflight.Preflight].
func (j *Job) Preflight(ctx context.Context, connectionsGiven bool) (able *Job, findings []preflight.Finding) {
	p, m := &j.Plan, j.mix
	in := preflight.Input{
		Bundled: p.Target.Bundled, Connections: p.Limits.Connections, ConnectionsGiven: connectionsGiven,
		KeepAlive: !p.Limits.NoKeepAlive,
	}
	if p.Closed == nil {
		in.Requests, in.PeakRate = uint64(p.Profile.Expected()), p.Profile.PeakRate()
		if n := p.Limits.Requests; n > 0 {
			s, err := j.schedule()
			if err != nil {
				return j, []preflight.Finding{{Text: err.Error(), Cause: err, Fatal: true, Usage: true}}
			}
			if in.Requests = s.Total(); in.Requests < n {
				findings = append(findings, preflight.Finding{Text: fmt.Sprintf("the profile ends after %s, before the %s that are the limit",
					units.Requests(in.Requests), units.Count(n))})
			}
		}
	} else {
		in.Requests = p.Limits.Requests
		// Fewer connections than users would be another load than was asked for.
		in.ConnectionsGiven = true
	}
	if m.Lines != nil {
		for _, note := range slices.Concat(m.Lines.Notes, []string{m.Words()}) {
			if note != "" {
				findings = append(findings, preflight.Finding{Text: note})
			}
		}
	}
	ways, noted := p.ways(m)
	findings = append(findings, noted...)
	if preflight.AnyFatal(noted) {
		return j, findings
	}
	var spoken []string
	for _, w := range ways {
		if in.Address = w.address; p.HTTP == runfile.HTTP3 {
			in.Address = "" // nothing has to listen there for TCP
		}
		var found []preflight.Finding
		var conn net.Conn // for the handshake: a connection without one would be an error to the server
		if in.Reached = nil; w.destination.Scheme == "https" {
			in.Reached = func(c net.Conn) { conn = c }
		}
		in.Connections, found = preflight.Look(ctx, in)
		for i, f := range found {
			if f.Fatal && !f.Usage && w.proxy != nil {
				found[i] = w.deadProxy(f)
			}
		}
		if w.destination.Scheme == "https" && !preflight.AnyFatal(found) {
			protocol, faults := p.handshake(ctx, conn, j.tls.Clone(), w, askedOf(m, w.destination))
			spoken, found = append(spoken, protocol), append(found, faults...)
		}
		if conn != nil {
			conn.Close()
		}
		for _, f := range found {
			if !slices.Contains(findings, f) {
				findings = append(findings, f)
			}
			if f.Fatal {
				return j, findings
			}
		}
	}
	able, err := j.withConnections(in.Connections, p.agreement(spoken))
	if err != nil {
		return j, append(findings, preflight.Finding{Text: err.Error(), Cause: err, Fatal: true})
	}
	if free, ok := usage.FreeMemory(); ok {
		findings = append(findings, able.fewer(free)...)
	}
	return able, append(findings, able.Plan.chosen()...)
}

// handshakeTime bounds a handshake that is made to see whether there is one.
const handshakeTime = 5 * time.Second

// handshake looks whether TLS with one of the plan's hosts works over a connection, which is nil for HTTP/3; see
// [preflight.Handshake.Try]. asked is the name in the Host header of requests to it, where that is another than the URL's.
func (p Plan) handshake(ctx context.Context, conn net.Conn, config *tls.Config, w way, asked string) (spoken string, findings []preflight.Finding) {
	if w.proxy != nil && w.proxy.Scheme != "http" {
		return "", nil // what a proxy by TLS or SOCKS says, the run will tell
	}
	ctx, cancel := context.WithTimeout(ctx, handshakeTime)
	defer cancel()
	h := preflight.Handshake{
		Config: config, Host: w.destination.Host, Name: cmp.Or(p.TLS.SNI, w.destination.Hostname()), Asked: asked, HTTP: p.HTTP, CAFile: p.TLS.CAFile,
	}
	config.NextProtos = p.offered()
	if p.HTTP == runfile.HTTP3 {
		return "", h.TryQUIC(ctx, func(ctx context.Context, c *tls.Config) error { return nethttp.HandshakeQUIC(ctx, w.address, c) })
	}
	if w.proxy != nil {
		switch status, err := w.tunnel(ctx, conn); {
		case status == http.StatusProxyAuthRequired:
			return "", []preflight.Finding{w.unknownUser()}
		case err != nil || status != http.StatusOK:
			return "", nil // the run will tell
		}
	}
	if p.HTTP == runfile.HTTP2 {
		h.Agreed = onlyHTTP2
	}
	return h.Try(ctx, conn)
}

// askedOf returns the host that the Host header names in requests to a destination; "" where it is the URL's.
func askedOf(m *request.Mix, destination *url.URL) string {
	for i := range m.Requests {
		if c := &m.Requests[i]; c.Scheme == destination.Scheme && c.Host == destination.Host {
			if named := c.Header.Fixed["Host"]; len(named) > 0 {
				u := url.URL{Host: named[0]}
				return u.Hostname()
			}
		}
	}
	return ""
}
