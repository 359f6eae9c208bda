package h2

import (
	"bytes"
	"encoding/binary"
	"strings"
	"testing"

	"golang.org/x/net/http2"
)

func (p *peer) bytes(write func(*http2.Framer)) []byte {
	var b bytes.Buffer
	f := http2.NewFramer(&b, nil)
	f.AllowIllegalWrites = true
	write(f)
	return b.Bytes()
}

// raw is a frame of any content.
func raw(kind, flags byte, id uint32, payload string) []byte {
	b := []byte{byte(len(payload) >> 16), byte(len(payload) >> 8), byte(len(payload)), kind, flags}
	return append(binary.BigEndian.AppendUint32(b, id), payload...)
}

// What a hostile server may send ends in an error of the stream or of the connection, named, whatever pieces it comes in. The
// requests are a GET on stream 1, a GET on stream 3 and a HEAD on stream 5.
func TestHostileFrames(t *testing.T) {
	p := newPeer()
	ok := string(p.block(":status", "200"))
	length := func(n string) string { return string(newPeer().block(":status", "200", "content-length", n)) }
	headers := func(block string) []byte { return raw(frameHeaders, flagEndHeaders, 1, block) }
	repeat := func(n int, b []byte) []byte { return bytes.Repeat(b, n) }
	for _, tc := range []struct {
		name   string
		frames []byte
		conn   string // what ends the connection
		stream string // what stream 1 failed by
		why    Failure
	}{
		{name: "no settings first", frames: append([]byte{}, raw(framePing, 0, 0, "12345678")...), conn: "something else than settings first"},
		{name: "data on stream 0", frames: raw(frameData, 0, 0, "x"), conn: "on stream 0"},
		{name: "settings on a stream", frames: raw(frameSettings, 0, 1, ""), conn: "on stream 1"},
		{name: "settings of 5 bytes", frames: raw(frameSettings, 0, 0, "12345"), conn: "multiple of 6"},
		{name: "an acknowledgement with a payload", frames: raw(frameSettings, flagAck, 0, "123456"), conn: "with a payload"},
		{name: "a push allowed", frames: raw(frameSettings, 0, 0, "\x00\x02\x00\x00\x00\x01"), conn: "push"},
		{name: "a huge window", frames: raw(frameSettings, 0, 0, "\x00\x04\x80\x00\x00\x00"), conn: "2 GiB"},
		{name: "frames of 1 KiB", frames: raw(frameSettings, 0, 0, "\x00\x05\x00\x00\x04\x00"), conn: "longest frame of 1024"},
		{name: "a frame of 16 MiB", frames: []byte{0xff, 0xff, 0xff, frameHeaders, 0, 0, 0, 0, 1}, conn: "16777215 bytes"},
		{name: "a push", frames: raw(framePush, flagEndHeaders, 1, "\x00\x00\x00\x02"+ok), conn: "a push"},
		{name: "a ping of 7 bytes", frames: raw(framePing, 0, 0, "1234567"), conn: "ping"},
		{name: "a goodbye of 4 bytes", frames: raw(frameGoAway, 0, 0, "1234"), conn: "goodbye"},
		{name: "a goodbye that takes back", frames: append(raw(frameGoAway, 0, 0, "\x00\x00\x00\x01\x00\x00\x00\x00"), raw(frameGoAway, 0, 0, "\x00\x00\x00\x03\x00\x00\x00\x00")...), conn: "takes back"},
		{name: "a goodbye at 0", frames: raw(frameGoAway, 0, 0, "\x00\x00\x00\x00\x00\x00\x00\x02"), stream: "goodbye with code 2", why: Untouched},
		{name: "a window update of 0", frames: raw(frameWindowUpdate, 0, 0, "\x00\x00\x00\x00"), conn: "window update of 0"},
		{name: "a window update of 0 of a stream", frames: raw(frameWindowUpdate, 0, 1, "\x00\x00\x00\x00"), stream: "window update of 0", why: Malformed},
		{name: "a window of a stream beyond the end", frames: raw(frameWindowUpdate, 0, 1, "\x7f\xff\xff\xff"), stream: "2 GiB", why: Malformed},
		{name: "a huge window beyond the end", frames: append(raw(frameWindowUpdate, 0, 1, "\x00\x00\x00\x09"), raw(frameSettings, 0, 0, "\x00\x04\x7f\xff\xff\xff")...), conn: "2 GiB"},
		{name: "windows beyond the end", frames: repeat(2, raw(frameWindowUpdate, 0, 0, "\x7f\xff\xff\xff")), conn: "2 GiB"},
		{name: "a reset of 3 bytes", frames: raw(frameReset, 0, 1, "123"), conn: "reset"},
		{name: "a reset", frames: raw(frameReset, 0, 1, "\x00\x00\x00\x02"), stream: "code 2", why: Reset},
		{name: "a refused stream", frames: raw(frameReset, 0, 1, "\x00\x00\x00\x07"), stream: "code 7", why: Refused},
		{name: "a stream never begun", frames: raw(frameHeaders, flagEndHeaders, 77, ok), conn: "stream 77"},
		{name: "a stream of the server's", frames: raw(frameData, 0, 2, "x"), conn: "stream 2"},
		{name: "a continuation of nothing", frames: raw(frameContinuation, flagEndHeaders, 1, ok), conn: "did not begin"},
		{name: "a block interrupted", frames: append(raw(frameHeaders, 0, 1, ok), raw(framePing, 0, 0, "12345678")...), conn: "does not go on"},
		{name: "a block continued on another stream", frames: append(raw(frameHeaders, 0, 1, ok), raw(frameContinuation, flagEndHeaders, 3, "")...), conn: "does not go on"},
		{name: "continuations without end", frames: append(raw(frameHeaders, 0, 1, ok), repeat(20_000, raw(frameContinuation, 0, 1, ""))...), conn: "bring no answer on"},
		{name: "a block of megabytes", frames: append(raw(frameHeaders, 0, 1, ok), repeat(100, raw(frameContinuation, 0, 1, strings.Repeat("\x88", 16000)))...), conn: "256 KiB"},
		{name: "pings without end", frames: repeat(100_000, raw(framePing, 0, 0, "12345678")), conn: "bring no answer on"},
		{name: "pings between data", frames: append(headers(ok), repeat(30_000, append(raw(framePing, 0, 0, "12345678"), raw(frameData, 0, 1, "x")...))...), conn: "answers are not read"},
		{name: "settings without end", frames: repeat(100_000, raw(frameSettings, 0, 0, "")), conn: "bring no answer on"},
		{name: "priorities without end", frames: repeat(20_000, raw(framePriority, 0, 1, "12345")), conn: "bring no answer on"},
		{name: "resets without end", frames: repeat(20_000, raw(frameReset, 0, 1, "\x00\x00\x00\x08")), conn: "bring no answer on"},
		{name: "window updates without end", frames: repeat(20_000, raw(frameWindowUpdate, 0, 1, "\x00\x00\x00\x01")), conn: "bring no answer on"},
		{name: "interim answers without end", frames: repeat(20_000, headers(string(newPeer().block(":status", "103")))), conn: "bring no answer on"},
		{name: "unknown frames without end", frames: repeat(20_000, raw(0x77, 0, 1, "x")), conn: "bring no answer on"},
		{name: "data on a stream that is over, without end", frames: append(raw(frameHeaders, flagEndHeaders|flagEndStream, 1, ok), repeat(20_000, raw(frameData, 0, 1, "x"))...), conn: "bring no answer on"},
		{name: "empty data without end", frames: append(headers(ok), repeat(20_000, raw(frameData, 0, 1, ""))...), conn: "bring no answer on"},
		{name: "padding longer than its frame", frames: raw(frameHeaders, flagEndHeaders|flagPadded, 1, "\x09"+ok), conn: "padding"},
		{name: "padded data of nothing", frames: append(headers(ok), raw(frameData, flagPadded, 1, "")...), conn: "padding"},
		{name: "no room for the priority", frames: raw(frameHeaders, flagEndHeaders|flagPriority, 1, "123"), conn: "priority"},
		{name: "an index beyond the table", frames: headers("\xff\x80\x01"), conn: "cannot be decoded"},
		{name: "index 0", frames: headers("\x80"), conn: "cannot be decoded"},
		{name: "a string that is cut", frames: headers("\x48\x7f"), conn: "cannot be decoded"},
		{name: "an integer without end", frames: headers("\xff\xff\xff\xff\xff\xff\xff\xff"), conn: "cannot be decoded"},
		{name: "a table of megabytes", frames: headers("\x3f\xff\xff\x7f" + ok), conn: "cannot be decoded"},
		{name: "a bomb of names by index", frames: headers(bomb()), stream: "256 KiB", why: TooLong},
		{name: "no status", frames: headers(string(p.block("server", "x"))), stream: "no status", why: Malformed},
		{name: "a status of 4 digits", frames: headers(string(p.block(":status", "2000"))), stream: "three digits", why: Malformed},
		{name: "two statuses", frames: headers(ok + ok), stream: "pseudo", why: Malformed},
		{name: "a pseudo-header of requests", frames: headers(ok + string(newPeer().block(":path", "/x"))), stream: "pseudo", why: Malformed},
		{name: "capitals", frames: headers(ok + string(newPeer().block("Server", "x"))), stream: "name", why: Malformed},
		{name: "a line break in a value", frames: headers(ok + string(newPeer().block("server", "x\r\ny: z"))), stream: "control", why: Malformed},
		{name: "lengths that differ", frames: headers(length("1") + string(newPeer().block("content-length", "2"))), stream: "Content-Length", why: Malformed},
		{name: "a length that is no number", frames: headers(length("1x")), stream: "Content-Length", why: Malformed},
		{name: "data before the header", frames: raw(frameData, 0, 1, "x"), stream: "before its header", why: Malformed},
		{name: "a body too long", frames: append(headers(length("1")), raw(frameData, 0, 1, "xy")...), stream: "longer than", why: Malformed},
		{name: "a body too short", frames: append(headers(length("3")), raw(frameData, flagEndStream, 1, "xy")...), stream: "ended before", why: Cut},
		{name: "an interim answer that is the last", frames: raw(frameHeaders, flagEndHeaders|flagEndStream, 1, string(newPeer().block(":status", "103"))), stream: "interim", why: Malformed},
		{name: "switching protocols", frames: headers(string(newPeer().block(":status", "101"))), stream: "switches", why: Malformed},
		{name: "a second header", frames: repeat(2, headers(ok)), stream: "second header", why: Malformed},
		{name: "a trailer with a status", frames: append(headers(ok), raw(frameHeaders, flagEndHeaders|flagEndStream, 1, ok)...), stream: "second header", why: Malformed},
	} {
		t.Run(tc.name, func(t *testing.T) {
			for _, piece := range []int{1, 7, 1 << 30} {
				a := newAnswers()
				if tc.name != "no settings first" {
					if err := a.conn.Feed(raw(frameSettings, 0, 0, "")); err != nil {
						t.Fatal(err)
					}
				} else {
					a.conn.Ready = false
				}
				first := a.begin(t, &Request{Head: head(t, 0, "GET", nil), Path: []byte("/")})
				a.begin(t, &Request{Head: head(t, 0, "GET", nil), Path: []byte("/")})
				a.begin(t, &Request{Head: head(t, 1, "HEAD", nil), Path: []byte("/")})
				var err error
				for b := tc.frames; len(b) > 0 && err == nil; {
					n := min(piece, len(b))
					err = a.conn.Feed(bytes.Clone(b[:n]))
					b = b[n:]
				}
				if tc.conn != "" && (err == nil || !strings.Contains(err.Error(), tc.conn)) {
					t.Errorf("in pieces of %d: %v, want %q", piece, err, tc.conn)
				}
				if tc.stream != "" && (err != nil || !strings.Contains(first.failed, tc.stream) || first.why != tc.why) {
					t.Errorf("in pieces of %d: %v, %+v, want %q", piece, err, first, tc.stream)
				}
				if len(a.conn.Out) > 2<<20 || cap(a.conn.rest) > 64<<10 || cap(a.conn.incoming) > 1<<20 {
					t.Errorf("%d bytes to write, %d and %d kept", len(a.conn.Out), cap(a.conn.rest), cap(a.conn.incoming))
				}
			}
		})
	}
}

// Interim answers, trailers, padding, unknown frames and settings in mid-answer are no faults.
func TestWhatAServerMayDo(t *testing.T) {
	p := newPeer()
	a := newAnswers()
	frames := raw(frameSettings, 0, 0, "")
	if err := a.conn.Feed(frames); err != nil {
		t.Fatal(err)
	}
	first := a.begin(t, &Request{Head: head(t, 0, "GET", nil), Path: []byte("/")})
	for _, f := range [][]byte{
		raw(frameHeaders, flagEndHeaders, 1, string(p.block(":status", "103", "link", "x"))),
		raw(0x77, 0xff, 1, "unknown"),
		raw(frameHeaders, flagPadded|flagPriority, 1, "\x03\x00\x00\x00\x00\x10\x00\x00\x00"),
		raw(frameContinuation, flagEndHeaders, 1, string(p.block(":status", "200", "x-y", "z"))),
		raw(frameSettings, 0, 0, "\x00\x03\x00\x00\x00\x00"),
		raw(frameData, flagPadded, 1, "\x02ab\x00\x00"),
		raw(frameData, 0, 1, "cd"),
		raw(frameWindowUpdate, 0, 0, "\x00\x00\x00\x09"),
		raw(frameHeaders, flagEndHeaders|flagEndStream, 1, string(p.block("x-trailer", "t"))),
	} {
		if err := a.conn.Feed(f); err != nil {
			t.Fatal(err)
		}
	}
	if !first.over || first.status != 200 || first.lines != "x-y: z\r\n" || first.body.String() != "abcd" {
		t.Errorf("%+v", first)
	}
	if a.conn.Room() != 0 {
		t.Error("a server that takes no streams now is sent one")
	}
}

// Whatever a server sends, in whatever pieces, the connection ends with an error or goes on, and holds little.
func FuzzFrames(f *testing.F) {
	p := newPeer()
	ok := string(p.block(":status", "200", "content-length", "2"))
	f.Add(append(raw(frameHeaders, flagEndHeaders, 1, ok), raw(frameData, flagEndStream, 1, "ab")...), byte(3))
	f.Add(raw(frameGoAway, 0, 0, "\x00\x00\x00\x01\x00\x00\x00\x00"), byte(1))
	f.Add(raw(frameSettings, 0, 0, "\x00\x04\x00\x00\x00\x00\x00\x03\x00\x00\x00\x01"), byte(9))
	f.Fuzz(func(t *testing.T, b []byte, piece byte) {
		a := newAnswers()
		if err := a.conn.Feed(raw(frameSettings, 0, 0, "")); err != nil {
			t.Fatal(err)
		}
		a.begin(t, &Request{Head: head(t, 0, "POST", nil), Path: []byte("/"), Body: make([]byte, 100_000)})
		a.begin(t, &Request{Head: head(t, 1, "GET", nil), Path: []byte("/")})
		for len(b) > 0 {
			n := min(int(piece)+1, len(b))
			if a.conn.Feed(bytes.Clone(b[:n])) != nil {
				break
			}
			b = b[n:]
		}
		if a.conn.Open()+len(a.conn.unused) != len(a.conn.streams) {
			t.Errorf("%d open, %d of %d free", a.conn.Open(), len(a.conn.unused), len(a.conn.streams))
		}
	})
}
