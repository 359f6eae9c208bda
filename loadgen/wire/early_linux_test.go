//go:build amd64 || arm64

package wire

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/seed-5a006608/bench/loadgen/exchange"
)

// waitsOnce keeps the loop, after the first bytes of the first request were written, until an event.
type waitsOnce struct {
	*recorded
	until chan bool
}

func (w *waitsOnce) Sent(ready, at time.Duration) {
	w.recorded.Sent(ready, at)
	<-w.until
}

// The answer came and the connection was reset before the loop could write the rest of the request: both are there at once.
func TestAnAnswerBeforeAReset(t *testing.T) {
	gone := make(chan bool)
	origin := answer(t, func(_ int, c net.Conn, in *bufio.Reader) {
		request(in)
		io.WriteString(c, "HTTP/1.1 413 Payload Too Large\r\nContent-Length: 0\r\n\r\n")
		c.Close()
		close(gone)
	})
	const size = 8 << 20
	large := fmt.Sprintf("POST / HTTP/1.1\r\nHost: test\r\nContent-Length: %d\r\n\r\n%s", size, strings.Repeat("x", size))
	r := &waitsOnce{&recorded{}, gone}
	c := exchange.Config{
		Epoch: time.Now(), Length: time.Millisecond, Slots: 1, Timeout: hang, Drain: hang,
		Failure: func(x *exchange.Exchange, _ []byte) string { return exchange.StatusKind(x.Status) },
	}
	if _, err := Run(t.Context(), Config{Config: c, Origins: []*Origin{origin}, Endpoints: 1}, &evenly{n: 1, request: large}, r); err != nil {
		t.Fatal(err)
	}
	if x := r.Exchanges; len(x) != 1 || x[0].Kind != "status 413" {
		t.Errorf("%+v, want status 413", x)
	}
}
