// Package targetsfile reads files of requests: vegeta's http and json formats, and what people write for them. It knows nothing
// of plans: it holds what a file says in little more than the file's own bytes, so that a file of millions of lines fits.
//
//   - list.go: the requests of a file, in its order
//   - read.go: what the formats have in common; http.go, json.go: one format each
package targetsfile

import (
	"bytes"
	"encoding/base64"
	"iter"
)

// A List is the requests of a targets file, in its order. It is not changed after it was read.
type List struct {
	Name  string   // of the file, as messages call it
	Kinds []Kind   // what its requests have in common, each once, in order of appearance
	Notes []string // what was understood in a way that its author may not have meant

	text   []byte   // what paths are parts of
	more   []byte   // paths that are not, as they were written with escapes
	bodies [][]byte // those of files, each once, and those that were written with escapes
	lines  []line
}

// A Kind is what requests of a file have in common: all but their paths and bodies.
type Kind struct {
	Line    int     // where the first of them stands
	Name    string  // name in the file; "": no name
	Method  string  //
	Origin  string  // scheme, user information and host, as in http://ann:secret@127.0.0.1:8080
	URL     string  // whole, of a request whose URL holds values; else ""
	Header  []Field // as it was written
	HasBody bool    // the requests have bodies of their own
}

// A Field is a line of a header.
type Field struct{ Name, Value string }

// line is one request: 16 bytes, of which there may be tens of millions.
type line struct {
	path   uint32 // where it begins: in text, or with inMore in more
	length uint32 // of the path; with odd, it has to be encoded before it is sent
	kind   uint32
	body   uint32 // if its kind has one: index into bodies, or with inText where it begins in text, up to a quote
}

const (
	inMore = 1 << 31
	odd    = 1 << 31

	inText    = 1 << 31
	inBase64  = 1 << 30 // what stands in text is base64
	bodyPlace = inBase64 - 1
)

// Len returns how many requests there are.
func (l *List) Len() int { return len(l.lines) }

// Kind returns the index of request i's kind.
func (l *List) Kind(i int) int { return int(l.lines[i].kind) }

// Path returns the path and query of request i as they were written; "" where the URL has none, or is its kind's. With plain,
// it can be sent as it is: it begins with a slash and holds nothing that would have to be encoded.
func (l *List) Path(i int) (path []byte, plain bool) {
	x := &l.lines[i]
	text, from := l.text, x.path
	if from&inMore != 0 {
		text, from = l.more, from&^inMore
	}
	n := x.length &^ odd
	return text[from : from+n : from+n], x.length&odd == 0
}

// Line returns where in the file request i stands, or one of its kind.
func (l *List) Line(i int) int {
	if x := l.lines[i]; x.path&inMore == 0 {
		return 1 + bytes.Count(l.text[:x.path], []byte{'\n'})
	}
	return l.Kinds[l.Kind(i)].Line
}

// HeaderLine returns where in the file a header of a kind stands that has a line of its own, else where the first request of the
// kind stands.
func (l *List) HeaderLine(kind int, name string) int {
	k := &l.Kinds[kind]
	number := 0
	for line := range bytes.Lines(l.text) {
		if number++; number <= k.Line {
			continue
		}
		line = bytes.TrimSpace(line)
		if len(line) == 0 || isRequestLine(line) {
			break
		}
		if word, _, _ := bytes.Cut(line, []byte{':'}); bytes.EqualFold(bytes.Trim(word, " \t\""), []byte(name)) {
			return number
		}
	}
	return k.Line
}

// Bodies ranges over the bodies that requests have, those of files each once. They must not be changed.
func (l *List) Bodies() iter.Seq[[]byte] {
	return func(yield func([]byte) bool) {
		for _, body := range l.bodies {
			if !yield(body) {
				return
			}
		}
		for i := range l.lines {
			if l.lines[i].body&inText != 0 && !yield(l.Body(i)) {
				return
			}
		}
	}
}

// Body returns the body of request i, which must not be changed, if its kind says that it has one.
func (l *List) Body(i int) []byte {
	body := l.lines[i].body
	if body&inText == 0 {
		return l.bodies[body]
	}
	text := l.text[body&bodyPlace:]
	text = text[:bytes.IndexByte(text, '"')]
	if body&inBase64 == 0 {
		return text
	}
	decoded := make([]byte, base64.StdEncoding.DecodedLen(len(text)))
	n, _ := base64.StdEncoding.Decode(decoded, text) // it was, when the file was read
	return decoded[:n]
}
