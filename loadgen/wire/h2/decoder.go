package h2

import (
	"bytes"
	"errors"
	"math"

	"golang.org/x/net/http2/hpack"
)

// What is wrong with a header block. Of the first kind the connection cannot go on.
var (
	errBlock      = errors.New("a header block that cannot be decoded")
	errFieldName  = errors.New("a header name that may not be sent")
	errFieldValue = errors.New("a header value with control characters")
	errPseudo     = errors.New("a pseudo-header that may not be sent, or not here")
	errStatus     = errors.New("no status of three digits")
	errLengths    = errors.New("a Content-Length that is no length, or several that differ")
	errList       = errors.New("a header longer than 256 KiB")
)

// maxList bounds a header, its fields counted as in a table, and a header block; bytes.
const maxList = 256 << 10

// header is what a header block says.
type header struct {
	status int    // 0 in a trailer
	length int64  // Content-Length; -1: not said
	lines  []byte // "name: value" CR LF of each field but the status
	size   int    // of the header list, bytes
	wrong  error  // why the stream cannot use it; nil
}

// memo is a header block that came before, with what it said.
type memo struct {
	block    []byte
	changes  uint64   // of the table when it came, where that matters
	anyTable bool     // it names nothing in the dynamic table
	inserted []*field // by it
	resized  bool     // it changes the table's bound
	header   header
}

// The bounds on what is remembered.
const (
	memos     = 8
	memoBlock = 1 << 10 // bytes
)

// decoder decodes header blocks in the order in which they came.
type decoder struct {
	table  table
	memos  []memo
	turn   int
	text   bytes.Buffer
	lines  []byte
	header header
}

func newDecoder() decoder { return decoder{table: table{most: defaultTable}} }

// decode decodes a block. What it returns is valid until the next one. The error is one of the connection's.
func (d *decoder) decode(block []byte) (*header, error) {
	for i := range d.memos {
		m := &d.memos[i]
		if (m.anyTable || m.changes == d.table.changes) && bytes.Equal(m.block, block) {
			for _, f := range m.inserted {
				d.table.insert(f)
			}
			return &m.header, nil
		}
	}
	m := memo{changes: d.table.changes, anyTable: true}
	d.header = header{length: -1, lines: d.lines[:0]}
	for b := block; len(b) > 0; {
		var err error
		if b, err = d.take(b, len(b) == len(block), &m); err != nil {
			return nil, err
		}
	}
	h := &d.header
	d.lines = h.lines
	if h.wrong == nil && !m.resized && (m.anyTable || len(m.inserted) == 0) && len(block) <= memoBlock {
		d.remember(m, block)
	}
	return h, nil
}

func (d *decoder) remember(m memo, block []byte) {
	m.block, m.header = bytes.Clone(block), d.header
	m.header.lines = bytes.Clone(d.header.lines)
	if len(d.memos) < memos {
		d.memos = append(d.memos, m)
		return
	}
	d.memos[d.turn] = m
	d.turn = (d.turn + 1) % memos
}

// take decodes the first representation of b (RFC 7541, section 6) and returns the rest.
func (d *decoder) take(b []byte, first bool, m *memo) (rest []byte, err error) {
	switch {
	case b[0]&0x80 != 0:
		i, rest, err := integer(b, 7)
		if err != nil {
			return nil, err
		}
		f := d.table.at(i)
		if f == nil {
			return nil, errBlock
		}
		m.anyTable = m.anyTable && i < len(static)
		d.header.add(f.name, f.value)
		return rest, nil
	case b[0]&0xe0 == 0x20:
		most, rest, err := integer(b, 5)
		if err != nil || most > defaultTable || !first && d.table.size > 0 {
			return nil, errBlock
		}
		d.table.resize(most)
		m.resized = true
		return rest, nil
	}
	prefix, keep := uint(4), false
	if b[0]&0x40 != 0 {
		prefix, keep = 6, true
	}
	i, rest, err := integer(b, prefix)
	if err != nil {
		return nil, err
	}
	f := &field{}
	if i > 0 {
		of := d.table.at(i)
		if of == nil {
			return nil, errBlock
		}
		m.anyTable = m.anyTable && i < len(static)
		f.name = of.name
	} else if f.name, rest, err = d.string(rest); err != nil {
		return nil, err
	}
	if f.value, rest, err = d.string(rest); err != nil {
		return nil, err
	}
	d.header.add(f.name, f.value)
	if keep {
		d.table.insert(f)
		m.inserted = append(m.inserted, f)
	}
	return rest, nil
}

// string decodes a string literal (RFC 7541, section 5.2).
func (d *decoder) string(b []byte) (s string, rest []byte, err error) {
	if len(b) == 0 {
		return "", nil, errBlock
	}
	coded := b[0]&0x80 != 0
	n, b, err := integer(b, 7)
	if err != nil || n > len(b) {
		return "", nil, errBlock
	}
	if !coded {
		return string(b[:n]), b[n:], nil
	}
	d.text.Reset()
	if _, err := hpack.HuffmanDecode(&d.text, b[:n]); err != nil {
		return "", nil, errBlock
	}
	return d.text.String(), b[n:], nil
}

// integer decodes an integer whose first byte has so many bits of it (RFC 7541, section 5.1). One that is larger than any
// length or index may be is the largest int.
func integer(b []byte, prefix uint) (v int, rest []byte, err error) {
	if len(b) == 0 {
		return 0, nil, errBlock
	}
	mask := 1<<prefix - 1
	v, b = int(b[0])&mask, b[1:]
	if v < mask {
		return v, b, nil
	}
	sum := uint64(v)
	for shift := 0; len(b) > 0 && shift < 63; shift += 7 {
		c := b[0]
		b = b[1:]
		sum += uint64(c&0x7f) << shift
		if c < 0x80 {
			return int(min(sum, math.MaxInt)), b, nil
		}
	}
	return 0, nil, errBlock
}

// add takes a field of an answer (RFC 9113, section 8.2).
func (h *header) add(name, value string) {
	before := h.size
	if h.size += len(name) + len(value) + fieldOverhead; h.size > maxList {
		h.wrong = errList
	}
	switch {
	case h.wrong != nil:
	case name == ":status" && before == 0:
		if h.status = statusOf(value); h.status == 0 {
			h.wrong = errStatus
		}
	case len(name) > 0 && name[0] == ':':
		h.wrong = errPseudo
	case !isName(name):
		h.wrong = errFieldName
	case !isValue(value):
		h.wrong = errFieldValue
	default:
		if name == "content-length" {
			h.takeLength(value)
		}
		h.lines = append(append(append(append(h.lines, name...), ": "...), value...), "\r\n"...)
	}
}

func (h *header) takeLength(value string) {
	var length int64
	for i := range len(value) {
		c := value[i]
		if c < '0' || c > '9' || length > 1<<50 {
			h.wrong = errLengths
			return
		}
		length = 10*length + int64(c-'0')
	}
	if value == "" || h.length >= 0 && h.length != length {
		h.wrong = errLengths
		return
	}
	h.length = length
}

// statusOf returns a status of three digits; 0 for anything else.
func statusOf(value string) int {
	if len(value) != 3 || value[0] < '1' || value[0] > '9' || value[1] < '0' || value[1] > '9' || value[2] < '0' || value[2] > '9' {
		return 0
	}
	return int(value[0]-'0')*100 + int(value[1]-'0')*10 + int(value[2]-'0')
}

// isName reports whether a name may be sent: a token without capitals (RFC 9113, section 8.2.1).
func isName(name string) bool {
	for i := range len(name) {
		if !nameBytes[name[i]] {
			return false
		}
	}
	return name != ""
}

var nameBytes = func() (t [256]bool) {
	for _, c := range "!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyz" {
		t[c] = true
	}
	return t
}()

// isValue reports whether a value has no control characters but tabs.
func isValue(value string) bool {
	for i := range len(value) {
		if c := value[i]; c < ' ' && c != '\t' || c == 0x7f {
			return false
		}
	}
	return true
}
