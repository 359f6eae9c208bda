package wire

import (
	"bytes"
	"encoding/binary"
	"math/bits"
)

// nameBytes are the characters of a token (RFC 9110, section 5.6.2), and the space, which net/http bears with in a name:
// such a name is no known one.
var nameBytes = func() (is [256]bool) {
	for c := range is {
		is[c] = c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' ||
			bytes.IndexByte([]byte("!#$%&'*+-.^_`|~ "), byte(c)) >= 0
	}
	return is
}()

// cleanLen returns how many bytes of b come before the first control character that is no tab.
func cleanLen(b []byte) int {
	const ones, tops = 0x0101010101010101, 0x8080808080808080
	i := 0
	for i+8 <= len(b) {
		// Eight bytes at once: the lowest byte below 0x20, and the lowest that is 0x7f, leave their top bit set, and only
		// bytes above one may do so without being one (Warren, Hacker's Delight, 2nd ed., §6-1).
		x := binary.LittleEndian.Uint64(b[i:])
		del := x ^ 0x7f*ones
		found := ((x-0x20*ones)&^x | (del-ones)&^del) & tops
		if found == 0 {
			i += 8
			continue
		}
		i += bits.TrailingZeros64(found) / 8
		if b[i] != '\t' {
			return i
		}
		i++
	}
	for ; i < len(b); i++ {
		if c := b[i]; c < ' ' && c != '\t' || c == 0x7f {
			break
		}
	}
	return i
}

// equalFold reports whether b is lower, in ASCII letters of any case. lower holds letters and hyphens in lower case.
func equalFold(b []byte, lower string) bool {
	if len(b) != len(lower) {
		return false
	}
	for i, c := range b {
		if c >= 'A' && c <= 'Z' {
			c |= 0x20
		}
		if c != lower[i] {
			return false
		}
	}
	return true
}

// trim returns value without the white space around it.
func trim(value []byte) []byte {
	for len(value) > 0 && (value[0] == ' ' || value[0] == '\t') {
		value = value[1:]
	}
	for len(value) > 0 && (value[len(value)-1] == ' ' || value[len(value)-1] == '\t') {
		value = value[:len(value)-1]
	}
	return value
}

// hasToken reports whether the list holds the token, given in lower case.
func hasToken(list []byte, lower string) bool {
	for {
		comma := bytes.IndexByte(list, ',')
		if comma < 0 {
			return equalFold(trim(list), lower)
		}
		if equalFold(trim(list[:comma]), lower) {
			return true
		}
		list = list[comma+1:]
	}
}

// Line returns the first line of a header that [Answer.Header] returned, and what follows it. ok is false when there is
// none.
func Line(header []byte) (name, value, rest []byte, ok bool) {
	if len(header) == 0 {
		return nil, nil, nil, false
	}
	line, rest, _ := bytes.Cut(header, []byte{'\n'})
	if len(line) > 0 && line[len(line)-1] == '\r' {
		line = line[:len(line)-1]
	}
	name, value, _ = bytes.Cut(line, []byte{':'})
	return name, trim(value), rest, true
}

// Value returns the value of the first line of that name in a header that [Answer.Header] returned, and what follows that
// line, where the next one of that name may be. The case of the name does not matter.
func Value(header []byte, name string) (value, rest []byte, ok bool) {
	for len(header) > 0 {
		line := header
		if end := bytes.IndexByte(header, '\n'); end >= 0 {
			line, header = header[:end], header[end+1:]
		} else {
			header = nil
		}
		if len(line) <= len(name) || line[len(name)] != ':' || !sameName(line[:len(name)], name) {
			continue
		}
		value = line[len(name)+1:]
		if len(value) > 0 && value[len(value)-1] == '\r' {
			value = value[:len(value)-1]
		}
		return trim(value), header, true
	}
	return nil, nil, false
}

// sameName reports whether two names of one length are the same but for the case of ASCII letters.
func sameName(b []byte, name string) bool {
	for i, c := range b {
		d := name[i]
		if c == d {
			continue
		}
		if c^d != 0x20 || c|0x20 < 'a' || c|0x20 > 'z' {
			return false
		}
	}
	return true
}
