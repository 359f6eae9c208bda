package h2

import (
	"encoding/binary"
	"math"
)

// Settings (RFC 9113, section 6.5.2).
const (
	settingTable   = 1
	settingPush    = 2
	settingStreams = 3
	settingWindow  = 4
	settingFrame   = 5
	settingList    = 6
)

// initialWindow is what a peer takes until it says something else, bytes.
const initialWindow = 1<<16 - 1

func (c *Conn) appendSettings() {
	var payload []byte
	for _, s := range []struct {
		id    uint16
		value uint32
	}{{settingPush, 0}, {settingWindow, ownWindow}, {settingList, maxList}} {
		payload = binary.BigEndian.AppendUint16(payload, s.id)
		payload = binary.BigEndian.AppendUint32(payload, s.value)
	}
	c.appendFrame(frameSettings, 0, 0, payload)
	c.appendUpdate(0, ownWindow-initialWindow)
}

// settings takes the peer's.
func (c *Conn) settings(flags byte, payload []byte) error {
	if flags&flagAck != 0 {
		if len(payload) > 0 {
			return &Error{codeFrameSize, "an acknowledgement of settings with a payload"}
		}
		return nil
	}
	if len(payload)%6 != 0 {
		return &Error{codeFrameSize, "settings of a length that is no multiple of 6"}
	}
	for ; len(payload) > 0; payload = payload[6:] {
		value := binary.BigEndian.Uint32(payload[2:])
		switch binary.BigEndian.Uint16(payload) {
		case settingTable:
			c.encoder.allow(int(min(value, math.MaxInt32)))
		case settingPush:
			if value != 0 {
				return protocolError("a server that would push")
			}
		case settingStreams:
			c.peerMost = int(min(value, math.MaxInt32))
		case settingWindow:
			if value > math.MaxInt32 {
				return &Error{codeFlowControl, "a window of 2 GiB or more"}
			}
			change := int64(value) - int64(c.peerWindow)
			c.peerWindow = int32(value)
			for i := range c.streams {
				if s := &c.streams[i]; s.id != 0 {
					if s.window += change; s.window > math.MaxInt32 {
						return &Error{codeFlowControl, "a window of 2 GiB or more"}
					}
				}
			}
		case settingFrame:
			if value < 16<<10 || value >= 1<<24 {
				return protocolError("a longest frame of %d bytes", value)
			}
			c.peerFrame = int(min(value, 64<<10))
		}
	}
	c.Ready = true
	c.appendControl(frameSettings, flagAck, nil)
	c.resume()
	return nil
}

// appendControl appends the answer to a control frame.
func (c *Conn) appendControl(kind, flags byte, payload []byte) {
	c.control += frameHead + len(payload)
	c.appendFrame(kind, flags, 0, payload)
}

// appendUpdate tells the peer that it may send so many bytes more, of a stream or with 0 of all.
func (c *Conn) appendUpdate(id uint32, more int) {
	var payload [4]byte
	binary.BigEndian.PutUint32(payload[:], uint32(more))
	c.appendFrame(frameWindowUpdate, 0, id, payload[:])
}

// windowUpdate takes what the peer takes more.
func (c *Conn) windowUpdate(id uint32, payload []byte) error {
	if len(payload) != 4 {
		return &Error{codeFrameSize, "a window update that has not 4 bytes"}
	}
	more := int64(binary.BigEndian.Uint32(payload) & math.MaxInt32)
	if id == 0 {
		if c.window += more; more == 0 || c.window > math.MaxInt32 {
			return &Error{codeFlowControl, "a window update of 0, or to 2 GiB or more"}
		}
		c.resume()
		return nil
	}
	i, err := c.lookup(id)
	if i < 0 {
		return err
	}
	s := &c.streams[i]
	if s.window += more; more == 0 || s.window > math.MaxInt32 {
		c.reset(id, codeFlowControl)
		c.fail(i, Malformed, "a window update of 0, or to 2 GiB or more")
		return nil
	}
	c.resume()
	return nil
}
