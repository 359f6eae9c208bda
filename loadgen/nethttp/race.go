package nethttp

import (
	"context"
	"net"
	"time"

	"github.com/seed-5a006608/bench/loadgen/address"
	"github.com/seed-5a006608/bench/loadgen/exchange"
)

// udpAddresses looks a host up, and returns its addresses in the order in which they are tried.
func udpAddresses(ctx context.Context, hostPort string) ([]*net.UDPAddr, error) {
	host, port, err := net.SplitHostPort(hostPort)
	if err != nil {
		return nil, err
	}
	number, err := net.DefaultResolver.LookupPort(ctx, "udp", port)
	if err != nil {
		return nil, err
	}
	found, err := net.DefaultResolver.LookupIPAddr(ctx, host)
	if err != nil {
		return nil, err
	}
	list := make([]*net.UDPAddr, len(found))
	for i, a := range found {
		list[i] = &net.UDPAddr{IP: a.IP, Port: number, Zone: a.Zone}
	}
	return list, nil
}

// race connects to the first of n addresses that answers. Each is tried when the one before has failed, or has not answered for
// [address.SlowAfter]: over UDP nobody refuses. A failure of TLS is an answer. If all fail it returns how the first did. It drops
// what else was connected.
func race[C any](ctx context.Context, n int, connect func(ctx context.Context, i int) (C, error), drop func(C)) (C, error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	type attempt struct {
		c   C
		err error
	}
	over, slow := make(chan attempt), time.NewTimer(address.SlowAfter)
	defer slow.Stop()
	begun, pending := 0, 0
	begin := func() {
		if begun == n || ctx.Err() != nil {
			return
		}
		i := begun
		begun++
		pending++
		go func() {
			c, err := connect(ctx, i)
			over <- attempt{c, err}
		}()
		slow.Reset(address.SlowAfter)
	}
	var failed attempt
	for begin(); pending > 0; {
		select {
		case <-slow.C:
			begin()
		case a := <-over:
			pending--
			if a.err == nil || classify(a.err) == exchange.TLS {
				cancel()
				for ; pending > 0; pending-- {
					if late := <-over; late.err == nil {
						drop(late.c)
					}
				}
				return a.c, a.err
			}
			if failed.err == nil {
				failed = a
			}
			begin()
		}
	}
	if failed.err == nil {
		failed.err = context.Cause(ctx)
	}
	return failed.c, failed.err
}
