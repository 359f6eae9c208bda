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
	for _, gap := range []time.Duration{1500 * time.Millisecond, 200 * time.Millisecond} {
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
		r, _ := drive(t, t.Context(), origin, evenly{n: 2, gap: gap, request: post, heard: func(k uint64) {
			if k == 1 && !asked {
				asked = true
				close(end)
				<-ended
			}
		}}, exchange.Config{Slots: 2})
		// A busy machine may have made the first answer late, or the second request.
		x, want := r.Exchanges[1], exchange.IdleClosed
		idle := x.Sent - r.Exchanges[0].End
		if idle > exchange.LookedAtAfter+200*time.Millisecond {
			want = ""
		} else if idle > exchange.LookedAtAfter {
			continue
		}
		if x.Kind != want || (want == "") != (x.Outcome == exchange.Succeeded) {
			t.Errorf("idle for %v: outcome %d, %q, want %q", idle, x.Outcome, x.Kind, want)
		}
	}
}
