package h2

import "encoding/binary"

// Begin appends a request to c.Out and returns its stream. There must be [Conn.Room] for it. The body is copied as far as the
// peer's windows do not let it go out yet. The error is that the path cannot be sent; nothing was appended then.
func (c *Conn) Begin(r *Request) (stream int32, err error) {
	if err := checkPath(r.Path); err != nil {
		return 0, err
	}
	i := c.place()
	s := &c.streams[i]
	*s = streamState{id: c.nextID, window: int64(c.peerWindow), length: -1, body: s.body[:0], isHead: r.Head.isHead}
	*c.placeOf(s.id) = i
	c.nextID += 2
	c.open++
	c.fruitless = 0
	block := c.encoder.append(c.block[:0], r)
	c.block = block
	flags := flagEndHeaders
	if len(r.Body) == 0 {
		flags |= flagEndStream
	}
	kind := frameHeaders
	for {
		n := min(len(block), c.peerFrame)
		if n < len(block) {
			c.appendFrame(kind, flags&^flagEndHeaders, s.id, block[:n])
			block, kind, flags = block[n:], frameContinuation, flagEndHeaders
			continue
		}
		c.appendFrame(kind, flags, s.id, block)
		break
	}
	if len(r.Body) > 0 {
		n := 0
		if c.blocked == 0 { // else others have waited longer
			n = c.send(s, r.Body)
		}
		if n < len(r.Body) {
			s.body = append(s.body, r.Body[n:]...)
			c.blocked++
			c.resume()
		}
	}
	return i, nil
}

// send appends as much of a body as may go out, and returns how much that was.
func (c *Conn) send(s *streamState, body []byte) (sent int) {
	for sent < len(body) {
		n := int(min(int64(len(body)-sent), int64(c.peerFrame), s.window, c.window))
		if n <= 0 {
			break
		}
		var flags byte
		if sent+n == len(body) {
			flags = flagEndStream
		}
		c.appendFrame(frameData, flags, s.id, body[sent:sent+n])
		s.window -= int64(n)
		c.window -= int64(n)
		sent += n
		c.fruitless = 0
	}
	return sent
}

// resume lets go out what waited for the peer's windows. Streams have turns at the window that they share.
func (c *Conn) resume() {
	for range c.streams {
		if c.blocked == 0 || c.window <= 0 {
			return
		}
		c.turn = (c.turn + 1) % len(c.streams)
		s := &c.streams[c.turn]
		if s.id == 0 || len(s.body) == 0 {
			continue
		}
		n := c.send(s, s.body)
		if s.body = s.body[:copy(s.body, s.body[n:])]; len(s.body) == 0 {
			c.blocked--
		}
	}
}

func (c *Conn) appendFrame(kind, flags byte, id uint32, payload []byte) {
	n := len(payload)
	c.Out = append(c.Out, byte(n>>16), byte(n>>8), byte(n), kind, flags)
	c.Out = binary.BigEndian.AppendUint32(c.Out, id)
	c.Out = append(c.Out, payload...)
}
