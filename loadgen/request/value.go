package request

import (
	"encoding/hex"
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"

	"github.com/seed-5a006608/bench/profiles"
)

// values are the kinds of values that a template may hold, in the order in which messages list them.
var values = []struct {
	name  string
	usage string
	parse func(args []string, stream profiles.Stream) (value, error)
}{
	{"zipf", "zipf N S", parseZipf},
	{"uniform", "uniform A B", parseUniform},
	{"seq", "seq", parseSeq},
	{"uuid", "uuid", parseUUID},
	{"now", "now", parseNow},
	{"pick", "pick a b c", parsePick},
	{"csv", "csv FILE COLUMN", parseCSV},
	{"version", "version", parseVersion},
}

// parseValue reads what stands between {{ and }}. Its errors repeat nothing of it.
func parseValue(words []string, stream profiles.Stream) (value, error) {
	var known []string
	for _, v := range values {
		if len(words) > 0 && words[0] == v.name {
			return v.parse(words[1:], stream)
		}
		known = append(known, v.usage)
	}
	what := "is no value"
	if len(words) == 0 {
		what = "is empty"
	}
	return nil, fmt.Errorf("%s: use %s or %s; write {{{{ for the braces themselves", what,
		strings.Join(known[:len(known)-1], ", "), known[len(known)-1])
}

func isValue(name string) bool {
	for _, v := range values {
		if v.name == name {
			return true
		}
	}
	return false
}

func parseZipf(args []string, stream profiles.Stream) (value, error) {
	if len(args) != 2 {
		return nil, errors.New("is wrong: zipf takes the number of keys and the exponent, as in {{zipf 1000 1.1}}")
	}
	n, err := strconv.ParseUint(args[0], 10, 63)
	if err != nil || n == 0 {
		return nil, errors.New("is wrong: the number of keys must be a whole number above 0")
	}
	s, err := strconv.ParseFloat(args[1], 64)
	if err != nil || !(s > 0) || s > 100 {
		return nil, errors.New("is wrong: the exponent must be above 0 and at most 100")
	}
	return zipfKey{newZipf(n, s), stream}, nil
}

func parseUniform(args []string, stream profiles.Stream) (value, error) {
	if len(args) != 2 {
		return nil, errors.New("is wrong: uniform takes the lowest and the highest value, as in {{uniform 1 1000}}")
	}
	lo, err := strconv.ParseInt(args[0], 10, 64)
	if err != nil {
		return nil, errors.New("is wrong: the lowest value must be a whole number")
	}
	hi, err := strconv.ParseInt(args[1], 10, 64)
	if err != nil {
		return nil, errors.New("is wrong: the highest value must be a whole number")
	}
	if lo > hi {
		return nil, errors.New("is wrong: the lowest value is above the highest")
	}
	return uniformKey{lo, uint64(hi) - uint64(lo), stream}, nil
}

func parseSeq(args []string, _ profiles.Stream) (value, error) {
	if len(args) != 0 {
		return nil, errors.New("is wrong: seq takes nothing: it is the request's number")
	}
	return seqKey{}, nil
}

func parseUUID(args []string, stream profiles.Stream) (value, error) {
	if len(args) != 0 {
		return nil, errors.New("is wrong: uuid takes nothing: it is drawn for each request")
	}
	return uuidKey{stream}, nil
}

func parsePick(args []string, stream profiles.Stream) (value, error) {
	if len(args) == 0 {
		return nil, errors.New("is wrong: pick takes the words to choose from, as in {{pick small large}}")
	}
	return pickKey{args, uniformKey{0, uint64(len(args) - 1), stream}}, nil
}

// seqKey is the request's number, from 0.
type seqKey struct{}

func (seqKey) append(dst []byte, k uint64, _ time.Time) []byte {
	return strconv.AppendUint(dst, k&numberMask, 10)
}

// uniformKey is equally often each whole number from lo to lo+span.
type uniformKey struct {
	lo     int64
	span   uint64
	stream profiles.Stream
}

func (u uniformKey) append(dst []byte, k uint64, _ time.Time) []byte {
	return strconv.AppendInt(dst, u.lo+int64(u.draw(k)), 10)
}

// draw returns 0 … span. A plain remainder would favour low values: those draws that fall in the incomplete last
// stretch of the 64-bit range are drawn again (Lemire, ACM TOMACS 29(1), 2019, describes why and the cost).
func (u uniformKey) draw(k uint64) uint64 {
	if u.span == math.MaxUint64 {
		return u.stream.Uint64(k)
	}
	n := u.span + 1
	reject := -n % n // 2^64 mod n
	for i := uint64(0); ; i++ {
		if v := u.stream.Uint64At(k, i); v >= reject {
			return v % n
		}
	}
}

// zipfKey is the rank drawn by a Zipf law.
type zipfKey struct {
	law    zipf
	stream profiles.Stream
}

func (z zipfKey) append(dst []byte, k uint64, _ time.Time) []byte {
	return strconv.AppendUint(dst, z.law.draw(z.stream, k), 10)
}

// uuidKey is a version 4 UUID (RFC 9562, section 5.4).
type uuidKey struct{ stream profiles.Stream }

func (u uuidKey) append(dst []byte, k uint64, _ time.Time) []byte {
	var b [16]byte
	for i := range 2 {
		v := u.stream.Uint64At(k, uint64(i))
		for j := range 8 {
			b[8*i+j] = byte(v >> (8 * j))
		}
	}
	b[6] = b[6]&0x0f | 0x40
	b[8] = b[8]&0x3f | 0x80
	for i, part := range [][]byte{b[:4], b[4:6], b[6:8], b[8:10], b[10:]} {
		if i > 0 {
			dst = append(dst, '-')
		}
		dst = hex.AppendEncode(dst, part)
	}
	return dst
}

// pickKey is equally often each of its words.
type pickKey struct {
	words []string
	draw  uniformKey
}

func (p pickKey) append(dst []byte, k uint64, _ time.Time) []byte {
	return append(dst, p.words[p.draw.draw(k)]...)
}

func (p pickKey) each(change func(string) string) value {
	return pickKey{changed(p.words, change), p.draw}
}

func changed(texts []string, change func(string) string) []string {
	list := make([]string, len(texts))
	for i, t := range texts {
		list[i] = change(t)
	}
	return list
}
