package h2

import (
	"encoding/binary"
	"fmt"
	"math"
)

// frameHead is the length of what every frame begins with (RFC 9113, section 4.1), bytes.
const frameHead = 9

// Kinds of frames (section 6).
const (
	frameData         byte = 0
	frameHeaders      byte = 1
	framePriority     byte = 2
	frameReset        byte = 3
	frameSettings     byte = 4
	framePush         byte = 5
	framePing         byte = 6
	frameGoAway       byte = 7
	frameWindowUpdate byte = 8
	frameContinuation byte = 9
)

const (
	flagEndStream  byte = 0x1
	flagAck        byte = 0x1
	flagEndHeaders byte = 0x4
	flagPadded     byte = 0x8
	flagPriority   byte = 0x20
)

// Error codes (section 7).
const (
	codeNone        = 0x0
	codeProtocol    = 0x1
	codeFlowControl = 0x3
	codeFrameSize   = 0x6
	codeRefused     = 0x7
	codeCancel      = 0x8
	codeCompression = 0x9
	codeCalm        = 0xb
)

// Feed takes what was read, and tells the events what came of it. An error, an [*Error], ends the connection: what is under way
// is lost, and Out has the frame that says so.
func (c *Conn) Feed(p []byte) error {
	for len(p) > 0 && c.failed == nil {
		var err error
		switch {
		case c.content.left > 0:
			n := min(len(p), c.content.left)
			c.content.left -= n
			err = c.data(p[:n])
			p = p[n:]
		case len(c.rest) > 0:
			n := min(len(p), whole(c.rest)-len(c.rest))
			c.rest = append(c.rest, p[:n]...)
			p = p[n:]
			if err = checkLength(c.rest); err == nil && len(c.rest) == whole(c.rest) {
				err = c.frame(c.rest)
				c.rest = c.rest[:0]
			}
		default:
			n := whole(p)
			if err = checkLength(p); err != nil {
				break
			}
			if len(p) < n {
				c.rest = append(c.rest, p...)
				return nil
			}
			err = c.frame(p[:n])
			p = p[n:]
		}
		if err == nil && c.control > maxControl {
			err = &Error{codeCalm, "control frames without end, whose answers are not read"}
		}
		if err == nil && c.fruitless > maxFruitless {
			err = &Error{codeCalm, "frames without end that bring no answer on"}
		}
		if err != nil {
			c.end(err)
		}
	}
	return c.failed
}

// end ends the connection, and says so to the peer.
func (c *Conn) end(err error) {
	c.failed = err
	code := uint32(codeProtocol)
	if e, ok := err.(*Error); ok {
		code = e.Code
	}
	c.appendFrame(frameGoAway, 0, 0, binary.BigEndian.AppendUint32(make([]byte, 4), code))
}

// whole returns how much of the frame that b begins with has to be there at once: all of it, but of a body only the head. Of a
// head that is not whole it is the head.
func whole(b []byte) int {
	if len(b) < frameHead || b[3] == frameData && b[4]&flagPadded == 0 {
		return frameHead
	}
	return frameHead + length(b)
}

func length(head []byte) int { return int(head[0])<<16 | int(head[1])<<8 | int(head[2]) }

func checkLength(b []byte) error {
	if len(b) >= frameHead && length(b) > ownFrame {
		return &Error{codeFrameSize, fmt.Sprintf("a frame of %d bytes", length(b))}
	}
	return nil
}

// frame takes a whole frame, or the head of a body's.
func (c *Conn) frame(b []byte) error {
	kind, flags, id := b[3], b[4], binary.BigEndian.Uint32(b[5:])&math.MaxInt32
	payload := b[frameHead:]
	c.fruitless++
	if !c.Ready && (kind != frameSettings || flags&flagAck != 0) {
		return protocolError("something else than settings first")
	}
	if c.continued != 0 && (kind != frameContinuation || id != c.continued) {
		return protocolError("a header block that does not go on")
	}
	streams := kind == frameData || kind == frameHeaders || kind == frameContinuation || kind == frameReset || kind == framePriority
	connection := kind == frameSettings || kind == framePing || kind == frameGoAway
	if streams && id == 0 || connection && id != 0 {
		return protocolError("a frame of kind %d on stream %d", kind, id)
	}
	switch kind {
	case frameData:
		return c.beginData(b[:frameHead], payload)
	case frameHeaders:
		return c.headers(flags, id, payload)
	case frameContinuation:
		if c.continued == 0 {
			return protocolError("a header block that goes on and did not begin")
		}
		if len(c.incoming)+len(payload) > maxList {
			return &Error{codeCalm, "a header block of over 256 KiB"}
		}
		c.incoming = append(c.incoming, payload...)
		if flags&flagEndHeaders == 0 {
			return nil
		}
		c.continued = 0
		return c.headed(id, c.incoming, c.continuedEnd)
	case frameReset:
		return c.wasReset(id, payload)
	case frameSettings:
		return c.settings(flags, payload)
	case framePush:
		return protocolError("a push, which was not allowed")
	case framePing:
		if len(payload) != 8 {
			return &Error{codeFrameSize, "a ping that has not 8 bytes"}
		}
		if flags&flagAck == 0 {
			c.appendControl(framePing, flagAck, payload)
		}
	case frameGoAway:
		return c.goAway(payload)
	case frameWindowUpdate:
		return c.windowUpdate(id, payload)
	}
	return nil // others mean nothing to a client
}

// lookup returns a stream's place; -1 of one that is over. The error is that it never was.
func (c *Conn) lookup(id uint32) (int32, error) {
	if id&1 == 0 || id >= c.nextID {
		return -1, protocolError("a frame of stream %d, which was not begun", id)
	}
	if i := *c.placeOf(id); c.streams[i].id == id {
		return i, nil
	}
	for i := range c.streams { // it is over, or another took its note
		if c.streams[i].id == id {
			return int32(i), nil
		}
	}
	return -1, nil
}

// reset gives up a stream.
func (c *Conn) reset(id, code uint32) {
	c.appendFrame(frameReset, 0, id, binary.BigEndian.AppendUint32(c.block[:0], code))
	c.control += frameHead + 4
}

// wasReset takes the peer's giving up of a stream.
func (c *Conn) wasReset(id uint32, payload []byte) error {
	if len(payload) != 4 {
		return &Error{codeFrameSize, "a reset that has not 4 bytes"}
	}
	i, err := c.lookup(id)
	if i < 0 {
		return err
	}
	code := binary.BigEndian.Uint32(payload)
	why := Reset
	if code == codeRefused {
		why = Refused
	}
	c.fail(i, why, fmt.Sprintf("the server reset the stream with code %d", code))
	return nil
}

// goAway takes the peer's goodbye: what it did not take can be sent again.
func (c *Conn) goAway(payload []byte) error {
	if len(payload) < 8 {
		return &Error{codeFrameSize, "a goodbye of under 8 bytes"}
	}
	last, code := binary.BigEndian.Uint32(payload)&math.MaxInt32, binary.BigEndian.Uint32(payload[4:])
	if c.goneAway && last > c.last {
		return protocolError("a goodbye that takes back the one before")
	}
	c.goneAway, c.last = true, last
	for i := range c.streams {
		if id := c.streams[i].id; id > last {
			c.fail(int32(i), Untouched, fmt.Sprintf("the server said goodbye with code %d", code))
		}
	}
	return nil
}
