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
	for gap, want := range map[time.Duration]string{1500 * time.Millisecond: "", 200 * time.Millisecond: exchange.IdleClosed} {
		judged := false
		for begun := time.Now(); !judged && time.Since(begun) < hang; {
			first, second, renders := closedBeforeTheSecond(t, gap)
			// On a busy machine the first answer may be late, or unread when the second request is due: that is rendered again then, as
			// where the look at an idle connection finds it closed.
			idle := second.Sent - first.End
			if judged = renders == 1 && idle >= exchange.IdleRace && idle <= exchange.LookedAtAfter; want == "" {
				judged = second.Intended-first.End > exchange.LookedAtAfter
			}
			if !judged {
				continue
			}
			if second.Kind != want || (want == "") != (second.Outcome == exchange.Succeeded) {
				t.Errorf("idle for %v: outcome %d, %q, want %q", idle, second.Outcome, second.Kind, want)
			}
		}
		if !judged {
			t.Errorf("this machine was too late for a gap of %v, each time", gap)
		}
	}
}

// closedBeforeTheSecond drives two requests a gap apart. The server closes their connection while the second is rendered, the number of
// times of which is returned with both.
func closedBeforeTheSecond(t *testing.T, gap time.Duration) (first, second exchange.Exchange, renders int) {
	t.Helper()
	answered, end, ended := make(chan bool), make(chan bool), make(chan bool)
	origin := answer(t, func(n int, c net.Conn, in *bufio.Reader) {
		for i := 0; request(in); i++ {
			io.CopyN(io.Discard, in, 5)
			io.WriteString(c, ok)
			if n == 0 {
				close(answered)
				<-end
				c.Close()
				close(ended)
				return
			}
		}
	})
	r, _ := drive(t, t.Context(), origin, evenly{n: 2, gap: gap, request: post, heard: func(k uint64) {
		if k == 0 {
			return
		}
		if renders++; renders == 1 {
			close(end)
			select {
			case <-answered:
				<-ended
			default: // the first has not even been sent, and is not while this waits
			}
		}
	}}, exchange.Config{Slots: 2})
	for _, x := range r.Exchanges {
		if x.K == 0 {
			first = x
		} else {
			second = x
		}
	}
	return first, second, renders
}
