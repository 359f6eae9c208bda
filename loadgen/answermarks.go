package loadgen

import (
	"bytes"
	"net/http"
	"strconv"

	"github.com/seed-5a006608/bench/loadgen/exchange"
)

// answerMarks reads what an answer's header says of the cache that it came through and of the server's own times. It
// allocates nothing for an answer, and is one sink's.
type answerMarks struct {
	rule    *HitRule
	wanted  []string // names of the header lines that are read; Server-Timing is the first
	marks   [4]cacheMark
	aged    bool     // an Age was read: the first counts
	timings []timing // valid as long as the header
}

func newAnswerMarks(rule *HitRule) *answerMarks {
	m := &answerMarks{rule: rule, wanted: []string{"Server-Timing", "X-Cache", "Cf-Cache-Status", "Age"}}
	if rule != nil {
		m.wanted = []string{"Server-Timing", rule.header}
	}
	return m
}

// read reads a header.
func (m *answerMarks) read(header exchange.Header) {
	m.marks, m.aged, m.timings = [4]cacheMark{}, false, m.timings[:0]
	if header.Fields != nil {
		m.readFields(header.Fields)
	} else {
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
