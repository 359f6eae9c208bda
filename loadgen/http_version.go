package loadgen

import (
	"crypto/tls"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/seed-5a006608/bench/loadgen/address"
	"github.com/seed-5a006608/bench/loadgen/preflight"
	"github.com/seed-5a006608/bench/loadgen/request"
	"github.com/seed-5a006608/bench/loadgen/runfile"
	"github.com/seed-5a006608/bench/loadgen/wire"
)

// Speaks is the version of HTTP that the plan's requests will be sent by, as [runfile.HTTP1]; "" where no server has said yet, or
// servers differ.
func (p Plan) Speaks() string {
	switch {
	case p.HTTP != runfile.HTTPAuto:
		return p.HTTP
	case p.Negotiated == preflight.ALPNHTTP2:
		return runfile.HTTP2
	case p.Negotiated == preflight.ALPNHTTP1, !p.secure():
		return runfile.HTTP1
	}
	return ""
}

func (p Plan) checkHTTP() error {
	switch p.HTTP {
	case runfile.HTTPAuto, runfile.HTTP1, runfile.HTTP2:
		return nil
	case runfile.HTTP3:
		return p.checkHTTP3()
	}
	return fmt.Errorf("http %s: it is 1.1, 2, 3 or auto", runfile.Excerpt(p.HTTP))
}

// checkHTTP3 refuses what does not go over QUIC.
func (p Plan) checkHTTP3() error {
	switch {
	case slices.ContainsFunc(p.places(), func(u *url.URL) bool { return u.Scheme != "https" }):
		return errors.New("HTTP/3 goes to https:// alone: bundled services serve it with TLS")
	case p.Limits.NoKeepAlive:
		return errors.New("HTTP/3 has all requests to a host share one connection: leave no-keepalive out")
	case strings.HasPrefix(p.ConnectTo, address.UnixPrefix):
		return errors.New("HTTP/3 goes over UDP, and connect-to names a socket of this machine: give host and port")
	case p.ConnectTo == "" && slices.ContainsFunc(p.places(), func(u *url.URL) bool { proxy, err := proxyOf(u); return err != nil || proxy != nil }):
		return errors.New("HTTP/3 goes through no proxy: name the host in NO_PROXY, or ask for HTTP/2")
	}
	return nil
}

// offered is what the plan offers a server to speak over TLS.
func (p Plan) offered() []string {
	switch {
	case p.HTTP == runfile.HTTP2:
		return []string{preflight.ALPNHTTP2}
	case p.HTTP == runfile.HTTP1, p.Engine == runfile.EngineWire:
		return []string{preflight.ALPNHTTP1}
	}
	return []string{preflight.ALPNHTTP2, preflight.ALPNHTTP1}
}

// protocols are what net/http is to speak; nil: what it does by itself, which is HTTP/2 where a server of https offers it.
func (p Plan) protocols() *http.Protocols {
	list := new(http.Protocols)
	switch p.HTTP {
	case runfile.HTTP1:
		list.SetHTTP1(true)
	case runfile.HTTP2:
		list.SetHTTP2(true)
		list.SetUnencryptedHTTP2(true)
	default:
		return nil
	}
	return list
}

// onlyHTTP2 refuses a server that does not agree on HTTP/2: net/http would speak HTTP/1.1 to it.
func onlyHTTP2(state tls.ConnectionState) error {
	if state.NegotiatedProtocol != preflight.ALPNHTTP2 {
		return preflight.ErrNoHTTP2
	}
	return nil
}

// places are the URLs' schemes and hosts that the plan's requests go to. A URL that cannot be read is left out: it is refused
// elsewhere.
func (p Plan) places() (list []*url.URL) {
	add := func(raw string) error {
		if u, err := request.OriginOf(raw); err == nil {
			list = append(list, u)
		}
		return nil
	}
	if p.Lines != nil {
		_ = p.Lines.Origins(add)
	}
	for _, r := range p.Requests {
		_ = add(r.URL)
	}
	return list
}

// version is the version of HTTP that the wire engine is to speak; [runfile.HTTPAuto] is HTTP/1.1 there. To the http engine it says
// what was asked for. Servers that prefer HTTP/2 are spoken to in it by the wire engine; before, by the other, and a plan's record that
// names no version means HTTP/1.1 with the wire engine as it did.
func (p Plan) version() string {
	if p.prefersHTTP2() && p.engine() == runfile.EngineWire {
		return runfile.HTTP2
	}
	return p.HTTP
}

// prefersHTTP2 reports whether it was left to the servers which version is spoken, and all said HTTP/2.
func (p Plan) prefersHTTP2() bool {
	return p.HTTP == runfile.HTTPAuto && p.Engine == "" && p.Negotiated == preflight.ALPNHTTP2
}

// undecided reports whether the engine depends on what servers will say.
func (p Plan) undecided() bool {
	return p.Engine == "" && p.HTTP == runfile.HTTPAuto && p.Negotiated == "" && p.beyondWire() == nil && wire.Supported && p.secure()
}

func (p Plan) secure() bool {
	return slices.ContainsFunc(p.places(), func(u *url.URL) bool { return u.Scheme == "https" })
}

// byHTTP says why the http engine sends what the wire engine could not, or would otherwise than the server can; "": the wire
// engine sends it.
func (p Plan) byHTTP() string {
	if !wire.Supported {
		return "this system has no other"
	}
	switch err := p.beyondWire(); {
	case p.Follow.Most > 0:
		return "to follow redirects needs it"
	case p.HTTP == runfile.HTTP3:
		return "HTTP/3 needs it, whose answers are timed as bench reads them and not as the kernel receives them"
	case errors.Is(err, ErrWireGoodbye):
		return "HTTP/2 without keep-alive needs it"
	case err != nil:
		return "requests go through a proxy"
	case p.HTTP == runfile.HTTP2 || p.HTTP == runfile.HTTP1:
		return ""
	case p.Negotiated == Various:
		return "not all servers prefer the same version of HTTP (where 1.1 or 2 is asked for, the wire engine sends)"
	case p.Negotiated == preflight.ALPNHTTP1 || p.prefersHTTP2() || !p.secure():
		return ""
	}
	return "it is not known which version of HTTP the server prefers (where 1.1 or 2 is asked for, the wire engine sends)"
}

// chosen says that the http engine sends the requests, and why, where that was not asked for.
func (p Plan) chosen() []preflight.Finding {
	why := p.byHTTP()
	if p.Engine != "" || why == "" || !wire.Supported {
		return nil
	}
	return []preflight.Finding{{Text: "the http engine sends the requests: " + why}}
}

// Various is what servers agreed on, [Plan].Negotiated, that did not all agree on the same. Without TLS that is HTTP/1.1.
const Various = "various"

// agreement is what the servers of a plan agreed on; "" where one did not say.
func (p Plan) agreement(spoken []string) string {
	if slices.ContainsFunc(p.places(), func(u *url.URL) bool { return u.Scheme == "http" }) {
		spoken = append(spoken, preflight.ALPNHTTP1)
	}
	switch list := slices.Compact(slices.Sorted(slices.Values(spoken))); {
	case len(list) == 0 || list[0] == "":
		return ""
	case len(list) > 1:
		return Various
	default:
		return list[0]
	}
}
