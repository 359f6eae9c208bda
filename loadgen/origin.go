package loadgen

import (
	"context"
	"fmt"
	"net"
	"net/netip"
	"strings"
	"time"

	"github.com/seed-5a006608/bench/loadgen/wire"
)

// unixPrefix begins an address that is the path of a unix socket.
const unixPrefix = "unix:"

func checkConnectTo(to string) error {
	path, isPath := strings.CutPrefix(to, unixPrefix)
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

// origins returns where the plan's requests go, in the order of mix.hosts.
func (r *recording) origins(ctx context.Context) ([]*wire.Origin, error) {
	var list []*wire.Origin
	for _, host := range r.mix.hosts {
		if r.plan.ConnectTo != "" {
			host = r.plan.ConnectTo
		}
		if path, ok := strings.CutPrefix(host, unixPrefix); ok {
			list = append(list, wire.UnixOrigin(path))
			continue
		}
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

// follow looks the hosts' names up again and again until ctx is done. Where that fails their addresses stay as they are.
func (r *recording) follow(ctx context.Context, origins []*wire.Origin) {
	ticker := time.NewTicker(r.plan.Wire.DNSTTL)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
		for i, host := range r.mix.hosts {
			if addresses, err := addressesOf(ctx, host); err == nil {
				origins[i].Move(addresses)
			}
		}
	}
}
