//go:build amd64 || arm64

package wire

import (
	"bufio"
	"context"
	"io"
	"net"
	"strconv"
	"sync/atomic"
	"testing"
	"time"

	"github.com/seed-5a006608/bench/loadgen/exchange"
)

// A body of 8 MB: how long it takes, and for how long the server is kept writing, beside a client that does nothing but
// read. Read late, it would block the server.
func BenchmarkLargeAnswer(b *testing.B) {
	const size = 8 << 20
	head, body := "HTTP/1.1 200 OK\r\nContent-Length: "+strconv.Itoa(size)+"\r\n\r\n", make([]byte, size)
	var writing atomic.Int64
	origin := answer(b, func(_ int, c net.Conn, in *bufio.Reader) {
		for request(in) {
			began := time.Now()
			io.WriteString(c, head)
			c.Write(body)
			writing.Add(int64(time.Since(began)))
		}
	})
	report := func(b *testing.B) {
		b.SetBytes(size)
		b.ReportMetric(float64(writing.Swap(0))/float64(b.N)/1e6, "server-ms/op")
	}
	b.Run("eager reader", func(b *testing.B) {
		c, err := net.Dial("tcp", origin.pool.Peek(0).String())
		if err != nil {
			b.Fatal(err)
		}
		defer c.Close()
		buffer := make([]byte, 64<<10)
		for b.Loop() {
			io.WriteString(c, get)
			for left := len(head) + size; left > 0; {
				n, err := c.Read(buffer)
				if err != nil {
					b.Fatal(err)
				}
				left -= n
			}
		}
		report(b)
	})
	b.Run("loop", func(b *testing.B) {
		c := Config{Origins: []*Origin{origin}, Endpoints: 1, Config: exchange.Config{
			Length: time.Hour, Slots: 1, Timeout: time.Minute, Drain: time.Hour, Failure: succeed, Epoch: time.Now(),
		}}
		sink := &counted{}
		if _, err := Run(context.Background(), c, &fixed{n: uint64(b.N), gap: 1, request: Request{Bytes: []byte(get), Idempotent: true}}, sink); err != nil || sink.ok != b.N {
			b.Fatalf("%d of %d succeeded, %v", sink.ok, b.N, err)
		}
		report(b)
	})
}
