package wire

import "bytes"

// The bounds on what a server may send: those of net/http as the http engine sets it up, the trailer's and the chunk
// lines' being the size of net/http's buffer.
const (
	maxHeaderBytes    = 256 << 10 // interim answers included, which bounds their number
	maxChunkLine      = 4<<10 - 2 // CR LF not included
	maxChunkExcess    = 16 << 10
	maxTrailerBytes   = 4 << 10
	defaultMaxBody    = 1 << 30
	maxRetainedHeader = 8 << 10 // a larger buffer is not kept for the next answer
)

// Answer scans one HTTP/1.1 answer after the other from the bytes of a connection. There is one per connection. It holds
// no memory of its own until an answer comes in several pieces; then it keeps a buffer for the header, and for as much of
// the body as was asked for.
//
// What it says of an answer depends on that answer's bytes alone, not on how they were split.
type Answer struct {
	Status      int   // of the final answer; 0 until its status line was read
	KeepAlive   bool  // whether the connection may carry another request; known when the header was read
	HeaderBytes int64 // status line and header, those of interim answers included
	BodyBytes   int64 // the body's content, without the framing of chunks
	WireBytes   int64 // all bytes of the answer
	MaxBody     int64 // bound on BodyBytes; 0: 1 GiB

	state    state
	head     bool // the answer to HEAD, which has no body
	borrowed bool // header is part of what Feed was given
	aliased  bool // body is part of what Feed was given
	failed   error

	header   []byte // header lines of the final answer
	body     []byte // what is kept of the body
	keepBody int
	buffer   []byte // a header that came in pieces
	kept     []byte // a body that came in pieces

	fields  int // where the header's lines begin, after the status line
	line    int // where the first line begins that was not taken yet
	scanned int // how far its end has been looked for
	framing framing

	left      int64 // bytes to come of the body or of the chunk
	chunkLine int   // bytes of the line with the chunk's size; of the trailer
	excess    int64 // bytes spent on framing, less what is granted for the content
}

// state is where in an answer the next byte belongs.
type state uint8

const (
	inHeader state = iota
	inBody         // of known length
	inBodyToClose
	inChunkSize // and the further ones of chunked.go
	inChunkSizeDigits
	inChunkSizeSpace
	inChunkExtension
	inChunkSizeEnd
	inChunk
	inChunkEnd
	inChunkEndLF
	inTrailer
	inTrailerLine
	inTrailerName
	inTrailerValue
	inTrailerLineEnd
	inTrailerEnd
	atEnd
)

// Begin readies a for the answer to the next request: to a HEAD request, if head. Up to keepBody bytes of the body are
// kept for [Answer.Body].
func (a *Answer) Begin(head bool, keepBody int) {
	buffer := a.buffer[:0]
	if cap(buffer) > maxRetainedHeader {
		buffer = nil
	}
	*a = Answer{MaxBody: a.MaxBody, head: head, keepBody: keepBody, buffer: buffer, kept: a.kept[:0]}
}

// Feed scans p, the next bytes that arrived. It returns how many of them belong to the answer, and whether the answer is
// whole: then the rest is surplus, which no request asked for. An error, [Malformed], stays until the next Begin.
//
// Feed may overwrite line breaks in p: a folded header line is made one line.
func (a *Answer) Feed(p []byte) (n int, done bool, err error) {
	for n < len(p) && a.state != atEnd && a.failed == nil {
		var taken int
		taken, a.failed = a.take(p[n:])
		n += taken
	}
	a.WireBytes += int64(n)
	if a.failed != nil {
		return n, false, a.failed
	}
	if a.state == atEnd {
		return n, true, nil
	}
	a.own()
	return n, false, nil
}

// headed takes the header of an answer that comes in frames, as lines. What content it has follows by [Answer.content].
func (a *Answer) headed(status int, lines []byte) {
	a.Status, a.KeepAlive, a.state = status, true, inBodyToClose
	a.buffer = append(a.buffer[:0], lines...)
	a.header = a.buffer
	a.HeaderBytes = int64(len(lines))
	a.WireBytes += a.HeaderBytes
}

// take scans the part of p that belongs to the current state, at least one byte.
func (a *Answer) take(p []byte) (n int, err error) {
	switch a.state {
	case inHeader:
		return a.takeHeader(p)
	case inBody:
		n = int(min(int64(len(p)), a.left))
		if a.left -= int64(n); a.left == 0 {
			a.state = atEnd
		}
		return n, a.content(p[:n])
	case inBodyToClose:
		return len(p), a.content(p)
	default:
		return a.takeChunked(p)
	}
}

// content counts and keeps bytes of the body.
func (a *Answer) content(p []byte) error {
	a.BodyBytes += int64(len(p))
	if room := a.keepBody - len(a.body); room > 0 && len(p) > 0 {
		p = p[:min(len(p), room)]
		if len(a.body) == 0 {
			a.body, a.aliased = p, true
		} else {
			a.ownBody()
			a.kept = append(a.kept, p...)
			a.body = a.kept
		}
	}
	limit := a.MaxBody
	if limit == 0 {
		limit = defaultMaxBody
	}
	if a.BodyBytes > limit {
		return errLongBody
	}
	return nil
}

// own copies what is still to be returned out of the caller's buffer.
func (a *Answer) own() {
	if a.borrowed {
		a.buffer = append(a.buffer[:0], a.header...)
		a.header, a.borrowed = a.buffer, false
	}
	a.ownBody()
}

func (a *Answer) ownBody() {
	if a.aliased {
		a.kept = append(a.kept[:0], a.body...)
		a.body, a.aliased = a.kept, false
	}
}

// End says that the peer closed its side. The answer is done if it is one that ends so, or was whole already; else the
// error, [Truncated] or [Malformed], says where it was cut.
func (a *Answer) End() (done bool, err error) {
	if a.failed != nil {
		return false, a.failed
	}
	switch {
	case a.state == atEnd, a.state == inBodyToClose:
		a.state = atEnd
		return true, nil
	case a.WireBytes == 0:
		a.failed = errClosedBefore
	case a.state == inHeader:
		a.failed = errClosedHeader
		if a.line == 0 && !bytes.HasPrefix(a.buffer, statusPrefix[:min(len(a.buffer), len(statusPrefix))]) {
			a.failed = errStatusLine
		}
	case a.state == inBody:
		a.failed = errClosedBody
	case a.state < inTrailer:
		a.failed = errClosedChunk
	default:
		a.failed = errClosedEnd
	}
	return false, a.failed
}

// Begun reports whether any byte of the answer has arrived.
func (a *Answer) Begun() bool { return a.WireBytes > 0 }

// HasHeader reports whether the final answer's header was read to its end.
func (a *Answer) HasHeader() bool { return a.state != inHeader }

// Header returns the lines of the final answer's header, without the status line and the empty line at its end, for
// [Value] and [Line]. It is valid until the next Feed or Begin, and as long as what Feed was last given.
func (a *Answer) Header() []byte { return a.header }

// Body returns what was kept of the body. It is valid as long as Header.
func (a *Answer) Body() []byte { return a.body }
