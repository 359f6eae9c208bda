//go:build amd64 || arm64

package wire

import (
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"path/filepath"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/seed-5a006608/bench/loadgen/exchange"
	"github.com/seed-5a006608/bench/loadgen/exchange/exchangetest"
)

func TestRefusalIsNamedAndNotHammered(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	origin := at(t, listener.Addr().String())
	listener.Close()
	r, end := drive(t, t.Context(), origin, evenly{n: 8}, exchange.Config{Users: exchangetest.Crowd(1, 0, hang), Slots: 1, Length: hang})
	if n, least := len(r.Exchanges), 127*time.Millisecond; n != 8 || end.At < least {
		t.Errorf("%d attempts in %v, want 8 in no less than %v: 1 + 2 + 4 + … ms between them", n, end.At, least)
	}
	for _, x := range r.Exchanges {
		if x.Outcome != exchange.Failed || x.Kind != "connect: refused" || x.Free != exchange.NeverFree || x.Sent != 0 {
			t.Errorf("request %d: outcome %v, %q, free %v, sent %v", x.K, x.Outcome, x.Kind, x.Free, x.Sent)
		}
	}
}

func TestWhereItGoes(t *testing.T) {
	handler := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, "hi") })
	path := filepath.Join(t.TempDir(), "s")
	for network, address := range map[string]string{"tcp6": "[::1]:0", "unix": path} {
		listener, err := net.Listen(network, address)
		if err != nil {
			t.Logf("skipped: no %s here: %v", network, err)
			continue
		}
		server := &http.Server{Handler: handler}
		go server.Serve(listener)
		origin := UnixOrigin(path)
		if network == "tcp6" {
			origin = at(t, listener.Addr().String())
		}
		r, _ := drive(t, t.Context(), origin, evenly{n: 20}, exchange.Config{})
		if r.Count(exchange.Succeeded) != 20 {
			t.Errorf("%s: %d of 20 succeeded", network, r.Count(exchange.Succeeded))
		}
		server.Close()
	}
}

func TestConnectionsAreSpreadOverAddresses(t *testing.T) {
	var addresses []netip.AddrPort
	var counts [2]atomic.Int64
	for i := range counts {
		s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			counts[i].Add(1)
			w.Header().Set("Connection", "close")
		}))
		defer s.Close()
		addresses = append(addresses, netip.MustParseAddrPort(s.Listener.Addr().String()))
	}
	r, _ := drive(t, t.Context(), NewOrigin(addresses), evenly{n: 40}, exchange.Config{})
	if r.Count(exchange.Succeeded) != 40 || counts[0].Load() != 20 || counts[1].Load() != 20 {
		t.Errorf("%d of 40 succeeded, %d and %d at the two addresses", r.Count(exchange.Succeeded), counts[0].Load(), counts[1].Load())
	}
}

// No socket takes 8 MB at once.
func TestALargeRequestIsSentWhole(t *testing.T) {
	t.Parallel()
	const size = 8 << 20
	origin := serve(t, func(w http.ResponseWriter, r *http.Request) {
		n, _ := io.Copy(io.Discard, r.Body)
		fmt.Fprint(w, n)
	})
	body := strings.Repeat("x", size)
	r, _ := drive(t, t.Context(), origin, evenly{n: 3, request: fmt.Sprintf("POST / HTTP/1.1\r\nHost: t\r\nContent-Length: %d\r\n\r\n%s", size, body)},
		exchange.Config{Failure: func(_ *exchange.Exchange, body []byte) string {
			if string(body) != strconv.Itoa(size) {
				return "got " + string(body)
			}
			return ""
		}, KeepBody: func(uint64) int { return 100 }})
	if r.Count(exchange.Succeeded) != 3 {
		t.Errorf("%d of 3 succeeded: %+v", r.Count(exchange.Succeeded), r.Exchanges)
	}
}
