//go:build amd64 || arm64

package wire

import (
	"bufio"
	"fmt"
	"net"
	"sync/atomic"
	"testing"

	"github.com/seed-5a006608/bench/loadgen/exchange"
	"github.com/seed-5a006608/bench/loadgen/exchange/exchangetest"
)

// maxFuzzWrites bounds the records of an answer that are as short as the input says.
const maxFuzzWrites = 100

// What becomes of an answer is the same over TLS, whatever the records that carry it, as without.
func FuzzAnswerOverTLS(f *testing.F) {
	for _, tc := range readings {
		f.Add([]byte(tc.raw), []byte{1})
		f.Add([]byte(tc.raw+tc.raw), []byte{3, 40})
	}
	var text, pattern atomic.Pointer[[]byte]
	plain := at(f, exchangetest.Listen(f, func(_ int, c net.Conn, in *bufio.Reader) {
		if exchangetest.ReadRequest(in) {
			c.Write(*text.Load())
		}
	}))
	server, client := exchangetest.Certificate(f)
	secure := at(f, exchangetest.ListenTLS(f, server, func(_ int, c net.Conn, in *bufio.Reader) {
		if !exchangetest.ReadRequest(in) {
			return
		}
		rest, size := *text.Load(), splitting(*pattern.Load())
		for n := 0; len(rest) > 0; n++ {
			length := min(max(size(), 1), len(rest))
			if n == maxFuzzWrites {
				length = len(rest)
			}
			c.Write(rest[:length])
			rest = rest[length:]
		}
	}))
	secure.Secure(client)
	f.Fuzz(func(t *testing.T, raw, sizes []byte) {
		if len(raw) > 512<<10 {
			t.Skip("longer than any bound on a header")
		}
		text.Store(&raw)
		pattern.Store(&sizes)
		outcome := func(o *Origin) string {
			r, _ := drive(t, t.Context(), o, evenly{n: 1, request: post}, exchange.Config{
				Slots: 1, KeepBody: func(uint64) int { return keepAll }, Failure: func(_ *exchange.Exchange, body []byte) string { return fmt.Sprintf("read %q", body) },
			})
			x := &r.Exchanges[0]
			return fmt.Sprintf("%s, status %d, %d bytes, header %q", x.Kind, x.Status, x.BytesIn, x.Header.Map())
		}
		if a, b := outcome(plain), outcome(secure); a != b {
			t.Errorf("%q\nwithout TLS: %s\nover TLS:    %s", raw, a, b)
		}
	})
}
