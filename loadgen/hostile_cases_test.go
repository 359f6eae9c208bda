package loadgen_test

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/seed-5a006608/bench/loadgen"
	"github.com/seed-5a006608/bench/loadgen/runfile"
)

// hostile is a server and what is to be said of it.
type hostile struct {
	name  string
	serve func(*peer)
	kind  string   // of every failure; "": all succeed
	or    []string // other kinds that chance may make of it, "" a success
	why   string   // why it is up to chance
	check func(*testing.T, *runfile.Run)
	plan  func(*loadgen.Plan)
}

const (
	ok      = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
	head    = "HTTP/1.1 200 OK\r\n"
	chunked = head + "Transfer-Encoding: chunked\r\n\r\n"
)

func endless(begin string, next func() string) func(*peer) {
	return func(p *peer) {
		if p.request() && p.send(begin) {
			p.endlessly(next)
		}
	}
}

func again(text string) func() string { return func() string { return text } }

// hostiles are told apart by what they do; the kind of the failure is what a user reads.
func hostiles(t *testing.T) []hostile {
	zip := bomb(t)
	var elsewhere atomic.Int64
	other := hostileServer(t, func(p *peer) {
		elsewhere.Add(1)
		answers(ok)(p)
	})
	kib64 := strings.Repeat("x", 64<<10)
	return []hostile{
		{name: "silence", serve: (*peer).silent, kind: "timeout"},
		{name: "silence after the header", serve: once(head+"Content-Length: 5\r\n\r\n", (*peer).silent), kind: "timeout"},
		{name: "byte by byte in the status line", serve: func(p *peer) { p.request(); p.drip(ok) }, kind: "timeout"},
		{name: "byte by byte in the body", serve: once(head+"\r\n", func(p *peer) { p.drip("x") }), kind: "timeout"},
		{name: "byte by byte in chunks", serve: once(chunked, func(p *peer) { p.drip("1\r\nx\r\n") }), kind: "timeout"},

		{name: "endless status line", serve: endless("HTTP/1.1 200 ", again(kib64)), kind: "header too long"},
		{name: "endless header line", serve: endless(head+"X-Long: ", again(kib64)), kind: "header too long"},
		{name: "endless header lines", serve: endless(head, again(fields(32<<10, "X-"))), kind: "header too long"},
		{name: "endless empty header lines", serve: endless(head, again(fields(32<<10, ""))), kind: "header too long"},
		{name: "endless folded header line", serve: endless(head+"X-Long: a\r\n", again(strings.Repeat(" b\r\n", 16<<10))), kind: "header too long"},
		{name: "endless body of a length", serve: endless(head+"Content-Length: 9000000000000000000\r\n\r\n", again(kib64)), kind: "timeout"},
		{name: "endless body to the close", serve: endless(head+"\r\n", again(kib64)), kind: "timeout"},
		{name: "endless body in chunks", serve: endless(chunked, again("10000\r\n"+kib64+"\r\n")), kind: "timeout"},
		{name: "endless chunk of extensions", serve: endless(chunked+"1;", again(kib64)), kind: "bad response"},
		{name: "endless chunks of extensions", serve: endless(chunked, again("1;"+strings.Repeat("e", 1000)+"\r\nx\r\n")), kind: "bad response"},
		{name: "endless trailer", serve: endless(chunked+"0\r\n", again(fields(32<<10, "X-"))), kind: "bad response"},
		{name: "endless interim answers", serve: endless("", again(strings.Repeat("HTTP/1.1 100 Continue\r\n\r\n", 1000))), kind: "header too long"},
		{name: "ten thousand interim answers", serve: answers(strings.Repeat("HTTP/1.1 100 \r\n\r\n", 10_000) + ok)},
		{name: "ten thousand early hints", kind: "header too long",
			serve: answers(strings.Repeat("HTTP/1.1 103 Early Hints\r\nLink: </a.css>; rel=preload\r\n\r\n", 10_000) + ok)},

		{name: "shorter than its length", serve: once(head+"Content-Length: 100\r\n\r\nshort", closing), kind: "connection closed early"},
		{name: "a chunk shorter than its size", serve: once(chunked+"64\r\nshort", closing), kind: "connection closed early"},
		{name: "chunks without an end", serve: once(chunked+"5\r\nshort\r\n", closing), kind: "connection closed early"},
		{name: "longer than its length", serve: answers(ok + "and more"), kind: "bad response", or: []string{""},
			why: "the surplus may arrive when the next request is out, and is its answer then"},
		{name: "two answers to a request", serve: answers(ok + ok)},
		{name: "much longer than its length", serve: answers(ok + kib64), kind: "bad response", or: []string{""},
			why: "as above"},
		{name: "an answer that may have no body and has", serve: answers("HTTP/1.1 204 No Content\r\n\r\nbody"), kind: "bad response", or: []string{""},
			why: "as above"},
		{name: "an answer before the request", serve: func(p *peer) { p.send(ok); p.silent() }, kind: "bad response", or: []string{"", "timeout"},
			why: "it may arrive when a request is out, and is its answer then, and the next request has none"},

		{name: "reset on accept", serve: (*peer).reset, kind: "connection reset"},
		{name: "reset after the request", serve: once("", (*peer).reset), kind: "connection reset"},
		{name: "reset in the status line", serve: once("HTTP/1", resetting), kind: "connection reset"},
		{name: "reset in the header", serve: once(head+"X-A: b\r\n", resetting), kind: "connection reset"},
		{name: "reset in the body", serve: once(head+"Content-Length: 100\r\n\r\nshort", resetting), kind: "connection reset"},
		{name: "reset in a chunk", serve: once(chunked+"64\r\nshort", resetting), kind: "connection reset"},
		{name: "close on accept", serve: func(p *peer) { _ = p.CloseWrite(); p.silent() }, kind: "connection closed early"},
		{name: "close after the request", serve: once("", closing), kind: "connection closed early"},
		{name: "close in the status line", serve: once("HTTP/1", closing), kind: "connection closed early"},
		{name: "close in the header", serve: once(head+"X-A: b\r\n", closing), kind: "connection closed early"},
		{name: "close after each answer, said", serve: once(head+"Connection: close\r\nContent-Length: 2\r\n\r\nok", closing)},
		{name: "close after each answer, not said", serve: once(ok, closing)},
		{name: "reset after each answer", serve: once(ok, resetting)},
		{name: "close after each answer to a POST", serve: once(ok, closing), kind: "connection closed early", or: []string{"", "connection reset"},
			why:  "a POST must not be sent twice, and may be out when the close arrives",
			plan: func(p *loadgen.Plan) { p.Requests[0].Method, p.Requests[0].Body = "POST", "{{seq}}" }},

		{name: "garbage", serve: answers("garbage\r\n\r\n"), kind: "bad response"},
		{name: "binary garbage", serve: answers("\x00\xff\x1b[2J\x80\r\n\r\n"), kind: "bad response"},
		{name: "another protocol", serve: func(p *peer) { p.send("SSH-2.0-OpenSSH_9.6\r\n"); p.silent() }, kind: "bad response"},
		{name: "an empty line", serve: answers("\r\n\r\n" + ok), kind: "bad response"},
		{name: "no status", serve: answers("HTTP/1.1\r\n\r\n"), kind: "bad response"},
		{name: "a status of two digits", serve: answers("HTTP/1.1 20 OK\r\n\r\n"), kind: "bad response"},
		{name: "a negative status", serve: answers("HTTP/1.1 -20 OK\r\n\r\n"), kind: "bad response"},
		{name: "a status of four digits", serve: answers("HTTP/1.1 2000 OK\r\n\r\n"), kind: "bad response"},
		{name: "999", serve: answers("HTTP/1.1 999 Request Denied\r\nContent-Length: 0\r\n\r\n"), kind: "status 999"},
		{name: "101", serve: once("HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: x\r\n\r\n", (*peer).silent), kind: "bad response"},
		{name: "an empty header name", serve: answers(head + ": x\r\nContent-Length: 0\r\n\r\n"), kind: "bad response"},
		{name: "a header line without a colon", serve: answers(head + "no colon\r\nContent-Length: 0\r\n\r\n"), kind: "bad response"},
		{name: "NUL in a header", serve: answers(head + "X-A: \x00\r\nContent-Length: 0\r\n\r\n"), kind: "bad response"},
		{name: "ESC in a header", serve: answers(head + "X-A: \x1b[31mred\r\nContent-Length: 0\r\n\r\n"), kind: "bad response"},
		{name: "ESC in a header's name", serve: answers(head + "X-\x1b]0;mine\x07: a\r\nContent-Length: 0\r\n\r\n"), kind: "bad response"},
		{name: "ESC in the reason", serve: answers("HTTP/1.1 503 \x1b]0;mine\x07\x1b[2J\u202e\r\nContent-Length: 0\r\n\r\n"), kind: "status 503"},

		{name: "a negative length", serve: answers(head + "Content-Length: -1\r\n\r\n"), kind: "bad response"},
		{name: "a length with a sign", serve: answers(head + "Content-Length: +2\r\n\r\nok"), kind: "bad response"},
		{name: "a length in words", serve: answers(head + "Content-Length: two\r\n\r\nok"), kind: "bad response"},
		{name: "a length beyond any", serve: answers(head + "Content-Length: 99999999999999999999\r\n\r\nok"), kind: "bad response"},
		{name: "two lengths that differ", serve: answers(head + "Content-Length: 2\r\nContent-Length: 3\r\n\r\nok"), kind: "bad response"},
		{name: "two lengths that do not", serve: answers(head + "Content-Length: 2\r\nContent-Length: 2\r\n\r\nok")},
		{name: "two lengths in one", serve: answers(head + "Content-Length: 2, 3\r\n\r\nok"), kind: "bad response"},
		{name: "a length and chunks", serve: answers(head + "Content-Length: 9\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n")},
		{name: "another transfer coding", serve: answers(head + "Transfer-Encoding: gzip\r\n\r\nok"), kind: "bad response"},
		{name: "a chunk size in words", serve: answers(chunked + "two\r\nok\r\n0\r\n\r\n"), kind: "bad response"},
		{name: "a negative chunk size", serve: answers(chunked + "-2\r\nok\r\n0\r\n\r\n"), kind: "bad response"},
		{name: "an empty chunk size", serve: answers(chunked + "\r\nok\r\n0\r\n\r\n"), kind: "bad response"},
		{name: "a chunk size beyond any", serve: answers(chunked + "fffffffffffffffff\r\nok\r\n0\r\n\r\n"), kind: "bad response"},
		{name: "a chunk longer than its size", serve: answers(chunked + "2\r\nlonger\r\n0\r\n\r\n"), kind: "bad response"},

		{name: "redirect to another host",
			serve: answers("HTTP/1.1 302 Found\r\nLocation: http://" + other + "/\r\nContent-Length: 0\r\n\r\n"),
			check: func(t *testing.T, _ *runfile.Run) {
				if n := elsewhere.Load(); n != 0 {
					t.Errorf("the redirect was followed %d times", n)
				}
			}},
		{name: "gzip bomb",
			serve: answers(fmt.Sprintf("%sContent-Encoding: gzip\r\nContent-Length: %d\r\n\r\n%s", head, len(zip), zip)),
			check: func(t *testing.T, run *runfile.Run) {
				if got, want := run.Overall.Bytes.In, uint64(len(zip)*hostileRequests); got != want {
					t.Errorf("%d bytes came in, the answers have %d", got, want)
				}
			}},
		{name: "huge Server-Timing", serve: answers(serverTimings(200 << 10)),
			check: func(t *testing.T, run *runfile.Run) {
				timings := run.Overall.ServerTiming
				if len(timings) != 8 || timings[0] != (runfile.ServerTiming{Name: "m0", Count: hostileRequests, SumNS: hostileRequests * time.Millisecond}) {
					t.Errorf("server timing %+v", timings)
				}
			}},
		{name: "Server-Timing that is no token", serve: answers(head + "Server-Timing: \x80\u202e;dur=1, a b;dur=1, ok;dur=NaN, x;dur=1e999\r\nContent-Length: 0\r\n\r\n"),
			check: func(t *testing.T, run *runfile.Run) {
				if len(run.Overall.ServerTiming) != 0 {
					t.Errorf("server timing %+v", run.Overall.ServerTiming)
				}
			}},
		{name: "a thousand Ages and X-Caches", serve: answers(head + strings.Repeat("Age: -1\r\nX-Cache: \xff\r\n", 1000) + "Content-Length: 0\r\n\r\n")},
	}
}

// bomb is a body of 10 MiB, packed into 10 KiB.
func bomb(t *testing.T) string {
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	if _, err := w.Write(make([]byte, 10<<20)); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// serverTimings is an answer with a Server-Timing header of n bytes or a little more.
func serverTimings(n int) string {
	var b strings.Builder
	b.WriteString(head + "Content-Length: 0\r\nServer-Timing: ")
	for i := 0; b.Len() < n; i++ {
		fmt.Fprintf(&b, "m%d;dur=1, ", i)
	}
	b.WriteString("end;dur=1\r\n\r\n")
	return b.String()
}
