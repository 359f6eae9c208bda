package preflight

import (
	"context"
	"errors"
	"net"
	"net/netip"
	"os"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/seed-5a006608/bench/loadgen/address"
)

// connected is a connection of a made-up network to an address.
type connected struct {
	net.Conn
	remote *net.TCPAddr
}

func (c connected) RemoteAddr() net.Addr { return c.remote }

// dialErr is an error as the net package makes it.
func dialErr(ip string, err error) error {
	op := &net.OpError{Op: "dial", Net: "tcp", Err: err}
	if ip != "" {
		op.Addr = &net.TCPAddr{IP: net.ParseIP(ip), Port: 8080}
	}
	return op
}

func TestReach(t *testing.T) {
	refused := os.NewSyscallError("connect", syscall.ECONNREFUSED)
	silent := errors.New("silent") // the network answers nothing: the dial ends with its context
	for _, tc := range []struct {
		why     string
		address string
		meets   []error // by each try; nil: a connection
		tries   int
		took    time.Duration
		want    string // the whole finding; "" none
		fatal   bool
		usage   bool
	}{
		{"a service that listens", "127.0.0.1:8080", []error{nil}, 1, 0, "", false, false},
		{"nobody listens", "127.0.0.1:8080", []error{dialErr("127.0.0.1", refused)}, 3, 2 * time.Second,
			"127.0.0.1:8080 refuses connections: is the service running? (tried 3 times in 2 s)", true, false},
		{"nobody listens at the address of a name", "shop.local:8080", []error{dialErr("10.0.0.7", refused)}, 3, 2 * time.Second,
			"shop.local:8080 (10.0.0.7) refuses connections: is the service running? (tried 3 times in 2 s)", true, false},
		{"nobody listens, in the words of Windows", "127.0.0.1:8080", []error{dialErr("127.0.0.1", os.NewSyscallError("connectex", syscall.Errno(10061)))}, 3, 2 * time.Second,
			"127.0.0.1:8080 refuses connections: is the service running? (tried 3 times in 2 s)", true, false},
		{"a service that is just starting", "127.0.0.1:8080", []error{dialErr("127.0.0.1", refused), nil}, 2, time.Second,
			"127.0.0.1:8080 took a connection only after a while (tried 2 times in 1 s): was the service just starting?", false, false},
		{"the last try counts too", "127.0.0.1:8080", []error{dialErr("127.0.0.1", refused), dialErr("127.0.0.1", refused), nil}, 3, 2 * time.Second,
			"127.0.0.1:8080 took a connection only after a while (tried 3 times in 2 s): was the service just starting?", false, false},
		{"silence", "10.0.0.9:80", []error{silent}, 3, 3 * time.Second,
			"10.0.0.9:80 does not answer: is the address right, or does a firewall drop what is sent there? (tried 3 times in 3 s)", true, false},
		{"a name that is not", "shp.example:80", []error{dialErr("", &net.DNSError{Err: "no such host", Name: "shp.example", IsNotFound: true})}, 1, 0,
			`there is no host "shp.example": is it spelled right? (no such host)`, true, false},
		{"no name server", "shop.example:80", []error{dialErr("", &net.DNSError{Err: "server misbehaving", Name: "shop.example", IsTemporary: true})}, 3, 2 * time.Second,
			`the address of host "shop.example" cannot be found out: does name resolution work here? (server misbehaving) (tried 3 times in 2 s)`, true, false},
		{"no route", "10.0.0.9:80", []error{dialErr("10.0.0.9", os.NewSyscallError("connect", syscall.EHOSTUNREACH))}, 3, 2 * time.Second,
			"there is no way to 10.0.0.9:80 from here: is the address right, and the network up? (tried 3 times in 2 s)", true, false},
		{"a firewall that says so", "10.0.0.9:80", []error{dialErr("10.0.0.9", os.NewSyscallError("connect", syscall.EPERM))}, 1, 0,
			"this system forbids bench to connect to 10.0.0.9:80: does a firewall or sandbox stand between?", true, false},
		{"a port that is a word nobody knows", "10.0.0.9:htpt", []error{dialErr("", &net.DNSError{Err: "unknown port", Name: "tcp/htpt", IsNotFound: true})}, 1, 0,
			`there is no host "10.0.0.9": is it spelled right? (unknown port)`, true, false},
		{"no port", "10.0.0.9", nil, 0, 0, "10.0.0.9 is no address to connect to: give host and port, as in 127.0.0.1:8080", true, true},
		{"a socket", "unix:/s", []error{nil}, 1, 0, "", false, false},
		{"no socket there", "unix:/s", []error{&net.OpError{Op: "dial", Err: os.NewSyscallError("connect", syscall.ENOENT)}}, 3, 2 * time.Second,
			"there is no socket at unix:/s: is the path right, and the service running? (tried 3 times in 2 s)", true, false},
		{"a socket of somebody else", "unix:/s", []error{&net.OpError{Op: "dial", Err: os.NewSyscallError("connect", syscall.EACCES)}}, 1, 0,
			"this system forbids bench to connect to unix:/s: may this user write to the socket?", true, false},
		{"a socket nobody listens to", "unix:/s", []error{&net.OpError{Op: "dial", Err: refused}}, 3, 2 * time.Second,
			"unix:/s refuses connections: is the service running? (tried 3 times in 2 s)", true, false},
		{"an interface that is not", "[fe80::1%none7]:80", []error{dialErr("fe80::1", os.NewSyscallError("connect", syscall.EINVAL))}, 3, 2 * time.Second,
			`[fe80::1%none7]:80: this system has no network interface "none7" (tried 3 times in 2 s)`, true, false},
		{"anything else, in its own words", "10.0.0.9:80", []error{errors.New("odd")}, 3, 2 * time.Second,
			"10.0.0.9:80 takes no connection: odd (tried 3 times in 2 s)", true, false},
	} {
		synctest.Test(t, func(t *testing.T) {
			tries := 0
			began := time.Now()
			dial := func(ctx context.Context, network, to string) (net.Conn, error) {
				path, isPath := strings.CutPrefix(tc.address, address.UnixPrefix)
				if to != path || isPath != (network == "unix") {
					t.Errorf("%s: dials %s %s", tc.why, network, to)
				}
				err := tc.meets[min(tries, len(tc.meets)-1)]
				tries++
				if err == silent {
					<-ctx.Done()
					return nil, dialErr("", os.ErrDeadlineExceeded)
				}
				if err != nil {
					return nil, err
				}
				near, far := net.Pipe()
				far.Close()
				return connected{near, &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1), Port: 8080}}, nil
			}
			remote, found := reach(t.Context(), tc.address, dial, nil)
			if took := time.Since(began); tries != tc.tries || took != tc.took {
				t.Errorf("%s: %d tries in %v, want %d in %v", tc.why, tries, took, tc.tries, tc.took)
			}
			var got Finding
			if len(found) > 0 {
				got = found[0]
			}
			if len(found) > 1 || got != (Finding{Text: tc.want, Fatal: tc.fatal, Usage: tc.usage}) {
				t.Errorf("%s: found %+v, want %q, fatal %v, usage %v", tc.why, found, tc.want, tc.fatal, tc.usage)
			}
			if reached := remote == netip.MustParseAddr("127.0.0.1"); reached == tc.fatal {
				t.Errorf("%s: remote address %v", tc.why, remote)
			}
		})
	}
}

// The user's Ctrl-C ends the waiting at once.
func TestReachHearsItsContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		began := time.Now()
		time.AfterFunc(300*time.Millisecond, cancel)
		_, found := reach(ctx, "127.0.0.1:8080", func(context.Context, string, string) (net.Conn, error) {
			return nil, dialErr("127.0.0.1", os.NewSyscallError("connect", syscall.ECONNREFUSED))
		}, nil)
		if took := time.Since(began); took != 300*time.Millisecond {
			t.Errorf("returned after %v, want when cancelled, after 300ms", took)
		}
		if len(found) != 1 || !found[0].Fatal || !strings.HasPrefix(found[0].Text, "stopped before 127.0.0.1:8080") {
			t.Errorf("found %+v, want that it was stopped", found)
		}
	})
}

// The words fit the errors that this system's own network makes.
func TestUnreachableKnowsRealErrors(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := listener.Addr().String()
	listener.Close()
	_, err = net.DialTimeout("tcp", address, 5*time.Second)
	if err == nil {
		t.Fatalf("something took a connection at %s, where nobody listens", address)
	}
	if got, want := unreachable(address, "127.0.0.1", err), address+" refuses connections: is the service running?"; got != want {
		t.Errorf("%v: %q, want %q", err, got, want)
	}

	expired, cancel := context.WithTimeout(t.Context(), 0)
	defer cancel()
	_, err = new(net.Dialer).DialContext(expired, "tcp", address)
	if got := unreachable(address, "127.0.0.1", err); !strings.Contains(got, "does not answer") {
		t.Errorf("%v: %q, want that it does not answer", err, got)
	}
}
