package loadgen

import (
	"bytes"
	"errors"
	"math"
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/seed-5a006608/bench/loadgen/exchange"
	"github.com/seed-5a006608/bench/loadgen/request"
	"github.com/seed-5a006608/bench/loadgen/runfile"
)

// answerMarks reads the marks of caches and the server's own times from an answer's header. It allocates nothing for an answer,
// and belongs to one sink.
type answerMarks struct {
	rule    *HitRule
	wanted  []string // names of the header lines that are read; Server-Timing is the first
	marks   [4]cacheMark
	aged    bool     // an Age was read: the first counts
	timings []timing // valid as long as the header, and until the next is read
	seen    []byte   // the lines that were read last: most answers of a server say the same until its Date is another
}

// maxSeen is the longest header whose lines are kept to be compared, in bytes.
const maxSeen = 1 << 10

func newAnswerMarks(rule *HitRule) *answerMarks {
	m := &answerMarks{rule: rule, wanted: []string{"Server-Timing", "X-Cache", "Cf-Cache-Status", "Age"}}
	if rule != nil {
		m.wanted = []string{"Server-Timing", rule.header}
	}
	return m
}

// read reads a header.
func (m *answerMarks) read(header exchange.Header) {
	if header.Fields == nil && len(m.seen) > 0 && bytes.Equal(header.Lines, m.seen) {
		return
	}
	m.marks, m.aged, m.timings, m.seen = [4]cacheMark{}, false, m.timings[:0], m.seen[:0]
	switch {
	case header.Fields != nil:
		m.readFields(header.Fields)
	case len(header.Lines) <= maxSeen:
		m.seen = append(m.seen, header.Lines...)
		m.readLines(m.seen)
	default:
		m.readLines(header.Lines)
	}
}

func (m *answerMarks) readFields(header http.Header) {
	for i, name := range m.wanted {
		for _, value := range header[name] {
			m.take(i, []byte(value))
		}
	}
}

func (m *answerMarks) readLines(header []byte) {
	for {
		name, value, rest, ok := exchange.Line(header)
		if !ok {
			return
		}
		for i, wanted := range m.wanted {
			if len(name) == len(wanted) && bytes.EqualFold(name, []byte(wanted)) {
				m.take(i, value)
			}
		}
		header = rest
	}
}

// take reads the value of a line whose name is the i-th of those wanted.
func (m *answerMarks) take(i int, value []byte) {
	switch {
	case i == 0:
		m.timings = parseServerTiming(m.timings, value)
	case m.rule != nil:
		if m.rule.pattern.Match(value) {
			m.marks[i] = cacheHit
		}
	case m.wanted[i] != "Age":
		m.marks[i] = parseCacheMark(value)
	case !m.aged:
		m.aged = true
		if age, err := strconv.ParseUint(string(value), 10, 63); err == nil && age > 0 {
			m.marks[i] = cacheHit
		}
	}
}

// cache returns the mark of the cache.
func (m *answerMarks) cache() cacheMark {
	for _, mark := range m.marks {
		if mark != cacheUnmarked {
			return mark
		}
	}
	if m.rule != nil {
		return cacheMiss
	}
	return cacheUnmarked
}

// HitRule says how an answer tells that it came from a cache: a header that matches is a hit, one that does not, or is
// missing, a miss. Without a rule X-Cache and CF-Cache-Status are read, and an Age above 0 is a hit.
type HitRule struct {
	header  string // canonical name
	pattern *regexp.Regexp
}

// ParseHitRule reads "NAME~REGEXP".
func ParseHitRule(text string) (*HitRule, error) {
	name, pattern, ok := strings.Cut(text, "~")
	if !ok || name == "" {
		return nil, errors.New("write it as HEADER~REGEXP, as in X-Served-By~cache")
	}
	re, err := request.CompilePattern(pattern)
	if err != nil {
		return nil, err
	}
	return &HitRule{http.CanonicalHeaderKey(name), re}, nil
}

// parseCacheMark reads "HIT", "MISS" or what CDNs write, such as "Hit from cloudfront". An expired answer was fetched anew, and
// one that is stale, updating or revalidated was not: the cache had it. The last word of a list counts, which is the cache nearest
// to the client.
func parseCacheMark(value []byte) cacheMark {
	if i := bytes.LastIndexByte(value, ','); i >= 0 {
		value = value[i+1:]
	}
	switch {
	case containsFold(value, "MISS"), containsFold(value, "EXPIRED"):
		return cacheMiss
	case containsFold(value, "HIT"), containsFold(value, "STALE"), containsFold(value, "UPDATING"), containsFold(value, "REVALIDATED"):
		return cacheHit
	default:
		return cacheUnmarked
	}
}

// containsFold reports whether text is in value, whatever the case of the letters.
func containsFold(value []byte, text string) bool {
	for ; len(value) >= len(text); value = value[1:] {
		if bytes.EqualFold(value[:len(text)], []byte(text)) {
			return true
		}
	}
	return false
}

// The bounds on what is believed of a Server-Timing header.
const (
	maxTimingName = 40
	maxTimingMS   = 3.6e6
)

// parseServerTiming appends the metrics with a duration of a Server-Timing header ("db;dur=1.2, cache;desc=\"a, b\"").
// Names are tokens; what is malformed is passed over, because a header of the server under test is no reason to stop.
func parseServerTiming(dst []timing, header []byte) []timing {
	for len(header) > 0 && len(dst) < runfile.MaxTimings {
		var metric []byte
		metric, header = cutUnquoted(header, ',')
		name, params := cutUnquoted(metric, ';')
		name = bytes.TrimSpace(name)
		if len(name) == 0 || len(name) > maxTimingName || bytes.ContainsFunc(name, notToken) {
			continue
		}
		for len(params) > 0 {
			var param []byte
			param, params = cutUnquoted(params, ';')
			key, value, _ := bytes.Cut(param, []byte{'='})
			if !bytes.EqualFold(bytes.TrimSpace(key), []byte("dur")) {
				continue
			}
			ms, err := strconv.ParseFloat(string(bytes.Trim(bytes.TrimSpace(value), `"`)), 64)
			if err == nil && ms >= 0 && ms <= maxTimingMS && !math.IsNaN(ms) {
				dst = append(dst, timing{name, time.Duration(ms * float64(time.Millisecond))})
			}
			break
		}
	}
	return dst
}

// cutUnquoted cuts s at the first sep outside a quoted string.
func cutUnquoted(s []byte, sep byte) (before, after []byte) {
	quoted := false
	for i := 0; i < len(s); i++ {
		switch {
		case s[i] == '\\' && quoted:
			i++
		case s[i] == '"':
			quoted = !quoted
		case s[i] == sep && !quoted:
			return s[:i], s[i+1:]
		}
	}
	return s, nil
}

// notToken reports whether r cannot stand in a token (RFC 9110, section 5.6.2).
func notToken(r rune) bool {
	return r <= ' ' || r >= 0x7f || strings.ContainsRune(`"(),/:;<=>?@[\]{}`, r)
}
