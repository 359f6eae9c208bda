package preflight

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"math"
	"net"
	"net/netip"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/seed-5a006608/bench/loadgen/address"
)

const (
	reachTries    = 3
	reachInterval = time.Second // between the beginnings of two tries, and what each may take
)

// errWinRefused is Windows' own number for a refused connection, WSAECONNREFUSED, which package syscall does not match
// with ECONNREFUSED. No other system has an error of that number.
const errWinRefused = syscall.Errno(10061)

// reach connects to an address and says what it met. The connection is given to reached, or closed where that is nil. A service
// that is just starting is given three tries.
func reach(ctx context.Context, address string, dial func(ctx context.Context, network, address string) (net.Conn, error), reached func(net.Conn)) (remote netip.Addr, found []Finding) {
	network, at := dialed(address)
	host, _, err := net.SplitHostPort(at)
	if err != nil && network == "tcp" {
		return remote, []Finding{{Text: fmt.Sprintf("%s is no address to connect to: give host and port, as in 127.0.0.1:8080", address), Fatal: true, Usage: true}}
	}
	began := time.Now()
	tried := func(n int) string {
		return fmt.Sprintf("tried %d times in %.0f s", n, math.Max(1, time.Since(began).Seconds()))
	}
	for n := 1; ; n++ {
		next := time.NewTimer(reachInterval)
		try, cancel := context.WithTimeout(ctx, reachInterval)
		conn, err := dial(try, network, at)
		cancel()
		if err == nil {
			next.Stop()
			if tcp, ok := conn.RemoteAddr().(*net.TCPAddr); ok {
				remote = tcp.AddrPort().Addr().Unmap()
			}
			if reached != nil {
				reached(conn)
			} else {
				conn.Close()
			}
			if n > 1 {
				found = append(found, Finding{Text: fmt.Sprintf("%s took a connection only after a while (%s): was the service just starting?", address, tried(n))})
			}
			return remote, found
		}
		if n == reachTries || ctx.Err() != nil || isFinal(err) {
			next.Stop()
			why := unreachable(address, host, err)
			switch {
			case ctx.Err() != nil:
				why = fmt.Sprintf("stopped before %s took a connection", address)
			case n > 1:
				why += " (" + tried(n) + ")"
			}
			return remote, []Finding{{Text: why, Fatal: true}}
		}
		select {
		case <-next.C:
		case <-ctx.Done():
			next.Stop()
		}
	}
}

// dialed returns what to dial for an address, which may be unix: and a socket's path.
func dialed(to string) (network, at string) {
	if path, ok := strings.CutPrefix(to, address.UnixPrefix); ok {
		return "unix", path
	}
	return "tcp", to
}

// isFinal says whether another try would meet the same.
func isFinal(err error) bool {
	var dns *net.DNSError
	if errors.As(err, &dns) {
		return dns.IsNotFound
	}
	var addr *net.AddrError
	return errors.As(err, &addr) || errors.Is(err, syscall.EACCES) || errors.Is(err, syscall.EPERM)
}

// unreachable words why an address could not be connected to, and what to do.
func unreachable(to, host string, err error) string {
	bare, _, _ := strings.Cut(host, "%")
	isSocket := strings.HasPrefix(to, address.UnixPrefix)
	// A name may stand for an address that nobody expected.
	if op := new(net.OpError); errors.As(err, &op) && op.Addr != nil {
		if tcp, ok := op.Addr.(*net.TCPAddr); ok && tcp.IP.String() != bare {
			to = fmt.Sprintf("%s (%s)", to, tcp.IP)
		}
	}
	var dns *net.DNSError
	var timeout net.Error
	switch {
	case errors.As(err, &dns) && dns.IsNotFound:
		return fmt.Sprintf("there is no host %q: is it spelled right? (%s)", host, dns.Err)
	case errors.As(err, &dns):
		return fmt.Sprintf("the address of host %q cannot be found out: does name resolution work here? (%s)", host, dns.Err)
	case isSocket && errors.Is(err, fs.ErrNotExist):
		return fmt.Sprintf("there is no socket at %s: is the path right, and the service running?", to)
	case isSocket && errors.Is(err, fs.ErrPermission):
		return fmt.Sprintf("this system forbids bench to connect to %s: may this user write to the socket?", to)
	case noInterface(host) != "":
		return fmt.Sprintf("%s: this system has no network interface %q", to, noInterface(host))
	case errors.Is(err, syscall.ECONNREFUSED), errors.Is(err, errWinRefused):
		return to + " refuses connections: is the service running?"
	case errors.Is(err, syscall.EHOSTUNREACH), errors.Is(err, syscall.ENETUNREACH):
		return fmt.Sprintf("there is no way to %s from here: is the address right, and the network up?", to)
	case errors.Is(err, syscall.EACCES), errors.Is(err, syscall.EPERM):
		return fmt.Sprintf("this system forbids bench to connect to %s: does a firewall or sandbox stand between?", to)
	case errors.Is(err, syscall.EADDRNOTAVAIL):
		return fmt.Sprintf("there is no local port left to connect to %s from: wait a minute for closed connections to be forgotten", to)
	case errors.Is(err, syscall.EMFILE):
		return fmt.Sprintf("connect to %s: no file descriptor is left; raise the limit with `ulimit -n`", to)
	case errors.As(err, &timeout) && timeout.Timeout():
		return to + " does not answer: is the address right, or does a firewall drop what is sent there?"
	}
	return fmt.Sprintf("%s takes no connection: %v", to, err)
}

// noInterface returns the zone of an address where it is no interface of this system; "" where it is, and without a zone.
func noInterface(host string) string {
	a, err := netip.ParseAddr(host)
	if err != nil || a.Zone() == "" {
		return ""
	}
	if _, err := net.InterfaceByName(a.Zone()); err == nil {
		return ""
	}
	if i, err := strconv.Atoi(a.Zone()); err == nil {
		if _, err := net.InterfaceByIndex(i); err == nil {
			return ""
		}
	}
	return a.Zone()
}
