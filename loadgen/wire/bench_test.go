package wire

import (
	"fmt"
	"strings"
	"testing"
)

// plain is what nginx answers.
const plain = "HTTP/1.1 200 OK\r\nServer: nginx/1.26.3\r\nDate: Tue, 24 Nov 2026 12:00:00 GMT\r\n" +
	"Content-Type: application/octet-stream\r\nContent-Length: 12\r\nConnection: keep-alive\r\nCache-Control: no-store\r\n\r\nhello world\n"

// steady are answers of which any number is scanned without allocating, in pieces of the given length.
var steady = []struct {
	name  string
	raw   string
	piece int
}{
	{"answer=nginx/piece=all", plain, 1 << 20},
	{"answer=nginx/piece=50", plain, 50},
	{"answer=nginx/piece=1", plain, 1},
	{"answer=body16k/piece=all", strings.Replace(plain, "12\r\n", "16384\r\n", 1) + strings.Repeat("x", 16384-12), 1 << 20},
	{"answer=body16k/piece=1460", strings.Replace(plain, "12\r\n", "16384\r\n", 1) + strings.Repeat("x", 16384-12), 1460},
	{"answer=chunked/piece=all", chunked("400\r\n" + strings.Repeat("x", 1024) + "\r\n5\r\nhello\r\n0\r\n\r\n"), 1 << 20},
	{"answer=chunked/piece=100", chunked("400\r\n" + strings.Repeat("x", 1024) + "\r\n5\r\nhello\r\n0\r\nSum: 1\r\n\r\n"), 100},
	{"answer=interim/piece=all", "HTTP/1.1 103 Early Hints\r\nLink: </a.css>\r\n\r\n" + plain, 1 << 20},
}

// feedAll scans raw, one whole answer.
func feedAll(a *Answer, raw []byte, piece, keep int) error {
	a.Begin(false, keep)
	for {
		n, done, err := a.Feed(raw[:min(piece, len(raw))])
		raw = raw[n:]
		if err != nil || done != (len(raw) == 0) || done && a.Status != 200 {
			return fmt.Errorf("status %d, %d bytes left, done %v, error %w", a.Status, len(raw), done, err)
		}
		if done {
			return nil
		}
	}
}

func TestAnswerAllocatesNothing(t *testing.T) {
	for _, tc := range steady {
		raw := []byte(tc.raw)
		var a Answer
		if n := testing.AllocsPerRun(50, func() {
			if err := feedAll(&a, raw, tc.piece, 64<<10); err != nil {
				t.Fatal(tc.name, err)
			}
		}); n != 0 {
			t.Errorf("%s: %v allocations an answer", tc.name, n)
		}
	}
	// Not even the first time, if it comes in one piece: ten thousand connections hold no buffer.
	raw := []byte(plain)
	if n := testing.AllocsPerRun(50, func() {
		var a Answer
		if err := feedAll(&a, raw, len(raw), 64<<10); err != nil {
			t.Fatal(err)
		}
	}); n != 0 {
		t.Errorf("%v allocations for the first answer of a connection", n)
	}
	garbage := []byte("garbage\r\n\r\n")
	var a Answer
	if n := testing.AllocsPerRun(50, func() {
		a.Begin(false, 0)
		if _, _, err := a.Feed(garbage); err == nil {
			t.Fatal("garbage was taken for an answer")
		}
	}); n != 0 {
		t.Errorf("%v allocations for garbage", n)
	}
}

// TestLongHeaderIsNotRetained: the buffer of one long header is not kept by each of ten thousand connections.
func TestLongHeaderIsNotRetained(t *testing.T) {
	var a Answer
	raw := []byte(strings.Replace(plain, "\r\n", "\r\nX: "+strings.Repeat("x", 100_000)+"\r\n", 1))
	if err := feedAll(&a, raw, 1000, 0); err != nil {
		t.Fatal(err)
	}
	if a.Begin(false, 0); cap(a.buffer) > maxRetainedHeader {
		t.Errorf("a buffer of %d bytes is retained", cap(a.buffer))
	}
}

func BenchmarkAnswer(b *testing.B) {
	for _, tc := range steady {
		b.Run(tc.name, func(b *testing.B) {
			raw := []byte(tc.raw)
			b.SetBytes(int64(len(raw)))
			b.ReportAllocs()
			var a Answer
			for b.Loop() {
				if err := feedAll(&a, raw, tc.piece, 0); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
