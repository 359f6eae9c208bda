package targets

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/url"
	"os"
	"strconv"

	"github.com/seed-5a006608/bench/targets/link"
	"github.com/seed-5a006608/bench/targets/process"
)

// LinkOptions say what is between bench and a service that it has started.
type LinkOptions struct {
	To       string // URL of the service
	Link     string // in the form of [link.Parse]
	Seed     uint64
	HTTP3    bool  // datagrams pass too, at the same port
	CPUs     []int // processors for the link; nil: this process's
	Lifeline int   // of the link's process, see [ServeOptions]
}

// StartLink starts a link in a process of its own, so that it costs neither bench nor the service any time, and returns when it takes
// connections. Its URL stands for the service's.
func StartLink(ctx context.Context, o LinkOptions) (*Child, error) {
	program, err := os.Executable()
	if err != nil {
		return nil, fmt.Errorf("find this program to start the link to %s: %w", o.To, err)
	}
	return process.Start(ctx, process.Spec{
		Name: "the link to " + o.To, Path: program, LifelineFlag: "--lifeline", CPUs: o.CPUs, Env: childEnvironment(os.Environ()),
		Args: []string{"link", o.To, "--link=" + o.Link, "--seed=" + strconv.FormatUint(o.Seed, 10), "--http3=" + strconv.FormatBool(o.HTTP3)},
	})
}

// ServeLink is the link's process: it relays until ctx ends, or the lifeline does. ready is told the URL when connections are taken.
func ServeLink(ctx context.Context, o LinkOptions, ready func(url string)) error {
	asked, _, stop, err := process.Lifeline(ctx, o.Lifeline)
	if err != nil {
		return err
	}
	defer stop()
	l, err := link.Parse(o.Link)
	if err != nil {
		return err
	}
	to, err := url.Parse(o.To)
	if err != nil {
		return err
	}
	ln, err := net.Listen("tcp", defaultAddr)
	if err != nil {
		return err
	}
	defer context.AfterFunc(asked, func() { _ = ln.Close() })()
	relay := link.NewRelay(l, o.Seed, to.Host)
	datagrams := make(chan error, 1)
	if o.HTTP3 {
		conn, err := net.ListenUDP("udp", net.UDPAddrFromAddrPort(ln.Addr().(*net.TCPAddr).AddrPort()))
		if err != nil {
			return errors.Join(fmt.Errorf("UDP at the port of TCP: %w", err), ln.Close())
		}
		defer context.AfterFunc(asked, func() { _ = conn.Close() })()
		go func() { datagrams <- relay.ServeUDP(asked, conn) }()
	} else {
		datagrams <- nil
	}
	to.Host = ln.Addr().String()
	ready(to.String())
	return errors.Join(relay.ServeTCP(asked, ln), <-datagrams)
}
