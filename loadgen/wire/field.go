package wire

import (
	"bytes"
	"encoding/binary"
	"math/bits"

	"github.com/seed-5a006608/bench/loadgen/exchange"
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

// hasToken reports whether the list holds the token, given in lower case.
func hasToken(list []byte, lower string) bool {
	for {
		comma := bytes.IndexByte(list, ',')
		if comma < 0 {
			return equalFold(exchange.Trim(list), lower)
		}
		if equalFold(exchange.Trim(list[:comma]), lower) {
			return true
		}
		list = list[comma+1:]
	}
}
