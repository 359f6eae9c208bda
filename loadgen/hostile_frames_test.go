package loadgen_test

import (
	"bytes"
	"io"
	"strings"
	"testing"

	"golang.org/x/net/http2"
	"golang.org/x/net/http2/hpack"

	"github.com/seed-5a006608/bench/loadgen/exchange"
	"github.com/seed-5a006608/bench/loadgen/runfile"
)

// frames writes what a hostile server of HTTP/2 answers the request of a stream.
type frames struct {
	*http2.Framer
	id   uint32
	peer *lasting
}

// lasting writes to a connection until that fails.
type lasting struct {
	io.Writer
	gone bool
}

func (l *lasting) Write(p []byte) (int, error) {
	n, err := l.Writer.Write(p)
	l.gone = l.gone || err != nil
	return n, err
}

// raw writes a frame of any content.
func (f frames) raw(kind http2.FrameType, flags http2.Flags, id uint32, payload string) {
	_ = f.WriteRawFrame(kind, flags, id, []byte(payload))
}

// head writes a header that a body follows.
func (f frames) head(block string) {
	f.raw(http2.FrameHeaders, http2.FlagHeadersEndHeaders, f.id, block)
}

func (f frames) data(text string, end bool) { _ = f.WriteData(f.id, end, []byte(text)) }

func (f frames) ok() {
	f.head(status200)
	f.data("ok", true)
}

// endlessly writes as long as there is somebody to read.
func (f frames) endlessly(write func()) {
	for !f.peer.gone {
		write()
	}
}

// blockOf is a block of names and values in turn, which leaves the tables as they are.
func blockOf(pairs ...string) string {
	var b bytes.Buffer
	e := hpack.NewEncoder(&b)
	for i := 0; i < len(pairs); i += 2 {
		_ = e.WriteField(hpack.HeaderField{Name: pairs[i], Value: pairs[i+1], Sensitive: true})
	}
	return b.String()
}

const status200 = "\x88"

// What each request is answered with, and the kind of failure that comes of it on either engine; "": none.
var hostileFrames = []struct {
	name   string
	kind   string
	answer func(frames)
}{
	{"goodbye in mid-answer", exchange.ClosedEarly, func(f frames) {
		f.head(status200)
		_ = f.WriteGoAway(f.id, http2.ErrCodeInternal, nil)
		f.peer.gone = true
	}},
	{"a close in mid-answer", exchange.ClosedEarly, func(f frames) { f.head(status200); f.data("o", false); f.peer.gone = true }},
	{"a goodbye of 4 bytes", exchange.BadResponse, func(f frames) { f.raw(http2.FrameGoAway, 0, 0, "1234") }},
	{"a goodbye on a stream", exchange.BadResponse, func(f frames) { f.raw(http2.FrameGoAway, 0, f.id, "\x00\x00\x00\x00\x00\x00\x00\x00") }},
	{"a reset", exchange.StreamReset, func(f frames) { _ = f.WriteRSTStream(f.id, http2.ErrCodeInternal) }},
	{"a reset after the header", exchange.StreamReset, func(f frames) { f.head(status200); _ = f.WriteRSTStream(f.id, http2.ErrCodeInternal) }},
	{"a reset of 3 bytes", exchange.BadResponse, func(f frames) { f.raw(http2.FrameRSTStream, 0, f.id, "123") }},
	{"a reset of stream 0", exchange.BadResponse, func(f frames) { f.raw(http2.FrameRSTStream, 0, 0, "\x00\x00\x00\x02") }},
	{"resets of a stream that is over", "", func(f frames) {
		f.ok()
		for range 100 {
			_ = f.WriteRSTStream(f.id, http2.ErrCodeCancel)
		}
	}},
	{"data on stream 0", exchange.BadResponse, func(f frames) { f.raw(http2.FrameData, 0, 0, "x") }},
	{"data of a stream that was not begun", exchange.BadResponse, func(f frames) { f.raw(http2.FrameData, 0, f.id+1000, "x") }},
	{"data of a stream of the server's", exchange.BadResponse, func(f frames) { f.raw(http2.FrameData, 0, f.id+1001, "x") }},
	{"data of a stream that is over", "", func(f frames) { f.ok(); f.raw(http2.FrameData, 0, f.id, "x") }},
	{"a header of a stream of the server's", exchange.BadResponse, func(f frames) {
		f.raw(http2.FrameHeaders, http2.FlagHeadersEndHeaders, f.id+1001, status200)
		f.raw(http2.FrameData, 0, f.id+1001, "x")
	}},
	{"a header on stream 0", exchange.BadResponse, func(f frames) { f.raw(http2.FrameHeaders, http2.FlagHeadersEndHeaders, 0, status200) }},
	{"data before the header", exchange.BadResponse, func(f frames) { f.data("x", true) }},
	{"padding longer than its frame", exchange.BadResponse, func(f frames) {
		f.raw(http2.FrameHeaders, http2.FlagHeadersEndHeaders|http2.FlagHeadersPadded, f.id, "\x09"+status200)
	}},
	{"padding longer than its data", exchange.BadResponse, func(f frames) { f.head(status200); f.raw(http2.FrameData, http2.FlagDataPadded, f.id, "\x09x") }},
	{"padding", "", func(f frames) {
		f.raw(http2.FrameHeaders, http2.FlagHeadersEndHeaders|http2.FlagHeadersPadded, f.id, "\x02"+status200+"\x00\x00")
		f.raw(http2.FrameData, http2.FlagDataPadded|http2.FlagDataEndStream, f.id, "\x01ok\x00")
	}},
	{"a frame of 16 MiB", exchange.BadResponse, func(f frames) { _, _ = io.WriteString(f.peer, "\xff\xff\xff\x00\x00\x00\x00\x00\x01") }},
	{"settings on a stream", exchange.BadResponse, func(f frames) { f.raw(http2.FrameSettings, 0, f.id, "") }},
	{"settings of 5 bytes", exchange.BadResponse, func(f frames) { f.raw(http2.FrameSettings, 0, 0, "12345") }},
	{"settings of a huge window", exchange.BadResponse, func(f frames) { f.raw(http2.FrameSettings, 0, 0, "\x00\x04\x80\x00\x00\x00") }},
	{"settings of frames of 1 KiB", exchange.BadResponse, func(f frames) { f.raw(http2.FrameSettings, 0, 0, "\x00\x05\x00\x00\x04\x00") }},
	{"settings that shrink in mid-answer", "", func(f frames) {
		f.head(status200)
		f.raw(http2.FrameSettings, 0, 0, "\x00\x03\x00\x00\x00\x01"+"\x00\x04\x00\x00\x00\x00"+"\x00\x01\x00\x00\x00\x00")
		f.data("ok", true)
	}},
	{"an acknowledgement with a payload", exchange.BadResponse, func(f frames) { f.raw(http2.FrameSettings, http2.FlagSettingsAck, 0, "123456") }},
	{"a push", exchange.BadResponse, func(f frames) {
		f.raw(http2.FramePushPromise, http2.FlagPushPromiseEndHeaders, f.id, "\x00\x00\x00\x02"+status200)
	}},
	{"a ping of 7 bytes", exchange.BadResponse, func(f frames) { f.raw(http2.FramePing, 0, 0, "1234567") }},
	{"a ping on a stream", exchange.BadResponse, func(f frames) { f.raw(http2.FramePing, 0, f.id, "12345678") }},
	{"a window update of 3 bytes", exchange.BadResponse, func(f frames) { f.raw(http2.FrameWindowUpdate, 0, 0, "123") }},
	{"a window update of 0", exchange.BadResponse, func(f frames) { f.raw(http2.FrameWindowUpdate, 0, 0, "\x00\x00\x00\x00") }},
	{"a window update of 0 of a stream", exchange.BadResponse, func(f frames) { f.raw(http2.FrameWindowUpdate, 0, f.id, "\x00\x00\x00\x00") }},
	{"windows beyond the end", exchange.BadResponse, func(f frames) { f.raw(http2.FrameWindowUpdate, 0, 0, "\x7f\xff\xff\xff") }},
	{"a continuation of nothing", exchange.BadResponse, func(f frames) { _ = f.WriteContinuation(f.id, true, []byte(status200)) }},
	{"a block interrupted", exchange.BadResponse, func(f frames) {
		f.raw(http2.FrameHeaders, 0, f.id, status200)
		_ = f.WritePing(false, [8]byte{})
	}},
	{"a block continued on another stream", exchange.BadResponse, func(f frames) {
		f.raw(http2.FrameHeaders, 0, f.id, status200)
		_ = f.WriteContinuation(f.id+2, true, nil)
	}},
	{"continuations without end", exchange.BadResponse, func(f frames) {
		f.raw(http2.FrameHeaders, 0, f.id, status200)
		f.endlessly(func() { _ = f.WriteContinuation(f.id, false, []byte("\x88")) })
	}},
	{"an index beyond the table", exchange.BadResponse, func(f frames) { f.head("\xff\x80\x01") }},
	{"index 0", exchange.BadResponse, func(f frames) { f.head("\x80") }},
	{"a string that is cut", exchange.BadResponse, func(f frames) { f.head("\x48\x7f") }},
	{"a table of megabytes", exchange.BadResponse, func(f frames) { f.head("\x3f\xff\xff\x7f" + status200) }},
	{"a bomb of fields by index", exchange.HeaderTooLong, func(f frames) {
		var insert bytes.Buffer
		_ = hpack.NewEncoder(&insert).WriteField(hpack.HeaderField{Name: "x", Value: strings.Repeat("y", 3900)})
		f.head(status200 + insert.String() + strings.Repeat("\xbe", 5000))
	}},
	{"no status", exchange.BadResponse, func(f frames) { f.head(blockOf("server", "x")) }},
	{"a status of 4 digits", exchange.BadResponse, func(f frames) { f.head(blockOf(":status", "2000")) }},
	{"a status of 2 digits", exchange.BadResponse, func(f frames) { f.head(blockOf(":status", "99")) }},
	{"a status of letters", exchange.BadResponse, func(f frames) { f.head(blockOf(":status", "abc")) }},
	{"two statuses", exchange.BadResponse, func(f frames) { f.head(status200 + status200) }},
	{"a pseudo-header of requests", exchange.BadResponse, func(f frames) { f.head(status200 + blockOf(":path", "/")) }},
	{"a pseudo-header behind a field", exchange.BadResponse, func(f frames) { f.head(blockOf("server", "x", ":status", "200")) }},
	{"capitals", exchange.BadResponse, func(f frames) { f.head(status200 + blockOf("Server", "x")) }},
	{"a line break in a value", exchange.BadResponse, func(f frames) { f.head(status200 + blockOf("server", "x\r\ny: z")) }},
	{"a body longer than declared", exchange.BadResponse, func(f frames) { f.head(status200 + blockOf("content-length", "1")); f.data("xy", true) }},
	{"a body shorter than declared", exchange.ClosedEarly, func(f frames) { f.head(status200 + blockOf("content-length", "3")); f.data("xy", true) }},
	{"an interim answer that is the last", exchange.BadResponse, func(f frames) {
		f.raw(http2.FrameHeaders, http2.FlagHeadersEndHeaders|http2.FlagHeadersEndStream, f.id, blockOf(":status", "103"))
	}},
	{"a few interim answers", "", func(f frames) {
		for range 3 {
			f.head(blockOf(":status", "103", "link", "</x>"))
		}
		f.ok()
	}},
	{"a second header", exchange.BadResponse, func(f frames) { f.head(status200); f.head(status200) }},
	{"a trailer with a status", exchange.BadResponse, func(f frames) {
		f.head(status200)
		f.raw(http2.FrameHeaders, http2.FlagHeadersEndHeaders|http2.FlagHeadersEndStream, f.id, status200)
	}},
	{"HTTP/1.1", exchange.BadResponse, func(f frames) { _, _ = io.WriteString(f.peer, "HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n") }},
}

// Both engines call what a server of HTTP/2 does wrong the same.
func TestHostileFrames(t *testing.T) {
	for _, engine := range engines {
		t.Run(engine, func(t *testing.T) {
			t.Parallel()
			for i, tc := range hostileFrames {
				if testing.Short() && i%6 != 0 {
					continue // CI runs these with the race detector, to which the answers are much alike
				}
				t.Run(tc.name, func(t *testing.T) {
					p := hostilePlan(engine, "http://"+hostileServer(t, func(p *peer) { answerAll(p, tc.answer) })+"/")
					p.HTTP = runfile.HTTP2
					run := driveHostile(t, p)
					if q := run.Requests; (tc.kind == "") != (q.Succeeded == hostileRequests) || tc.kind != "" && q.Succeeded > 0 {
						t.Errorf("requests %+v", q)
					}
					for _, e := range run.Errors {
						// What is closed with requests unread is reset.
						if e.Kind != tc.kind && (tc.kind != exchange.ClosedEarly || e.Kind != exchange.Reset) {
							t.Errorf("%d× %q (%q), want %q", e.Count, e.Kind, e.Sample, tc.kind)
						}
					}
				})
			}
		})
	}
}

// answerAll answers each request over a connection of HTTP/2 until the answer closes it, or nobody reads it.
func answerAll(p *peer, answer func(frames)) {
	preface := make([]byte, len(http2.ClientPreface))
	if _, err := io.ReadFull(p.in, preface); err != nil {
		return
	}
	out := &lasting{Writer: p.TCPConn}
	f := http2.NewFramer(out, p.in)
	f.AllowIllegalWrites, f.AllowIllegalReads = true, true
	_ = f.WriteSettings()
	for !out.gone {
		read, err := f.ReadFrame()
		if err != nil {
			return
		}
		if h, ok := read.(*http2.HeadersFrame); ok {
			answer(frames{f, h.StreamID, out})
		}
	}
}
