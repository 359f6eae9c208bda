package wire

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// readings are answers and what is to be made of them; net/http is asked as well.
var readings = []struct {
	raw       string
	status    int // 0: refused
	body      string
	keepAlive bool
	err       error
	why       string
}{
	{"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi", 200, "hi", true, nil, "the plainest"},
	{"HTTP/1.1 200\r\nContent-Length: 0\r\n\r\n", 200, "", true, nil, "no reason and no space before it"},
	{"HTTP/1.1  200 OK\r\nContent-Length: 0\r\n\r\n", 200, "", true, nil, "net/http bears with two spaces"},
	{"HTTP/1.1 999 \r\ncontent-length:2\r\n\r\nhi", 999, "hi", true, nil, "any three digits; names in any case; no space"},
	{"HTTP/1.1 200 OK\nContent-Length: 2\n\nhi", 200, "hi", true, nil, "LF alone"},
	{"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 2\r\n\r\nhi", 200, "hi", true, nil, "twice the same"},
	{"HTTP/1.1 200 OK\r\nContent-Length: 002\r\n\r\nhi", 200, "hi", true, nil, "leading zeros"},
	{"HTTP/1.1 200 OK\r\nContent-Length:\r\n 2\r\nX: a\r\n\t b\r\n\r\nhi", 200, "hi", true, nil, "folded"},
	{"HTTP/1.1 200 OK\r\nContent-Length : 2\r\n\r\nhi", 200, "hi", false, nil, "a name with a space is no known one"},
	{"HTTP/1.1 204 No Content\r\n\r\n", 204, "", true, nil, "no body"},
	{"HTTP/1.1 304 Not Modified\r\nContent-Length: 100\r\n\r\n", 304, "", true, nil, "no body, whatever its length"},
	{"HTTP/1.1 304 Not Modified\r\nTransfer-Encoding: chunked\r\n\r\n", 304, "", true, nil, "no body, whatever its coding"},
	{"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early\r\nLink: </>\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi", 200, "hi", true, nil, "interim answers are passed over"},
	{"HTTP/1.1 200 OK\r\n\r\nto the end", 200, "to the end", false, nil, "ends when the connection does"},
	{"HTTP/1.1 200 OK\r\nConnection: foo, CLOSE\r\nContent-Length: 2\r\n\r\nhi", 200, "hi", false, nil, "close is a token of a list"},
	{"HTTP/1.1 200 OK\r\nConnection: closed\r\nContent-Length: 2\r\n\r\nhi", 200, "hi", true, nil, "and not part of one"},
	{"HTTP/1.1 200 OK\r\nconnection: CLOSE\r\nConnection: keep-alive\r\nConnection: x\r\nContent-Length: 2\r\n\r\nhi", 200, "hi", false, nil, "in any of several lines"},
	{"HTTP/1.0 200 OK\r\nConnection: Keep-Alive\r\nConnection: x\r\nContent-Length: 2\r\n\r\nhi", 200, "hi", true, nil, "likewise"},
	{"HTTP/1.1 103 Early\r\nContent-Length: 1\r\nConnection: close\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi", 200, "hi", true, nil, "an interim answer says nothing of the final one"},
	{"HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nhi", 200, "hi", false, nil, "HTTP/1.0 closes"},
	{"HTTP/1.0 200 OK\r\nConnection: Keep-Alive\r\nContent-Length: 2\r\n\r\nhi", 200, "hi", true, nil, "unless it says otherwise"},
	{"HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 200, "0\r\n\r\n", false, nil, "HTTP/1.0 knows no codings"},
	{"HTTP/1.1 200 OK\r\nTransfer-Encoding: Chunked\r\n\r\n2\r\nhi\r\nA;x=y\r\n0123456789\r\n0\r\n\r\n", 200, "hi0123456789", true, nil, "chunks"},
	{"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nContent-Length: 1\r\n\r\n2 \r\nhi\r\n00\r\nSum: 1\r\n 2\r\n\r\n", 200, "hi", true, nil, "chunked overrides a length; a trailer"},
	{"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhiHTTP/1.1 200 OK\r\n\r\n", 200, "hi", true, nil, "surplus is not taken"},

	{"garbage\r\n\r\n", 0, "", false, errStatusLine, ""},
	{"garbage", 0, "", false, errStatusLine, "known by the time of the end"},
	{"\r\nHTTP/1.1 200 OK\r\n\r\n", 0, "", false, errStatusLine, "an empty line before it"},
	{"HTTP/x.1 200 OK\r\n\r\n", 0, "", false, errStatusLine, ""},
	{"HTTP/0.9 200 OK\r\n\r\n", 0, "", false, errStatusLine, ""},
	{"HTTP/1.1\r\n\r\n", 0, "", false, errStatusLine, ""},
	{"HTTP/1.1 20 OK\r\n\r\n", 0, "", false, errStatusCode, ""},
	{"HTTP/1.1 2000 OK\r\n\r\n", 0, "", false, errStatusCode, ""},
	{"HTTP/1.1 2x0 OK\r\n\r\n", 0, "", false, errStatusCode, ""},
	{"HTTP/1.1 099 OK\r\n\r\n", 0, "", false, errStatusCode, ""},
	{"HTTP/1.1 +20 OK\r\n", 0, "", false, errStatusCode, "at once"},
	{"HTTP/1.1 101 Switching Protocols\r\n\r\n", 0, "", false, errSwitched, ""},
	{"HTTP/1.1 200 OK\r\nno colon\r\n\r\n", 0, "", false, errNoColon, ""},
	{"HTTP/1.1 200 OK\r\nno colon\r\n x: y\r\n\r\n", 0, "", false, errNoColon, "the colon in the fold does not count"},
	{"HTTP/1.1 200 OK\r\nno colon\r\n", 0, "", false, errNoColon, "at once, not when the next line has come"},
	{"HTTP/1.1 200 OK\r\n: value\r\n\r\n", 0, "", false, errFieldName, ""},
	{"HTTP/1.1 200 OK\r\na(b: value\r\n\r\n", 0, "", false, errFieldName, ""},
	{"HTTP/1.1 200 OK\r\n X: folded\r\n\r\n", 0, "", false, errFoldedFirst, ""},
	{"HTTP/1.1 200 OK\r\n no colon\r\n\r\n", 0, "", false, errFoldedFirst, "one word for it, however it is split"},
	{"HTTP/1.1 200 OK\r\nX: a\x00b\r\n\r\n", 0, "", false, errFieldValue, ""},
	{"HTTP/1.1 200 OK\r\nX: a long value with a DEL\x7f\r\n\r\n", 0, "", false, errFieldValue, ""},
	{"HTTP/1.1 200 OK\r\nX: a\rb\r\n\r\n", 0, "", false, errFieldValue, "CR alone ends nothing"},
	{"HTTP/1.1 200 OK\r\nContent-Length: +2\r\n\r\nhi", 0, "", false, errLength, ""},
	{"HTTP/1.1 200 OK\r\nContent-Length: 2, 2\r\n\r\nhi", 0, "", false, errLength, ""},
	{"HTTP/1.1 200 OK\r\nContent-Length:\r\n\r\nhi", 0, "", false, errLength, ""},
	{"HTTP/1.1 200 OK\r\nContent-Length: 9223372036854775808\r\n\r\n", 0, "", false, errLength, "one more than there are"},
	{"HTTP/1.1 200 OK\r\nContent-Length: 9223372036854775807\r\n\r\n", 0, "", false, errClosedBody, ""},
	{"HTTP/1.1 204 OK\r\nContent-Length: x\r\n\r\n", 0, "", false, errLength, "though it would not count"},
	{"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\nhi!", 0, "", false, errLengths, ""},
	{"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 02\r\n\r\nhi", 0, "", false, errLengths, "the same, but written otherwise"},
	{"HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n", 0, "", false, errCoding, ""},
	{"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 0, "", false, errCoding, ""},
	{"HTTP/1.1 200 OK\r\nTransfer-Encoding: identity\r\nContent-Length: 2\r\n\r\nhi", 0, "", false, errCoding, ""},
	{"HTTP/1.1 100 OK\r\nTransfer-Encoding: gzip\r\n\r\n", 0, "", false, errCoding, "interim answers are judged too"},

	{chunked("x\r\n"), 0, "", false, errChunkSize, ""},
	{chunked("\r\n"), 0, "", false, errChunkSize, ""},
	{chunked(" 1\r\na\r\n"), 0, "", false, errChunkSize, ""},
	{chunked(" \r\n\r\n"), 0, "", false, errChunkSize, "a space is no size"},
	{chunked("-1\r\n"), 0, "", false, errChunkSize, ""},
	{chunked("1 ;x\r\na\r\n"), 0, "", false, errChunkSize, "net/http trims the line, not the size"},
	{chunked("1 1\r\na\r\n"), 0, "", false, errChunkSize, ""},
	{chunked("4000000000000000\r\na\r\n"), 0, "", false, errChunkTooLarge, ""},
	{chunked("3fffffffffffffff\r\na"), 0, "", false, errClosedChunk, ""},
	{chunked("00000000000000001\r\na"), 0, "", false, errChunkTooLarge, "17 digits"},
	{chunked("1\na\r\n0\r\n\r\n"), 0, "", false, errChunkLine, ""},
	{chunked("1;x\na\r\n0\r\n\r\n"), 0, "", false, errChunkLine, ""},
	{chunked("0\r0"), 0, "", false, errChunkLine, "net/http waits for the whole line first"},
	{chunked("1\r\nab\r\n0\r\n\r\n"), 0, "", false, errChunkEnd, ""},
	{chunked("1\r\na\n0\r\n\r\n"), 0, "", false, errChunkEnd, ""},
	{chunked("0\r\n\n"), 0, "", false, errChunkLine, ""},
	{chunked("0\r\nX: y\n\r\n"), 0, "", false, errChunkLine, ""},
	{chunked("0\r\nno colon\r\n\r\n"), 0, "", false, errTrailer, ""},
	{chunked("0\r\n: y\r\n\r\n"), 0, "", false, errTrailer, ""},
	{chunked("0\r\n(: y\r\n\r\n"), 0, "", false, errTrailer, ""},
	{chunked("0\r\nX: y\rZ: y\r\n\r\n"), 0, "", false, errChunkLine, ""},
	{chunked("0\r\n\r\r\n"), 0, "", false, errChunkLine, ""},
	{chunked("0\r\nX: a\tb\r\n\r\n"), 200, "", true, nil, "a tab may stand in a value"},
	{chunked("0\r\n X: y\r\n\r\n"), 0, "", false, errTrailer, ""},
	{chunked("0\r\nX: \x01\r\n\r\n"), 0, "", false, errTrailer, ""},

	{"HTTP/1.1 200 O", 0, "", false, errClosedHeader, ""},
	{"HTT", 0, "", false, errClosedHeader, ""},
	{"HTTP/1.1 200 OK\r\nContent-Le", 0, "", false, errClosedHeader, ""},
	{"HTTP/1.1 100 Continue\r\n\r\n", 0, "", false, errClosedHeader, "an interim answer does not count"},
	{"HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nhi", 0, "", false, errClosedBody, ""},
	{chunked("5\r\nhi"), 0, "", false, errClosedChunk, ""},
	{chunked("2\r\nhi\r\n"), 0, "", false, errClosedChunk, ""},
	{chunked("0\r\n"), 0, "", false, errClosedEnd, ""},
	{chunked("0\r\n\r"), 0, "", false, errClosedEnd, ""},
}

func chunked(body string) string {
	return "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + body
}

func TestAnswer(t *testing.T) {
	for _, tc := range readings {
		checkAnswers(t, []byte(tc.raw), 0, splitting([]byte{1}))
		var a Answer
		got := scanOne(&a, []byte(tc.raw), false, splitting(nil))
		if got.status != tc.status || got.body != tc.body || got.keepAlive != tc.keepAlive || got.err != tc.err {
			t.Errorf("%q: %v\nwant status %d, body %q, keep-alive %v, error %v (%s)",
				tc.raw, got, tc.status, tc.body, tc.keepAlive, tc.err, tc.why)
		}
	}
}

// TestAnswerToHEAD: no body follows, whatever the header says.
func TestAnswerToHEAD(t *testing.T) {
	for _, raw := range []string{
		"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n",
		"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n",
		"HTTP/1.1 200 OK\r\n\r\n",
	} {
		checkAnswers(t, []byte(raw+raw), 3, splitting([]byte{1}))
		var a Answer
		if got := scanOne(&a, []byte(raw+"surplus"), true, splitting(nil)); got.err != nil || got.consumed != len(raw) || !got.keepAlive {
			t.Errorf("%q: %v, want %d bytes and the connection kept", raw, got, len(raw))
		}
	}
}

// TestAnswerReadsAsNetHTTP draws answers, near to valid, in a row and in pieces.
func TestAnswerReadsAsNetHTTP(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var raw []byte
		for range rapid.IntRange(1, 3).Draw(t, "answers") {
			raw = append(raw, drawAnswer(t)...)
		}
		if rapid.IntRange(0, 3).Draw(t, "damage") == 0 {
			at := rapid.IntRange(0, len(raw)-1).Draw(t, "at")
			switch c := rapid.SampledFrom([]byte("\r\n :;,0a\x00\x7f\xff\t")).Draw(t, "byte"); rapid.IntRange(0, 2).Draw(t, "how") {
			case 0:
				raw = raw[:at]
			case 1:
				raw[at] = c
			case 2:
				raw = append(raw[:at], raw[at+1:]...)
			}
		}
		checkAnswers(t, raw, rapid.Uint8().Draw(t, "heads"), splitting(rapid.SliceOfN(rapid.ByteRange(1, 60), 1, 4).Draw(t, "split")))
	})
}

func drawAnswer(t *rapid.T) string {
	from := func(name string, texts ...string) string { return rapid.SampledFrom(texts).Draw(t, name) }
	end := from("line end", "\r\n", "\r\n", "\r\n", "\n")
	var b strings.Builder
	if rapid.IntRange(0, 5).Draw(t, "interim") == 0 {
		b.WriteString("HTTP/1.1 103 Early Hints" + end + "Link: </a>" + end + end)
	}
	b.WriteString(from("version", "HTTP/1.1", "HTTP/1.1", "HTTP/1.1", "HTTP/1.0", "HTTP/1.2", "HTTP/2.0", "http/1.1") + " " +
		from("status", "200 OK", "200 OK", "200", "404 Not Found", "204 No Content", "304 Not Modified", "999 ", "600  x") + end)
	for range rapid.IntRange(0, 4).Draw(t, "fields") {
		b.WriteString(from("field", "Server: nginx", "Date: Mon, 01 Jan 2024 00:00:00 GMT", "Connection: close", "Connection: keep-alive",
			"Connection: x ,\tKeep-Alive , y", "X-Empty:", "X-Folded: a\r\n b\n\tc", "X-Bytes: \xc3\xa4\t\x80", "Trailer: Sum", "x_y z: 1") + end)
	}
	body := strings.Repeat("ab\r\n0", rapid.IntRange(0, 20).Draw(t, "body"))
	switch from("framing", "length", "lengths", "chunked", "both", "none") {
	case "length":
		fmt.Fprintf(&b, "%s: %d%s%s%s", from("name", "Content-Length", "content-length", "CONTENT-LENGTH"), len(body), end, end, body)
	case "lengths":
		fmt.Fprintf(&b, "Content-Length: %d%sContent-Length: %s%d%s%s%s", len(body), end, from("second", "", " ", "0"), len(body), end, end, body)
	case "both":
		b.WriteString("Content-Length: 3" + end)
		fallthrough
	case "chunked":
		b.WriteString("Transfer-Encoding: " + from("coding", "chunked", "chunked", "Chunked ", "gzip, chunked") + end + end)
		for rest := body; len(rest) > 0; {
			n := rapid.IntRange(1, len(rest)).Draw(t, "chunk")
			fmt.Fprintf(&b, from("size", "%x", "%X", "0%x", "%x ", "%x;a=b", "%x;\"\t"), n)
			b.WriteString("\r\n" + rest[:n] + "\r\n")
			rest = rest[n:]
		}
		b.WriteString("0\r\n" + from("trailer", "", "", "Sum: 1\r\n", "Sum: 1\r\n 2\r\nOther:\r\n", "bad\r\n") + "\r\n")
	case "none":
		b.WriteString(end + body)
	}
	return b.String()
}

// TestAnswerIsBounded: a server cannot make it take more than is granted, nor go on forever.
func TestAnswerIsBounded(t *testing.T) {
	const start = "HTTP/1.1 200 OK\r\n"
	line := strings.Repeat("x", 1000)
	for _, tc := range []struct {
		what, raw, repeat string
		want              error
		most              int // bytes that may be taken
	}{
		{"one header line", start + "X: ", line, errLongHeader, maxHeaderBytes},
		{"header lines", start, "X: " + line + "\r\n", errLongHeader, maxHeaderBytes},
		{"folds", start + "X: ", line + "\r\n ", errLongHeader, maxHeaderBytes},
		{"a status line", "HTTP/1.1 200 ", line, errLongHeader, maxHeaderBytes},
		{"garbage", "", line, errLongHeader, maxHeaderBytes},
		{"interim answers", "", "HTTP/1.1 103 Early Hints\r\n\r\n", errLongHeader, maxHeaderBytes},
		{"chunk extensions", chunked("1;"), line, errLongChunkLine, 5000},
		{"small chunks with large extensions", chunked(""), "1;" + line + "\r\na\r\n", errChunkExcess, 20_000},
		{"a trailer", chunked("0\r\nX: "), line, errLongTrailer, 5000},
		{"a body to the end", start + "\r\n", line, errLongBody, 200_100},
		{"a long body", start + "Content-Length: 1000000\r\n\r\n", line, errLongBody, 200_100},
		{"chunks without end", chunked(""), "3e8\r\n" + line + "\r\n", errLongBody, 203_000},
	} {
		raw := []byte(tc.raw + strings.Repeat(tc.repeat, 300_000/len(tc.repeat)))
		for _, piece := range []int{1 << 30, 4096, 7} {
			a := Answer{MaxBody: 200_000}
			a.Begin(false, 0)
			var err error
			for rest := bytes.Clone(raw); err == nil && len(rest) > 0; {
				n, done, failed := a.Feed(rest[:min(piece, len(rest))])
				if done {
					t.Fatalf("%s: taken for a whole answer", tc.what)
				}
				rest, err = rest[n:], failed
			}
			if most := int64(tc.most + min(piece, 100_000)); err != tc.want || a.WireBytes > most {
				t.Errorf("%s without end in pieces of %d: %v after %d bytes, want %v after at most %d",
					tc.what, piece, err, a.WireBytes, tc.want, most)
			}
			if again, _, failed := a.Feed([]byte("x")); again != 0 || failed != err {
				t.Errorf("%s: fed after an error it takes %d bytes and says %v", tc.what, again, failed)
			}
		}
	}
	var a Answer
	a.Begin(false, 0)
	head := start + "X: " + strings.Repeat("x", maxHeaderBytes-len(start)-len("X: \r\nContent-Length: 0\r\n\r\n")) + "\r\nContent-Length: 0\r\n\r\n"
	if n, done, err := a.Feed([]byte(head)); n != maxHeaderBytes || !done || err != nil {
		t.Errorf("a header of %d bytes: %d, %v, %v", len(head), n, done, err)
	}
}

// TestChunkedBounds: what net/http grants of extensions and trailers is granted, and no byte more.
func TestChunkedBounds(t *testing.T) {
	long := func(n int) string { return strings.Repeat("x", n) }
	for _, tc := range []struct {
		body string
		want error
		why  string
	}{
		{strings.Repeat("1\r\na\r\n", 20_000), nil, "a body may be streamed a byte at a time"},
		{strings.Repeat("1;"+long(14)+"\r\na\r\n", 20_000), nil, "18 bytes for a chunk of one"},
		{strings.Repeat("1;"+long(15)+"\r\na\r\n", 20_000), errChunkExcess, "19"},
		{"1;" + long(maxChunkLine-2) + "\r\na\r\n", nil, "the longest line"},
		{"1;" + long(maxChunkLine-1) + "\r\na\r\n", errLongChunkLine, "one more"},
		{"0;" + long(maxChunkLine-2) + "\r\nX: " + long(maxTrailerBytes-7) + "\r\n\r\n", nil, "the longest trailer"},
		{"0\r\nX: " + long(maxTrailerBytes-6) + "\r\n\r\n", errLongTrailer, "one more"},
	} {
		raw := []byte(chunked(tc.body + "0\r\n\r\n"))
		checkAnswers(t, raw, 0, splitting([]byte{200, 3}))
		var a Answer
		if got := scanOne(&a, raw, false, splitting(nil)); got.err != tc.want {
			t.Errorf("%.60q…: %v, want %v (%s)", tc.body, got.err, tc.want, tc.why)
		}
	}
}

func TestBodyKeepsWhatWasAskedFor(t *testing.T) {
	for _, raw := range []string{
		"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n0123456789",
		"HTTP/1.1 200 OK\r\n\r\n0123456789",
		chunked("3\r\n012\r\n6\r\n345678\r\n1\r\n9\r\n0\r\n\r\n"),
	} {
		for _, piece := range []int{1, 2, 3, 7, len(raw)} {
			for _, keep := range []int{0, 1, 4, 10, 11} {
				var a Answer
				a.Begin(false, keep)
				for rest := []byte(raw); len(rest) > 0; {
					n, _, err := a.Feed(rest[:min(piece, len(rest))])
					if err != nil {
						t.Fatal(err)
					}
					rest = rest[n:]
				}
				if _, err := a.End(); err != nil {
					t.Fatal(err)
				}
				if got, want := string(a.Body()), "0123456789"[:min(keep, 10)]; got != want || a.BodyBytes != 10 {
					t.Errorf("%q in pieces of %d: %q kept of %d, want %q", raw, piece, got, a.BodyBytes, want)
				}
			}
		}
	}
}

func TestBegunAndCounts(t *testing.T) {
	var a Answer
	if done, err := a.End(); done || err != errClosedBefore || a.Begun() {
		t.Errorf("closed before the answer: %v, %v, begun %v", done, err, a.Begun())
	}
	a.Begin(false, 0)
	interim := "HTTP/1.1 100 Continue\r\n"
	if _, done, err := a.Feed([]byte(interim)); done || err != nil || !a.Begun() || a.Status != 0 {
		t.Errorf("within an interim answer: %v, %v, begun %v, status %d", done, err, a.Begun(), a.Status)
	}
	head, body := "\r\nHTTP/1.1 404 Not Found\r\nTransfer-Encoding: chunked\r\n", "2\r\nhi\r\n0\r\n\r\n"
	if _, done, err := a.Feed([]byte(head)); done || err != nil || !a.Begun() || a.Status != 404 || a.KeepAlive {
		t.Errorf("within the header: %v, %v, begun %v, status %d, keep-alive %v", done, err, a.Begun(), a.Status, a.KeepAlive)
	}
	if n, done, err := a.Feed([]byte("\r\n" + body + "more")); n != 2+len(body) || !done || err != nil || !a.KeepAlive {
		t.Errorf("to the end: %d bytes, %v, %v, keep-alive %v", n, done, err, a.KeepAlive)
	}
	header := int64(len(interim) + len(head) + 2)
	if a.HeaderBytes != header || a.BodyBytes != 2 || a.WireBytes != header+int64(len(body)) {
		t.Errorf("%d bytes of header, %d of body, %d in all", a.HeaderBytes, a.BodyBytes, a.WireBytes)
	}
	if n, done, err := a.Feed([]byte("more")); n != 0 || !done || err != nil {
		t.Errorf("after the end: %d bytes, %v, %v", n, done, err)
	}
}
