package loadgen

import (
	"context"
	"fmt"
	"net"
	"net/netip"

	"github.com/seed-5a006608/bench/loadgen/wire"
)

// origins returns where the plan's requests go, in the order of mix.hosts.
func (r *recording) origins(ctx context.Context) ([]*wire.Origin, error) {
	var list []*wire.Origin
	for _, host := range r.mix.hosts {
		addresses, err := addressesOf(ctx, host)
		if err != nil {
			return nil, err
		}
		list = append(list, wire.NewOrigin(addresses))
	}
	return list, nil
}

// addressesOf returns the addresses of host:port.
func addressesOf(ctx context.Context, hostPort string) ([]netip.AddrPort, error) {
	host, service, err := net.SplitHostPort(hostPort)
	if err != nil {
		return nil, fmt.Errorf("%s is no address to connect to: give host and port, as in 127.0.0.1:8080", hostPort)
	}
	port, err := net.DefaultResolver.LookupPort(ctx, "tcp", service)
	if err != nil {
		return nil, fmt.Errorf("%s: there is no port %q", hostPort, service)
	}
	ips, err := net.DefaultResolver.LookupNetIP(ctx, "ip", host)
	if err != nil {
		return nil, fmt.Errorf("the address of host %q cannot be found out: %w", host, err)
	}
	var list []netip.AddrPort
	for _, ip := range ips {
		list = append(list, netip.AddrPortFrom(ip.Unmap(), uint16(port)))
	}
	return list, nil
}
