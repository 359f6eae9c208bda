package preflight

import (
	"context"
	"net"
	"net/netip"
	"strings"
	"testing"
)

// A real listener, the real limits of this machine: the findings are those of a service on the same host.
func TestPreflightReachesARealService(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	address := listener.Addr().String()
	connections, findings := Look(t.Context(), Input{Address: address, Connections: 1, KeepAlive: true, PeakRate: 10})
	if connections != 1 {
		t.Errorf("%d connections of the 1 wanted: %v", connections, findings)
	}
	said := false
	for _, f := range findings {
		if f.Fatal {
			t.Errorf("fatal: %s", f.Text)
		}
		said = said || strings.HasPrefix(f.Text, address+" is on this machine")
	}
	if !said {
		t.Errorf("findings %v, want one that the service is on this machine", findings)
	}
	// It did connect, and let go.
	conn, err := listener.Accept()
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if n, err := conn.Read(make([]byte, 1)); n != 0 || err == nil {
		t.Errorf("read %d bytes, %v from the connection, want its end", n, err)
	}
}

// What the user asked for and cannot have is said before anything is connected to.
func TestPreflightStopsAtUsage(t *testing.T) {
	dialled := false
	p := preflight{limits: Limits{OpenFiles: 1024}, dial: func(context.Context, string, string) (net.Conn, error) {
		dialled = true
		return nil, net.ErrClosed
	}}
	_, findings := p.run(t.Context(), Input{Address: "127.0.0.1:80", Connections: 4000, ConnectionsGiven: true, KeepAlive: true})
	if len(findings) != 1 || !findings[0].Fatal || !findings[0].Usage || dialled {
		t.Errorf("findings %+v, connected %v; want one of usage, and no connection", findings, dialled)
	}
}

// The notes judge the connections that are left, not those wanted.
func TestPreflightNotesTheLoweredConnections(t *testing.T) {
	p := preflight{limits: Limits{OpenFiles: 224, listenQueue: 128}}
	connections, findings := p.run(t.Context(), Input{Bundled: true, Connections: 256, KeepAlive: true})
	if connections != 100 || len(findings) != 1 || !strings.HasPrefix(findings[0].Text, "connections lowered from 256 to 100") {
		t.Errorf("%d connections, findings %v; want 100, which fit the listen queue, and that they were lowered", connections, findings)
	}
}

func TestPreflightPlaces(t *testing.T) {
	p := preflight{own: []netip.Addr{netip.MustParseAddr("10.1.2.3"), netip.MustParseAddr("fe80::1")}}
	for _, tc := range []struct {
		addr string
		want placement
	}{
		{"127.0.0.1", onLoopback}, {"127.9.9.9", onLoopback}, {"::1", onLoopback},
		{"10.1.2.3", onThisHost}, {"fe80::1%eth0", onThisHost},
		{"10.1.2.4", elsewhere}, {"fe80::2%eth0", elsewhere},
	} {
		if got := p.place(netip.MustParseAddr(tc.addr)); got != tc.want {
			t.Errorf("place(%s) = %v, want %v", tc.addr, got, tc.want)
		}
	}
	if got := p.place(netip.Addr{}); got != elsewhere {
		t.Errorf("an unknown address is at %v, want elsewhere", got)
	}
	loopback := false
	for _, addr := range ownAddresses() {
		loopback = loopback || addr.IsLoopback()
	}
	if !loopback {
		t.Errorf("ownAddresses() = %v, want loopback among them", ownAddresses())
	}
}
