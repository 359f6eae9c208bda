package h2

import (
	"fmt"
	"math"
)

// Preface is what a client sends first (RFC 9113, section 3.4).
const Preface = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"

// The bounds on a peer.
const (
	ownWindow    = 1 << 30   // bytes that it may send of one stream, and of all, before it is told of more
	ownFrame     = 16 << 10  // the longest frame that it may send, bytes
	maxControl   = 256 << 10 // answers to its control frames that lie unsent, bytes
	maxFruitless = 10_000    // frames in a row that bring no answer on
)

// Events is told what comes of the streams. What it is given is valid until it returns. It may call [Conn.Begin] and
// [Conn.Cancel], but not Feed.
type Events interface {
	// Headed tells an answer's status, and its other fields as lines.
	Headed(stream int32, status int, lines []byte)

	// Content tells of the next bytes of an answer's body. It returns false where it has canceled the stream.
	Content(stream int32, p []byte) bool

	// Ended tells that an answer is whole. The stream is free again.
	Ended(stream int32)

	// Failed tells that a stream came to no whole answer. It is free again.
	Failed(stream int32, why Failure, detail string)
}

// Failure says why a stream failed.
type Failure uint8

// The failures of a stream.
const (
	Reset     Failure = iota // by the peer
	Untouched                // by a goodbye: the peer did not begin with it, so it can be sent again
	Refused                  // by a reset, likewise
	Malformed                // its answer breaks the protocol
	TooLong                  // its header is longer than 256 KiB
	Cut                      // it ended before its declared length
)

// Error is what ends a connection: a peer that breaks the protocol, or goes beyond a bound.
type Error struct {
	Code   uint32 // RFC 9113, section 7
	Reason string
}

func (e *Error) Error() string { return "HTTP/2: " + e.Reason }

func protocolError(format string, args ...any) *Error {
	return &Error{Code: codeProtocol, Reason: fmt.Sprintf(format, args...)}
}

// Conn is a connection. It belongs to one goroutine.
type Conn struct {
	Out   []byte // what is to be written; who wrote it empties it by [Conn.Wrote]
	Ready bool   // the peer's settings have come

	events  Events
	rest    []byte // of a frame that is not whole
	content dataFrame
	block   []byte
	decoder decoder
	encoder encoder

	streams []streamState
	unused  []int32
	recent  []int32 // places by their streams' numbers, modulo its length; that of the stream that began last
	open    int
	nextID  uint32
	blocked int // streams whose bodies wait for the peer's windows
	turn    int // the place of the one that sent last of those that waited

	window     int64 // bytes that the peer takes of all bodies
	peerWindow int32 // bytes that it takes of a new one
	peerFrame  int
	peerMost   int // streams at once
	received   int // bytes of bodies since the peer was last told of more
	control    int // bytes of answers to control frames in Out
	fruitless  int

	continued    uint32 // the stream whose header block is not whole; 0: no such
	continuedEnd bool
	incoming     []byte // that block
	goneAway     bool
	last         uint32 // with goneAway: the last stream that the peer takes
	failed       error
}

// streamState is a stream, or a place for one.
type streamState struct {
	id       uint32 // 0: free
	headed   bool   // the answer's header has come
	empty    bool   // the answer has no body, whatever its length says
	window   int64
	length   int64 // declared; -1: not
	got      int64
	received int    // bytes of its body since the peer was last told of more
	body     []byte // what waits for the peer's windows
	isHead   bool   // its answer has no body
}

// dataFrame is the frame of a body that is not whole.
type dataFrame struct {
	left int // bytes to come
	id   uint32
	end  bool // it is the stream's last
}

// New begins a connection: the preface and the client's settings are in Out.
func New(events Events) *Conn {
	c := &Conn{
		events: events, decoder: newDecoder(), encoder: newEncoder(), recent: make([]int32, 64), nextID: 1,
		window: initialWindow, peerWindow: initialWindow, peerFrame: ownFrame, peerMost: math.MaxInt32,
	}
	c.Out = append(c.Out, Preface...)
	c.appendSettings()
	return c
}

// Room returns how many further streams may be begun.
func (c *Conn) Room() int {
	if !c.Ready || c.goneAway || c.failed != nil || c.nextID > math.MaxInt32 {
		return 0
	}
	return max(0, c.peerMost-c.open)
}

// Open returns how many streams are under way.
func (c *Conn) Open() int { return c.open }

// Most returns how many streams the peer takes at once.
func (c *Conn) Most() int { return c.peerMost }

// Over reports whether the connection is to be closed: the peer takes no more, and nothing is under way.
func (c *Conn) Over() bool {
	return c.failed != nil || (c.goneAway || c.nextID > math.MaxInt32) && c.open == 0
}

// Wrote tells that Out was written.
func (c *Conn) Wrote() { c.Out, c.control = c.Out[:0], 0 }

// Waits reports whether a stream's body waits for the peer's windows.
func (c *Conn) Waits(stream int32) bool { return len(c.streams[stream].body) > 0 }

// Begun reports whether anything of a stream's answer has come.
func (c *Conn) Begun(stream int32) bool { return c.streams[stream].headed }

// Cancel gives a stream up. Nothing more is told of it.
func (c *Conn) Cancel(stream int32) {
	if s := &c.streams[stream]; s.id != 0 {
		c.reset(s.id, codeCancel)
		c.release(stream)
	}
}

func (c *Conn) place() int32 {
	if n := len(c.unused); n > 0 {
		i := c.unused[n-1]
		c.unused = c.unused[:n-1]
		return i
	}
	if len(c.streams) == len(c.recent)/2 {
		c.recent = make([]int32, 2*len(c.recent))
		for i, s := range c.streams { // each is in use
			*c.placeOf(s.id) = int32(i)
		}
	}
	c.streams = append(c.streams, streamState{})
	return int32(len(c.streams) - 1)
}

// placeOf returns where the place is noted of the stream with a number.
func (c *Conn) placeOf(id uint32) *int32 { return &c.recent[id>>1&uint32(len(c.recent)-1)] }

// maxRetained is the longest body that waited whose buffer is kept for the next one, bytes.
const maxRetained = 64 << 10

func (c *Conn) release(i int32) {
	s := &c.streams[i]
	if len(s.body) > 0 {
		c.blocked--
	}
	if cap(s.body) > maxRetained {
		s.body = nil
	}
	s.id = 0
	c.open--
	c.unused = append(c.unused, i)
}

// fail ends a stream.
func (c *Conn) fail(i int32, why Failure, detail string) {
	c.release(i)
	c.events.Failed(i, why, detail)
}
