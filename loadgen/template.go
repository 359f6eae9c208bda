package loadgen

import (
	"fmt"
	"math"
	"strconv"
	"strings"

	"github.com/seed-5a006608/bench/profiles"
)

// template is text with values drawn anew for each request, compiled once into segments.
type template struct {
	segments []segment
}

// segment is fixed text followed by a value; value is nil where the template ends in text.
type segment struct {
	text  string
	value value
}

// value writes a request's value, a pure function of k.
type value interface {
	append(dst []byte, k uint64) []byte
}

// parseTemplate compiles text such as "/products/{{zipf 100000 1.1}}". The values of one template are drawn from seed
// and purpose, so that two templates of one plan are independent.
func parseTemplate(text string, seed uint64, purpose string) (template, error) {
	var t template
	for i := 0; ; i++ {
		before, after, found := strings.Cut(text, "{{")
		if !found {
			if before != "" || len(t.segments) == 0 {
				t.segments = append(t.segments, segment{text: before})
			}
			return t, nil
		}
		expression, rest, closed := strings.Cut(after, "}}")
		if !closed {
			return template{}, fmt.Errorf("%q: {{ without }}", text)
		}
		v, err := parseValue(strings.Fields(expression), profiles.NewStream(seed, purpose+"/"+strconv.Itoa(i)))
		if err != nil {
			return template{}, fmt.Errorf("{{%s}}: %w", expression, err)
		}
		t.segments = append(t.segments, segment{text: before, value: v})
		text = rest
	}
}

// append writes the template's text for request k.
func (t template) append(dst []byte, k uint64) []byte {
	for _, s := range t.segments {
		dst = append(dst, s.text...)
		if s.value != nil {
			dst = s.value.append(dst, k)
		}
	}
	return dst
}

// fixed reports whether the text is the same for every request.
func (t template) fixed() bool {
	for _, s := range t.segments {
		if s.value != nil {
			return false
		}
	}
	return true
}

func parseValue(words []string, stream profiles.Stream) (value, error) {
	if len(words) == 0 {
		return nil, fmt.Errorf("is empty: use zipf N S, uniform A B or seq")
	}
	switch name, args := words[0], words[1:]; name {
	case "zipf":
		if len(args) != 2 {
			return nil, fmt.Errorf("zipf takes the number of keys and the exponent, as in {{zipf 1000 1.1}}")
		}
		n, err := strconv.ParseUint(args[0], 10, 63)
		if err != nil || n == 0 {
			return nil, fmt.Errorf("the number of keys must be a whole number above 0, got %s", args[0])
		}
		s, err := strconv.ParseFloat(args[1], 64)
		if err != nil || !(s > 0) || s > 100 || math.IsInf(s, 0) {
			return nil, fmt.Errorf("the exponent must be above 0 and at most 100, got %s", args[1])
		}
		return zipfKey{newZipf(n, s), stream}, nil
	case "uniform":
		if len(args) != 2 {
			return nil, fmt.Errorf("uniform takes the lowest and the highest value, as in {{uniform 1 1000}}")
		}
		lo, err := strconv.ParseInt(args[0], 10, 64)
		if err != nil {
			return nil, fmt.Errorf("the lowest value must be a whole number, got %s", args[0])
		}
		hi, err := strconv.ParseInt(args[1], 10, 64)
		if err != nil {
			return nil, fmt.Errorf("the highest value must be a whole number, got %s", args[1])
		}
		if lo > hi {
			return nil, fmt.Errorf("the lowest value %d is above the highest %d", lo, hi)
		}
		return uniformKey{lo, uint64(hi) - uint64(lo), stream}, nil
	case "seq":
		if len(args) != 0 {
			return nil, fmt.Errorf("seq takes nothing: it is the request's number")
		}
		return seqKey{}, nil
	default:
		return nil, fmt.Errorf("no value is called %q: use zipf N S, uniform A B or seq", name)
	}
}

// seqKey is the request's number, from 0.
type seqKey struct{}

func (seqKey) append(dst []byte, k uint64) []byte { return strconv.AppendUint(dst, k, 10) }

// uniformKey is equally often each whole number from lo to lo+span.
type uniformKey struct {
	lo     int64
	span   uint64
	stream profiles.Stream
}

func (u uniformKey) append(dst []byte, k uint64) []byte {
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

func (z zipfKey) append(dst []byte, k uint64) []byte {
	return strconv.AppendUint(dst, z.law.draw(z.stream, k), 10)
}
