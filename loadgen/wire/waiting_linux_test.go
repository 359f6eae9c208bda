//go:build amd64 || arm64

package wire

import (
	"bufio"
	"cmp"
	"io"
	"net"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/seed-5a006608/bench/loadgen/exchange"
)

// While no second connection can be opened, all requests go over the first: they have a slot and wait for it, and that is the
// target's time, not lag. It is free for one of them when it has answered the one before.
func TestAConnectionWaitedForIsWait(t *testing.T) {
	const n, held = 8, 20 * time.Millisecond
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	var first, last sync.Once
	full, all := make(chan struct{}), make(chan struct{})
	served := make(chan error, 1)
	go func() { served <- oneConnection(listener.(*net.TCPListener), full, all, held) }()
	r, _ := drive(t, t.Context(), at(t, listener.Addr().String()), evenly{n: n, heard: func(k uint64) {
		if k == 1 {
			first.Do(func() { <-full })
		}
		if k == n-1 {
			last.Do(func() { close(all) })
		}
	}}, exchange.Config{Slots: n})
	if err := <-served; err != nil {
		t.Fatal(err)
	}
	if r.Count(exchange.Succeeded) != n {
		t.Fatalf("%d of %d succeeded", r.Count(exchange.Succeeded), n)
	}
	slices.SortFunc(r.Exchanges, func(a, b exchange.Exchange) int { return cmp.Compare(a.Sent, b.Sent) })
	for i, x := range r.Exchanges {
		if i > 0 && (x.Free != r.Exchanges[i-1].End || x.Free-x.Slot < held) || x.Slot != x.Intended {
			t.Errorf("request %d: due at %v, a slot at %v, a connection at %v", x.K, x.Intended, x.Slot, x.Free)
		}
	}
}

// oneConnection serves one connection until it is closed. When no other can be opened it closes full, and it answers the first
// request a while after all is closed.
func oneConnection(listener *net.TCPListener, full, all chan struct{}, held time.Duration) error {
	c, err := listener.Accept()
	if err != nil {
		close(full)
		return err
	}
	defer c.Close()
	// Beyond the one connection in the queue the kernel drops what would connect.
	err = backlog(listener, 0)
	if err == nil {
		var queued net.Conn
		if queued, err = net.Dial("tcp", listener.Addr().String()); err == nil {
			defer queued.Close()
		}
	}
	close(full)
	if err != nil {
		return err
	}
	in := bufio.NewReader(c)
	<-all
	time.Sleep(held)
	for request(in) {
		if _, err := io.WriteString(c, ok); err != nil {
			return err
		}
	}
	return nil
}
