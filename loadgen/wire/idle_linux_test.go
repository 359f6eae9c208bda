//go:build amd64 || arm64

package wire

import (
	"bufio"
	"io"
	"net"
	"testing"
	"time"

	"github.com/seed-5a006608/bench/loadgen/exchange"
)

// A server closes an idle connection after the loop last looked at it, and before it sends what cannot be sent twice.
func TestALongIdleConnectionIsLookedAt(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		idle time.Duration
		kind string // of the failure; "": none
	}{{1100 * time.Millisecond, ""}, {200 * time.Millisecond, exchange.IdleClosed}} {
		end, ended := make(chan bool), make(chan bool)
		origin := answer(t, func(n int, c net.Conn, in *bufio.Reader) {
			for i := 0; request(in); i++ {
				io.CopyN(io.Discard, in, 5)
				io.WriteString(c, ok)
				if n == 0 {
					<-end
					c.Close()
					close(ended)
					return
				}
			}
		})
		asked := false
		r, _ := drive(t, t.Context(), origin, evenly{n: 2, gap: tc.idle, request: post, heard: func(k uint64) {
			if k == 1 && !asked {
				asked = true
				close(end)
				<-ended
			}
		}}, exchange.Config{Slots: 2})
		for _, x := range r.Exchanges {
			if want := tc.kind; x.K == 1 && (x.Kind != want || (want == "") != (x.Outcome == exchange.Succeeded)) {
				t.Errorf("idle for %v: outcome %d, %q, want %q", tc.idle, x.Outcome, x.Kind, want)
			}
		}
	}
}
