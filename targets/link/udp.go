package link

import (
	"context"
	"errors"
	"net"
	"net/netip"
	"sync"
	"time"
)

const (
	maxDatagram = 64 << 10
	idleUDP     = 2 * time.Minute // after which a client that is silent is forgotten
	udpBuffer   = 4 << 20         // of the sockets, as far as the system gives it
)

// ServeUDP relays the datagrams of a socket until that is closed, and returns when all has ended; then its error is nil.
func (r *Relay) ServeUDP(ctx context.Context, conn *net.UDPConn) error {
	ctx, cancel := context.WithCancel(ctx)
	clients := clients{relay: r, conn: conn, by: map[netip.AddrPort]*udpClient{}}
	defer clients.all.Wait()
	defer cancel()
	_ = conn.SetReadBuffer(udpBuffer)
	buffer := make([]byte, maxDatagram)
	for {
		n, from, err := conn.ReadFromUDPAddrPort(buffer)
		if errors.Is(err, net.ErrClosed) {
			return nil
		}
		if err != nil {
			continue // a client that is gone
		}
		c, err := clients.of(ctx, from)
		if err != nil {
			continue // as if it were lost
		}
		c.up.pass(c.toService, buffer[:n])
	}
}

// pass sends a datagram on its way, unless it is lost or there is no room.
func (l *line) pass(way *held, data []byte) {
	if !l.drops() {
		way.put(piece{append([]byte(nil), data...), l.out(time.Now(), len(data))}, false)
	}
}

// clients are those that datagrams came from.
type clients struct {
	relay *Relay
	conn  *net.UDPConn
	all   sync.WaitGroup

	mu     sync.Mutex
	by     map[netip.AddrPort]*udpClient
	number uint64
}

type udpClient struct {
	up        *line
	toService *held
}

// of returns a client, with a socket of its own to the service.
func (c *clients) of(ctx context.Context, at netip.AddrPort) (*udpClient, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if known := c.by[at]; known != nil {
		return known, nil
	}
	dialed, err := new(net.Dialer).DialContext(ctx, "udp", c.relay.to)
	if err != nil {
		return nil, err
	}
	service := dialed.(*net.UDPConn)
	_ = service.SetReadBuffer(udpBuffer)
	up, down, _ := c.relay.lines(c.number)
	c.number++
	client, toClient := &udpClient{up: up, toService: newHeld()}, newHeld()
	c.by[at] = client
	stop := context.AfterFunc(ctx, func() { _ = service.Close() })
	c.all.Go(func() {
		_ = client.toService.deliver(ctx, func(data []byte) error { _, _ = service.Write(data); return nil })
	})
	c.all.Go(func() {
		_ = toClient.deliver(ctx, func(data []byte) error { _, _ = c.conn.WriteToUDPAddrPort(data, at); return nil })
	})
	c.all.Go(func() {
		defer stop()
		buffer := make([]byte, maxDatagram)
		for {
			_ = service.SetReadDeadline(time.Now().Add(idleUDP))
			n, err := service.Read(buffer)
			if timeout, ok := errors.AsType[net.Error](err); err != nil && (errors.Is(err, net.ErrClosed) || ok && timeout.Timeout()) {
				break
			}
			if err == nil {
				down.pass(toClient, buffer[:n])
			}
		}
		c.mu.Lock()
		delete(c.by, at)
		c.mu.Unlock()
		_ = service.Close()
		client.toService.close()
		toClient.close()
	})
	return client, nil
}
