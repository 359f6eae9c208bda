package wire

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/textproto"
	"reflect"
	"regexp"
	"strings"
	"testing"

	"github.com/seed-5a006608/bench/loadgen/exchange"
)

// outcome is what became of one answer.
type outcome struct {
	status    int
	header    http.Header
	body      string
	keepAlive bool
	consumed  int
	err       error
}

func (o outcome) String() string {
	if o.err != nil {
		return fmt.Sprintf("error %T %q", o.err, o.err)
	}
	return fmt.Sprintf("status %d, header %q, body %q, keep-alive %v, %d bytes", o.status, o.header, o.body, o.keepAlive, o.consumed)
}

// keepAll is more than any body of these tests.
const keepAll = 1 << 20

// scanOne feeds raw to a in pieces whose lengths split returns, and closes the connection after them.
func scanOne(a *Answer, raw []byte, head bool, split func() int) outcome {
	a.Begin(head, keepAll)
	rest, used, done := bytes.Clone(raw), 0, false
	var err error
	for len(rest) > 0 && !done && err == nil {
		piece := bytes.Clone(rest[:min(max(split(), 1), len(rest))])
		var n int
		n, done, err = a.Feed(piece)
		if n < len(piece) && !done && err == nil {
			panic("Feed left bytes of an answer that is not whole")
		}
		used += n
		rest = rest[n:]
		if !done {
			for i := range piece {
				piece[i] = '!' // what was fed is the caller's again
			}
		}
	}
	if !done && err == nil {
		_, err = a.End()
	}
	if err != nil {
		return outcome{err: err}
	}
	if int64(used) != a.WireBytes || int64(len(a.Body())) != a.BodyBytes {
		panic(fmt.Sprintf("%d bytes were taken, WireBytes is %d; %d of the body kept of %d", used, a.WireBytes, len(a.Body()), a.BodyBytes))
	}
	o := outcome{status: a.Status, header: http.Header{}, body: string(a.Body()), keepAlive: a.KeepAlive, consumed: used}
	for header := a.Header(); ; {
		name, value, rest, ok := exchange.Line(header)
		if !ok {
			break
		}
		key := textproto.CanonicalMIMEHeaderKey(string(name))
		o.header[key] = append(o.header[key], string(value))
		header = rest
	}
	o.normalise()
	return o
}

// readOne is net/http's reading of the same bytes, as its transport does it.
func readOne(raw []byte, head bool) outcome {
	request := &http.Request{Method: http.MethodGet}
	if head {
		request.Method = http.MethodHead
	}
	left := bytes.NewReader(raw)
	buffered := bufio.NewReaderSize(left, 4<<10)
	for {
		response, err := http.ReadResponse(buffered, request)
		if err != nil {
			return outcome{err: err}
		}
		if response.StatusCode >= 100 && response.StatusCode < 200 && response.StatusCode != http.StatusSwitchingProtocols {
			continue
		}
		body, err := io.ReadAll(response.Body)
		if err != nil {
			return outcome{err: err}
		}
		o := outcome{
			status: response.StatusCode, header: response.Header, body: string(body), keepAlive: !response.Close,
			consumed: len(raw) - left.Len() - buffered.Buffered(),
		}
		o.normalise()
		return o
	}
}

// normalise leaves out what net/http takes out of a header or adds to it, and writes folded values alike.
func (o *outcome) normalise() {
	if o.header.Get("Pragma") != "" {
		delete(o.header, "Cache-Control")
	}
	for _, name := range []string{"Connection", "Content-Length", "Transfer-Encoding", "Trailer"} {
		delete(o.header, name)
	}
	for _, values := range o.header {
		for i, v := range values {
			values[i] = strings.Join(strings.FieldsFunc(v, func(r rune) bool { return r == ' ' || r == '\t' }), " ")
		}
	}
}

var (
	bareLF   = regexp.MustCompile(`[^\r]\n`)
	below100 = regexp.MustCompile(`HTTP/\d\.\d +([+-]\d|0\d)\d\s`)
)

// differences are the answers that this package and net/http judge differently, and are meant to.
var differences = []struct {
	why     string
	applies func(raw []byte, ours, theirs outcome) bool
}{
	{"101 ends in another protocol, which no request of ours asks for", func(_ []byte, ours, theirs outcome) bool {
		return ours.err == errSwitched && (theirs.err != nil || theirs.status == 101)
	}},
	{"a status below 100 is invalid (RFC 9110, section 15)", func(raw []byte, ours, _ outcome) bool {
		return ours.err == errStatusCode && below100.Match(raw)
	}},
	{"HTTP/0.9 has no status line", func(raw []byte, ours, _ outcome) bool {
		return ours.err == errStatusLine && bytes.Contains(raw, []byte("HTTP/0."))
	}},
	{"a line that was cut by the end is not judged", func(_ []byte, ours, theirs outcome) bool {
		return (ours.err == errClosedHeader || ours.err == errClosedEnd) && theirs.err != nil
	}},
	{"a trailer line ends in CR LF, as all lines of the chunked coding", func(raw []byte, ours, _ outcome) bool {
		return ours.err == errChunkLine && bareLF.Match(raw)
	}},
	{"the chunked coding is judged as it comes, by net/http when a line is whole", func(_ []byte, ours, theirs outcome) bool {
		switch ours.err {
		case errChunkSize, errChunkLine, errChunkEnd, errTrailer, errLongChunkLine:
			return theirs.err != nil
		}
		return false
	}},
	{"a chunk of 4 EiB is refused before it has come", func(_ []byte, ours, theirs outcome) bool {
		return ours.err == errChunkTooLarge && theirs.err != nil
	}},
	{"what Trailer announces does not matter, as trailers are passed over", func(_ []byte, ours, theirs outcome) bool {
		return theirs.err != nil && strings.Contains(theirs.err.Error(), "bad trailer key")
	}},
	{"white space around a coding is no part of it, even if folded", func(raw []byte, ours, theirs outcome) bool {
		return theirs.err != nil && strings.Contains(theirs.err.Error(), "transfer encoding") &&
			(bytes.Contains(raw, []byte("\n ")) || bytes.Contains(raw, []byte("\n\t")))
	}},
}

// compare returns in what this package's reading differs from net/http's without being meant to.
func compare(raw []byte, ours, theirs outcome) error {
	for _, d := range differences {
		if d.applies(raw, ours, theirs) {
			return nil
		}
	}
	if ours.err != nil && theirs.err != nil {
		var truncated Truncated
		early := errors.Is(theirs.err, io.EOF) || errors.Is(theirs.err, io.ErrUnexpectedEOF)
		if errors.As(ours.err, &truncated) != early {
			return fmt.Errorf("of %q\n%v\nnet/http has %v", raw, ours, theirs)
		}
		return nil
	}
	ours.err, theirs.err = nil, errors.Join(ours.err, theirs.err)
	if theirs.err != nil || !reflect.DeepEqual(ours, theirs) {
		return fmt.Errorf("of %q\n%v\nnet/http has %v", raw, ours, theirs)
	}
	return nil
}

// checkAnswers checks the answers in raw, one after the other, whole and split, against net/http.
func checkAnswers(t interface{ Fatal(...any) }, raw []byte, heads uint8, split func() int) {
	var whole, pieces Answer
	for i := 0; i < 8 && len(raw) > 0; i++ {
		head := heads>>i&1 == 1
		ours := scanOne(&whole, raw, head, func() int { return len(raw) })
		if err := compare(raw, ours, readOne(raw, head)); err != nil {
			t.Fatal(err)
		}
		if parts := scanOne(&pieces, raw, head, split); !reflect.DeepEqual(parts, ours) {
			t.Fatal(fmt.Sprintf("%q in pieces: %v\nwhole: %v", raw, parts, ours))
		}
		if ours.err != nil || !ours.keepAlive {
			return
		}
		raw = raw[ours.consumed:]
	}
}

// splitting returns the lengths of pieces that the bytes of pattern say, over and over; all in one without any.
func splitting(pattern []byte) func() int {
	i := 0
	return func() int {
		if len(pattern) == 0 {
			return 1 << 30
		}
		i++
		return int(pattern[(i-1)%len(pattern)])
	}
}

func FuzzAnswer(f *testing.F) {
	for _, tc := range readings {
		f.Add([]byte(tc.raw), uint8(0), []byte{1})
		f.Add([]byte(tc.raw+tc.raw), uint8(1), []byte{3, 40})
	}
	f.Fuzz(func(t *testing.T, raw []byte, heads uint8, pattern []byte) {
		if len(raw) > 64<<10 {
			t.Skip("net/http's bound on the header is the transport's, not ReadResponse's")
		}
		checkAnswers(t, raw, heads, splitting(pattern))
	})
}
