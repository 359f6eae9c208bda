package h2

import "encoding/binary"

// headers takes a frame that begins a header block.
func (c *Conn) headers(flags byte, id uint32, payload []byte) error {
	payload, err := unpadded(flags, payload)
	if err != nil {
		return err
	}
	if flags&flagPriority != 0 {
		if len(payload) < 5 {
			return &Error{codeFrameSize, "a header frame too short for its priority"}
		}
		payload = payload[5:]
	}
	end := flags&flagEndStream != 0
	if flags&flagEndHeaders == 0 {
		c.continued, c.continuedEnd, c.incoming = id, end, append(c.incoming[:0], payload...)
		return nil
	}
	return c.headed(id, payload, end)
}

func unpadded(flags byte, payload []byte) ([]byte, error) {
	if flags&flagPadded == 0 {
		return payload, nil
	}
	if len(payload) == 0 || int(payload[0]) >= len(payload) {
		return nil, protocolError("a padding longer than its frame")
	}
	return payload[1 : len(payload)-int(payload[0])], nil
}

// headed takes a whole header block: of interim answers, of the answer, or its trailer.
func (c *Conn) headed(id uint32, block []byte, end bool) error {
	h, err := c.decoder.decode(block)
	if err != nil {
		return &Error{codeCompression, err.Error()}
	}
	i, err := c.lookup(id)
	if i < 0 {
		return err
	}
	s := &c.streams[i]
	switch {
	case h.wrong == errList:
		c.abandon(i, TooLong, h.wrong.Error())
	case h.wrong != nil:
		c.abandon(i, Malformed, h.wrong.Error())
	case s.headed && (h.status != 0 || !end):
		c.abandon(i, Malformed, "a second header")
	case s.headed:
		c.finish(i)
	case h.status == 0:
		c.abandon(i, Malformed, errStatus.Error())
	case h.status == 101 || h.status < 200 && end:
		c.abandon(i, Malformed, "an interim answer that is the last, or switches protocols")
	case h.status < 200:
	default:
		c.fruitless = 0
		s.headed, s.length = true, h.length
		s.empty = s.isHead || h.status == 204 || h.status == 304
		if c.events.Headed(i, h.status, h.lines); end {
			c.finish(i)
		}
	}
	return nil
}

// beginData takes the head of a body's frame, and all of it where it is padded.
func (c *Conn) beginData(head, payload []byte) error {
	n, flags, id := length(head), head[4], binary.BigEndian.Uint32(head[5:])&(1<<31-1)
	c.content = dataFrame{left: n, id: id, end: flags&flagEndStream != 0}
	c.received += n // all of it counts, that of streams given up too
	if c.received > ownWindow/2 {
		c.appendUpdate(0, c.received)
		c.received = 0
	}
	if i, err := c.lookup(id); err != nil {
		return err
	} else if i >= 0 {
		s := &c.streams[i]
		if s.received += n; s.received > ownWindow/2 {
			c.appendUpdate(id, s.received)
			s.received = 0
		}
	}
	if flags&flagPadded != 0 {
		content, err := unpadded(flags, payload)
		if err != nil {
			return err
		}
		c.content.left = 0
		return c.data(content)
	}
	if n == 0 {
		return c.data(nil)
	}
	return nil
}

// data takes bytes of the frame that is under way.
func (c *Conn) data(p []byte) error {
	i, err := c.lookup(c.content.id)
	if i < 0 {
		return err
	}
	s := &c.streams[i]
	s.got += int64(len(p))
	switch {
	case !s.headed:
		c.abandon(i, Malformed, "a body before its header")
		return nil
	case len(p) > 0 && s.empty:
		c.abandon(i, Malformed, "a body where there may be no body")
		return nil
	case s.length >= 0 && s.got > s.length && !s.empty:
		c.abandon(i, Malformed, "a body longer than its declared length")
		return nil
	}
	if len(p) > 0 {
		c.fruitless = 0
		if !c.events.Content(i, p) {
			return nil
		}
	}
	if c.content.end && c.content.left == 0 {
		c.finish(i)
	}
	return nil
}

// finish ends a stream whose answer is whole.
func (c *Conn) finish(i int32) {
	s := &c.streams[i]
	if s.length >= 0 && s.got < s.length && !s.empty {
		c.abandon(i, Cut, "the body ended before its declared length")
		return
	}
	if len(s.body) > 0 {
		c.reset(s.id, codeNone) // the peer wants no more of the request
	}
	c.release(i)
	c.events.Ended(i)
}

// abandon gives up a stream whose answer is of no use.
func (c *Conn) abandon(i int32, why Failure, detail string) {
	c.reset(c.streams[i].id, codeProtocol)
	c.fail(i, why, detail)
}
