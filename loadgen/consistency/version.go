package consistency

import (
	"bytes"
	"crypto/rand"
	"encoding/hex"
	"hash/maphash"
	"math"
	"strconv"
	"sync/atomic"
)

// Version is the version that a message holds. Versions are equal or not, and say nothing else.
type Version struct {
	Round uint32 // of bench's own; 0: bench did not write it
	N     uint64 // number of the request that wrote it; of another's version what tells it from others
}

// Round is one drive of a plan. Its versions are unique in all that this process drives.
type Round struct{ number uint32 }

var (
	digits = randomDigits() // tell this process's versions from those of another
	rounds atomic.Uint32
	seed   = maphash.MakeSeed()
)

func randomDigits() string {
	var b [4]byte
	_, _ = rand.Read(b[:]) // it never fails
	return hex.EncodeToString(b[:])
}

// NextRound returns a round that is no other's.
func NextRound() Round { return Round{rounds.Add(1)} }

// Digits returns the eight hexadecimal digits with which the versions of this process begin.
func Digits() string { return digits }

// Version returns the version that request k of the round writes.
func (r Round) Version(k uint64) Version { return Version{r.number, k} }

// Prefix returns what the versions of the round begin with; the number of the request follows.
func (r Round) Prefix() string {
	return digits + "-" + strconv.FormatUint(uint64(r.number), 10) + "-"
}

// ParseVersion reads a version. Whatever bench does not write itself, letter by letter, is another's.
func ParseVersion(text []byte) Version {
	if rest, ok := bytes.CutPrefix(text, []byte(digits)); ok && len(rest) > 1 && rest[0] == '-' {
		round, n, _ := bytes.Cut(rest[1:], []byte{'-'})
		r, ok1 := decimal(round)
		k, ok2 := decimal(n)
		if ok1 && ok2 && r > 0 && r <= math.MaxUint32 {
			return Version{uint32(r), k}
		}
	}
	return Version{N: maphash.Bytes(seed, text)}
}

// decimal reads a number as [strconv.AppendUint] writes it.
func decimal(text []byte) (n uint64, ok bool) {
	if len(text) == 0 || len(text) > 19 || text[0] == '0' && len(text) > 1 {
		return 0, false
	}
	for _, c := range text {
		if c < '0' || c > '9' {
			return 0, false
		}
		n = 10*n + uint64(c-'0')
	}
	return n, true
}
