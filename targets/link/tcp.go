package link

import (
	"context"
	"errors"
	"io"
	"math/rand/v2"
	"net"
	"sync"
	"time"
)

// Relay is a link to a service.
type Relay struct {
	link     Link
	seed     uint64
	to       string // host:port of the service
	up, down road   // to the service, and from it
}

// NewRelay returns a link to the service at host:port. Its randomness is by seed and by the order in which connections come.
func NewRelay(l Link, seed uint64, to string) *Relay {
	return &Relay{link: l, seed: seed, to: to, up: road{rate: l.Rate}, down: road{rate: l.Rate}}
}

// lines are the two directions of the connection of a number, and what else is random of it.
func (r *Relay) lines(number uint64) (up, down *line, random *rand.Rand) {
	source := func(part uint64) *rand.Rand { return rand.New(rand.NewPCG(r.seed, 3*number+part)) }
	return &line{Link: r.link, road: &r.up, random: source(0)}, &line{Link: r.link, road: &r.down, random: source(1)}, source(2)
}

// ServeTCP relays the connections of a listener until that is closed, and returns when they have ended; then its error is nil.
func (r *Relay) ServeTCP(ctx context.Context, ln net.Listener) error {
	ctx, cancel := context.WithCancel(ctx)
	var all sync.WaitGroup
	defer all.Wait()
	defer cancel()
	for number := uint64(0); ; number++ {
		c, err := ln.Accept()
		if errors.Is(err, net.ErrClosed) {
			return nil
		}
		if err != nil {
			return err
		}
		all.Go(func() { r.relay(ctx, c, number) })
	}
}

// relay carries one connection.
func (r *Relay) relay(ctx context.Context, client net.Conn, number uint64) {
	defer client.Close()
	service, err := new(net.Dialer).DialContext(ctx, "tcp", r.to)
	if err != nil {
		reset(client)
		return
	}
	defer service.Close()
	up, down, random := r.lines(number)
	// The kernel has answered the client's handshake at once, which over the link takes a round trip.
	up.open = time.Now().Add(2 * r.link.Delay)
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	stop := context.AfterFunc(ctx, func() { reset(client, service) })
	defer stop()
	if r.link.Reset > 0 {
		go resets(ctx, r.link.Reset, random, cancel)
	}
	var both sync.WaitGroup
	carry := func(to, from net.Conn, l *line) {
		if l.carry(ctx, to, from) != nil {
			cancel()
		}
	}
	both.Go(func() { carry(service, client, up) })
	both.Go(func() { carry(client, service, down) })
	both.Wait()
}

// resets throws the dice for a connection each second, until it falls or ends.
func resets(ctx context.Context, chance float64, random *rand.Rand, fall func()) {
	second := time.NewTicker(time.Second)
	defer second.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-second.C:
			if random.Float64() < chance {
				fall()
				return
			}
		}
	}
}

// reset ends connections without a word, so that the other sides see a reset.
func reset(list ...net.Conn) {
	for _, c := range list {
		if tcp, ok := c.(*net.TCPConn); ok {
			_ = tcp.SetLinger(0)
		}
		_ = c.Close()
	}
}

// pieceSize bounds what is read at once: the less, the more evenly a rate is kept.
const pieceSize = 16 << 10

// carry carries one direction to its end.
func (l *line) carry(ctx context.Context, to io.Writer, from io.Reader) error {
	way := newHeld()
	delivered := make(chan error, 1)
	go func() {
		err := way.deliver(ctx, func(data []byte) error { _, err := to.Write(data); return err })
		way.close() // else the reader would wait for room
		delivered <- err
	}()
	buffer := make([]byte, pieceSize)
	var err error
	for err == nil {
		var n int
		if n, err = from.Read(buffer); n > 0 {
			way.put(piece{append([]byte(nil), buffer[:n]...), l.out(time.Now(), n)}, true)
		}
	}
	way.close()
	if broken := <-delivered; broken != nil {
		return broken
	}
	if !errors.Is(err, io.EOF) {
		return err
	}
	if half, ok := to.(interface{ CloseWrite() error }); ok {
		return half.CloseWrite()
	}
	return nil
}
