package loadgen

import (
	"cmp"
	"context"
	"crypto/tls"
	"fmt"
	"net"
	"net/netip"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/seed-5a006608/bench/loadgen/address"
	"github.com/seed-5a006608/bench/loadgen/request"
	"github.com/seed-5a006608/bench/loadgen/runfile"
	"github.com/seed-5a006608/bench/loadgen/units"
	"github.com/seed-5a006608/bench/loadgen/wire"
)

func checkConnectTo(to string) error {
	path, isPath := strings.CutPrefix(to, address.UnixPrefix)
	switch {
	case to == "":
		return nil
	case isPath && path != "" && len(path) <= maxSocketPath && !strings.Contains(path, "\x00"):
		return nil
	case isPath:
		return fmt.Errorf("connect-to %q: after unix: stands the path of a socket, of at most %d bytes", to, maxSocketPath)
	}
	if host, port, err := net.SplitHostPort(to); err != nil || host == "" || port == "" {
		return fmt.Errorf("connect-to %q: give host and port, as in 127.0.0.1:8080, or unix: and a path", to)
	}
	return nil
}

// maxSocketPath is what the systems' socket addresses hold, less the 0 byte at the end: 104 bytes on darwin.
const maxSocketPath = 103

// pools returns the addresses of the hosts that the plan's requests go to, in the order of mix.hosts; nil for a unix socket,
// and for a host whose connections net/http opens by itself: through a proxy, or to the one address that there is.
func (r *recording) pools(ctx context.Context) ([]*address.Pool, error) {
	list := make([]*address.Pool, len(r.mix.Hosts))
	wired := r.plan.engine() == runfile.EngineWire
	for i, host := range r.mix.Hosts {
		if r.plan.ConnectTo != "" {
			host = r.plan.ConnectTo
		}
		if strings.HasPrefix(host, address.UnixPrefix) || !wired && r.plan.ConnectTo == "" && proxied(r.mix, i) {
			continue
		}
		addresses, err := r.lookup.addressesOf(ctx, host)
		switch {
		case err != nil && wired:
			return nil, err
		case err == nil && (wired || len(addresses) > 1 || r.plan.Wire.DNSTTL > 0):
			list[i] = address.New(addresses)
		}
	}
	r.addresses = list
	return list, nil
}

// destinations returns where the plan's requests go, in the order of mix.hosts.
func (r *recording) destinations(ctx context.Context) ([]*wire.Origin, error) {
	pools, err := r.pools(ctx)
	if err != nil {
		return nil, err
	}
	list := make([]*wire.Origin, len(pools))
	for i, pool := range pools {
		if pool == nil {
			list[i] = wire.UnixOrigin(strings.TrimPrefix(r.plan.ConnectTo, address.UnixPrefix))
		} else {
			list[i] = wire.PoolOrigin(pool)
		}
	}
	for i := range r.mix.Requests {
		if c := &r.mix.Requests[i]; c.Scheme == "https" {
			list[c.Origin].Secure(r.tlsTo(&url.URL{Host: c.Host}))
		}
	}
	if r.plan.version() == runfile.HTTP2 {
		for _, o := range list {
			o.Share(r.plan.Wire.Connections)
		}
	}
	return list, nil
}

// tlsTo is how TLS is spoken to a host.
func (r *recording) tlsTo(host *url.URL) *tls.Config {
	config := r.tls.Clone()
	config.ServerName = cmp.Or(config.ServerName, host.Hostname())
	return config
}

// proxied reports whether net/http goes through a proxy to one of the hosts.
func proxied(m *request.Mix, host int) bool {
	return slices.ContainsFunc(m.Requests, func(c request.CompiledRequest) bool {
		proxy, err := proxyOf(&url.URL{Scheme: c.Scheme, Host: c.Host})
		return c.Origin == host && (err != nil || proxy != nil)
	})
}

// lanes returns the addresses of the hosts that have several, as the engine over net/http takes them.
func (r *recording) lanes(pools []*address.Pool) map[string]*address.Pool {
	hosts := make(map[string]*address.Pool)
	for i := range r.mix.Requests {
		if c := &r.mix.Requests[i]; pools[c.Origin] != nil {
			hosts[c.Scheme+"://"+c.Host] = pools[c.Origin]
		}
	}
	return hosts
}

// outages are events that tell when an address took no connections while others of its host did.
func (r *recording) outages() (events []runfile.Event) {
	for i, pool := range r.addresses {
		if pool == nil || onePlace(cmp.Or(r.plan.ConnectTo, r.mix.Hosts[i])) {
			continue
		}
		for _, o := range pool.Outages() {
			e := runfile.Event{Kind: runfile.EventAddress, AtNS: o.From, Text: fmt.Sprintf(
				"%s took no connections (%s) and was left out, to be asked again every %v", o.Address, o.Why, address.AskAgain)}
			if o.To > 0 {
				e.DurationNS = o.To - o.From
				e.Text = fmt.Sprintf("%s took no connections (%s) and was left out for %s", o.Address, o.Why, units.Precise(e.DurationNS))
			}
			events = append(events, e)
		}
	}
	return events
}

// onePlace reports whether host:port names this machine under two addresses, of which a server often has only one.
func onePlace(hostPort string) bool {
	host, _, _ := net.SplitHostPort(hostPort)
	a, err := netip.ParseAddr(host)
	return host == "localhost" || err == nil && a == netip.IPv6Unspecified()
}

// lookup returns the addresses of a name; nil: as the system does.
type lookup func(ctx context.Context, network, host string) ([]netip.Addr, error)

// addressesOf returns the addresses of host:port.
func (look lookup) addressesOf(ctx context.Context, hostPort string) ([]netip.AddrPort, error) {
	host, service, err := net.SplitHostPort(hostPort)
	if err != nil {
		return nil, fmt.Errorf("%s is no address to connect to: give host and port, as in 127.0.0.1:8080", hostPort)
	}
	port, err := net.DefaultResolver.LookupPort(ctx, "tcp", service)
	if err != nil {
		return nil, fmt.Errorf("%s: there is no port %q", hostPort, service)
	}
	if a, err := netip.ParseAddr(host); err == nil {
		list := []netip.AddrPort{netip.AddrPortFrom(a.Unmap(), uint16(port))} // a lookup forgets its zone
		if a == netip.IPv6Unspecified() {
			list = append(list, netip.AddrPortFrom(netip.AddrFrom4([4]byte{127, 0, 0, 1}), uint16(port))) // of a server with IPv4 alone
		}
		return list, nil
	}
	if look == nil {
		look = net.DefaultResolver.LookupNetIP
	}
	ips, err := look(ctx, "ip", host)
	if err != nil {
		return nil, fmt.Errorf("the address of host %q cannot be found out: %w", host, err)
	}
	var list []netip.AddrPort
	for _, ip := range ips {
		list = append(list, netip.AddrPortFrom(ip.Unmap(), uint16(port)))
	}
	return list, nil
}

// follow looks the hosts' names up again and again until ctx is done, and returns when that has ended. Where it fails their
// addresses stay as they are.
func (r *recording) follow(ctx context.Context) {
	ticker := time.NewTicker(r.plan.Wire.DNSTTL)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
		for i, host := range r.mix.Hosts {
			if r.addresses[i] == nil {
				continue
			}
			if addresses, err := r.lookup.addressesOf(ctx, host); err == nil {
				r.addresses[i].Move(addresses)
			}
		}
	}
}

// following begins to follow the hosts' names where the plan asks for it, and returns what ends that.
func (r *recording) following(ctx context.Context) (stop func()) {
	if r.plan.Wire.DNSTTL == 0 || r.plan.ConnectTo != "" {
		return func() {}
	}
	ctx, cancel := context.WithCancel(ctx)
	var followed sync.WaitGroup
	followed.Go(func() { r.follow(ctx) })
	return func() {
		cancel()
		followed.Wait()
	}
}
