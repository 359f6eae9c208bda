package preflight

import (
	"context"
	"net"
	"net/netip"
	"slices"

	"github.com/seed-5a006608/bench/loadgen/usage"
)

// Finding is one thing that stands in the way of a run, or has to be known to read it: one sentence with its remedy, where that
// is no setting of bench's.
type Finding struct {
	Text  string
	Cause error // kind of the error, for callers that know a setting against it; nil: no setting helps
	Fatal bool  // the run cannot begin
	Usage bool  // and the reason is what the user asked for
}

// Err returns the finding as an error that is of its cause's kind.
func (f Finding) Err() error { return foundError{f} }

type foundError struct{ Finding }

func (e foundError) Error() string { return e.Text }
func (e foundError) Unwrap() error { return e.Cause }

// PreflightInput is what Preflight has to know of the plan.
type Input struct {
	Address          string  // host:port that is connected to, or unix: and a socket's path; "" tries none
	Bundled          bool    // bench itself started the target on this host
	Connections      int     // most connections open at once
	ConnectionsGiven bool    // the user asked for just that many
	KeepAlive        bool    // connections are used again
	Requests         uint64  // planned; 0: not known beforehand
	PeakRate         float64 // highest offered rate, requests/s; 0: as fast as it goes

	Reached func(net.Conn) // is given the connection to Address, to close it; nil: it is closed at once
}

// Preflight looks, before anything is sent, at what limits this process and whether the target takes connections. It
// raises this process's limit of open files as far as it may, and connects to the target up to three times within three
// seconds. It returns how many connections can be held: those wanted, or fewer when they were not given by the user,
// with a finding that says so. After a fatal finding the others may be missing.
func Look(ctx context.Context, in Input) (connections int, findings []Finding) {
	usage.RaiseOpenFiles()
	return preflight{limits: ReadLimits(), dial: new(net.Dialer).DialContext, own: ownAddresses()}.run(ctx, in)
}

// preflight is what the findings are derived from.
type preflight struct {
	limits Limits
	dial   func(ctx context.Context, network, address string) (net.Conn, error)
	own    []netip.Addr // addresses of this host
}

func (p preflight) run(ctx context.Context, in Input) (connections int, findings []Finding) {
	connections, findings = p.limits.fit(in)
	if AnyFatal(findings) {
		return connections, findings
	}
	in.Connections = connections

	where := elsewhere
	if in.Bundled {
		where = onLoopback
	}
	if in.Address != "" {
		remote, found := reach(ctx, in.Address, p.dial, in.Reached)
		findings = append(findings, found...)
		if AnyFatal(found) {
			return connections, findings
		}
		where = max(where, p.place(remote))
	}
	return connections, append(findings, p.limits.notes(in, where)...)
}

func AnyFatal(findings []Finding) bool {
	for _, f := range findings {
		if f.Fatal {
			return true
		}
	}
	return false
}

// OnThisMachine reports whether what is sent to an address stays on this machine: one of loopback, of an interface, or the
// one that stands for all of them.
func OnThisMachine(a netip.Addr) bool {
	a = a.Unmap()
	return a.IsLoopback() || a.IsUnspecified() || slices.Contains(ownAddresses(), a.WithZone(""))
}

// place says where an address is.
func (p preflight) place(addr netip.Addr) placement {
	switch {
	case addr.IsLoopback():
		return onLoopback
	case slices.Contains(p.own, addr.WithZone("")):
		return onThisHost
	}
	return elsewhere
}

// ownAddresses lists the addresses of this host's interfaces; none when they cannot be read.
func ownAddresses() []netip.Addr {
	list, err := net.InterfaceAddrs()
	if err != nil {
		return nil
	}
	var own []netip.Addr
	for _, a := range list {
		if n, ok := a.(*net.IPNet); ok {
			if addr, ok := netip.AddrFromSlice(n.IP); ok {
				own = append(own, addr.Unmap())
			}
		}
	}
	return own
}
