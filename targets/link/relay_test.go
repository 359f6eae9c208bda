package link

import (
	"errors"
	"io"
	"net"
	"syscall"
	"testing"
	"time"
)

// echo is a service that sends back what it gets.
func echo(t *testing.T) string {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = ln.Close() })
	go func() {
		for {
			c, err := ln.Accept()
			if err != nil {
				return
			}
			go func() {
				_, _ = io.Copy(c, c)
				_ = c.Close()
			}()
		}
	}()
	return ln.Addr().String()
}

// serveTCP starts a link to a service, and returns its address.
func serveTCP(t *testing.T, l Link, to string) string {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- NewRelay(l, 1, to).ServeTCP(t.Context(), ln) }()
	t.Cleanup(func() {
		_ = ln.Close()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	})
	return ln.Addr().String()
}

// Bytes go there and back over the link, the first of a connection after a round trip for its handshake; then its end does.
func TestTCP(t *testing.T) {
	const delay = 20 * time.Millisecond
	began := time.Now() // the link's own connection is on its way while this one is opened
	dialed, err := net.Dial("tcp", serveTCP(t, Link{Delay: delay}, echo(t)))
	if err != nil {
		t.Fatal(err)
	}
	defer dialed.Close()
	c := dialed.(*net.TCPConn)
	for _, least := range []time.Duration{4 * delay, 2 * delay} {
		if _, err := c.Write([]byte("text")); err != nil {
			t.Fatal(err)
		}
		b := make([]byte, 4)
		if _, err := io.ReadFull(c, b); err != nil || string(b) != "text" || time.Since(began) < least {
			t.Errorf("%q after %v, %v; want at least %v", b, time.Since(began), err, least)
		}
		began = time.Now()
	}
	if err := c.CloseWrite(); err != nil {
		t.Fatal(err)
	}
	if rest, err := io.ReadAll(c); err != nil || len(rest) > 0 {
		t.Errorf("%q, %v", rest, err)
	}
}

// A reset is one for both sides, and so is a service that is not there.
func TestResets(t *testing.T) {
	for name, at := range map[string]string{
		"by chance": serveTCP(t, Link{Reset: 1}, echo(t)), "no service": serveTCP(t, Link{}, "127.0.0.1:1"),
	} {
		c, err := net.Dial("tcp", at)
		if err == nil {
			_, err = c.Read(make([]byte, 1))
			_ = c.Close()
		}
		if !errors.Is(err, syscall.ECONNRESET) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// Datagrams go there and back, unless they are lost.
func TestUDP(t *testing.T) {
	service, err := net.ListenUDP("udp", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1)})
	if err != nil {
		t.Fatal(err)
	}
	defer service.Close()
	arrived := make(chan string, 10)
	go func() {
		b := make([]byte, 100)
		for {
			n, from, err := service.ReadFromUDPAddrPort(b)
			if err != nil {
				return
			}
			arrived <- string(b[:n])
			_, _ = service.WriteToUDPAddrPort(b[:n], from)
		}
	}()
	open := func(l Link) net.Conn {
		conn, err := net.ListenUDP("udp", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1)})
		if err != nil {
			t.Fatal(err)
		}
		ended := make(chan error, 1)
		ctx := t.Context()
		go func() { ended <- NewRelay(l, 1, service.LocalAddr().String()).ServeUDP(ctx, conn) }()
		t.Cleanup(func() {
			_ = conn.Close()
			if err := <-ended; err != nil {
				t.Error(err)
			}
		})
		c, err := net.Dial("udp", conn.LocalAddr().String())
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = c.Close() })
		return c
	}
	const delay = 20 * time.Millisecond
	lossy, c := open(Link{Loss: 1}), open(Link{Delay: delay})
	_, _ = lossy.Write([]byte("lost"))
	began := time.Now()
	if _, err := c.Write([]byte("text")); err != nil {
		t.Fatal(err)
	}
	b := make([]byte, 100)
	if n, err := c.Read(b); err != nil || string(b[:n]) != "text" || time.Since(began) < 2*delay {
		t.Errorf("%q after %v, %v", b[:n], time.Since(began), err)
	}
	if len(arrived) != 1 {
		t.Errorf("%d datagrams came to the service, and one was lost", len(arrived))
	}
}
