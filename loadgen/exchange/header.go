package exchange

import (
	"bytes"
	"net/http"
)

// Header is the header of an answer, in the form that its engine has it in. It is valid as long as the exchange; the zero value
// is that of no answer.
type Header struct {
	Lines  []byte      // as they came, without the empty line at their end
	Fields http.Header // as net/http gives them
}

// None reports whether no header came.
func (h Header) None() bool { return h.Lines == nil && h.Fields == nil }

// Get returns the first value of a name, whatever its case; "" without one.
func (h Header) Get(name string) string {
	if h.Fields != nil {
		return h.Fields.Get(name)
	}
	value, _, _ := Value(h.Lines, name)
	return string(value)
}

// Map returns the header as net/http has it.
func (h Header) Map() http.Header {
	if h.Fields != nil {
		return h.Fields
	}
	m := http.Header{}
	for lines := h.Lines; ; {
		name, value, rest, ok := Line(lines)
		if !ok {
			return m
		}
		m.Add(string(name), string(value))
		lines = rest
	}
}

// Line returns the first of header lines, and what follows it; ok is false where there are no more.
func Line(header []byte) (name, value, rest []byte, ok bool) {
	if len(header) == 0 {
		return nil, nil, nil, false
	}
	line, rest, _ := bytes.Cut(header, []byte{'\n'})
	if len(line) > 0 && line[len(line)-1] == '\r' {
		line = line[:len(line)-1]
	}
	name, value, _ = bytes.Cut(line, []byte{':'})
	return name, Trim(value), rest, true
}

// Value returns the value of the first line of a name, in any case, and what follows that line: the next one of that name may be
// there.
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
		return Trim(value), header, true
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

// Trim returns a header's value without the white space around it.
func Trim(value []byte) []byte {
	for len(value) > 0 && (value[0] == ' ' || value[0] == '\t') {
		value = value[1:]
	}
	for len(value) > 0 && (value[len(value)-1] == ' ' || value[len(value)-1] == '\t') {
		value = value[:len(value)-1]
	}
	return value
}
