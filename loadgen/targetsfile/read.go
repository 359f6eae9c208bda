package targetsfile

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"strings"
)

// The bounds of a targets file.
const (
	MaxBytes    = 1 << 30  // of the file, and of all body files together
	maxURLBytes = 64 << 10 // of one URL
	maxName     = 120      // bytes of the name of a request
)

// example is a target as messages show it.
const example = "GET http://127.0.0.1:8080/path"

// ReadFile reads the targets file at path.
func ReadFile(path string) (*List, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("%s: cannot be read: %w", path, cause(err))
	}
	defer f.Close()
	size := 0
	if info, err := f.Stat(); err == nil && info.Mode().IsRegular() {
		size = int(min(info.Size(), MaxBytes+1))
	}
	return read(path, f, size)
}

// Read reads a targets file, which messages call name, from where it comes from: http format, or json where its first character is
// a brace or a bracket. Files that it names lie where the working directory says, as in vegeta. An error reads "name:line: what is
// wrong and what to do", and repeats nothing that may be a secret.
func Read(name string, source io.Reader) (*List, error) { return read(name, source, 0) }

// read reads a file of about so many bytes.
func read(name string, source io.Reader, size int) (*List, error) {
	text := bytes.NewBuffer(make([]byte, 0, size+bytes.MinRead))
	if _, err := text.ReadFrom(io.LimitReader(source, MaxBytes+1)); err != nil {
		return nil, fmt.Errorf("%s: cannot be read: %w", name, cause(err))
	}
	if text.Len() > MaxBytes {
		return nil, fmt.Errorf("%s: is larger than %d MiB", name, MaxBytes>>20)
	}
	return Parse(name, text.Bytes())
}

// Parse reads a targets file from memory, which the list goes on using. See [Read].
func Parse(name string, text []byte) (*List, error) {
	r := reader{list: List{Name: name}, kinds: map[string]uint32{}, files: map[string]uint32{}}
	if encoding := Encoding(text); encoding != "" {
		return nil, fmt.Errorf("%s: is %s: save it as UTF-8", name, encoding)
	}
	text = bytes.TrimPrefix(text, []byte(byteOrderMark))
	r.list.text = text
	var err error
	if first := bytes.TrimLeft(text, " \t\r\n"); len(first) > 0 && (first[0] == '{' || first[0] == '[') {
		r.list.lines = make([]line, 0, bytes.Count(text, []byte(`"url"`)))
		err = r.json()
	} else if number := jsonBehindComments(text); number > 0 {
		return nil, r.errorf(number, "targets in JSON have no comments: take out the lines above that begin with # or //")
	} else {
		r.list.lines = make([]line, 0, bytes.Count(text, []byte{'\n'})+1)
		err = r.http()
	}
	if err != nil {
		return nil, err
	}
	if len(r.list.lines) == 0 {
		return nil, fmt.Errorf("%s: holds no target; a line is %s", name, example)
	}
	return &r.list, nil
}

// jsonBehindComments returns the line at which JSON begins behind nothing but comments; 0: no such line.
func jsonBehindComments(text []byte) int {
	number := 0
	for line := range bytes.Lines(text) {
		number++
		switch line = bytes.TrimSpace(line); {
		case len(line) == 0, line[0] == '#', bytes.HasPrefix(line, []byte("//")):
		case line[0] == '{', line[0] == '[':
			return number
		default:
			return 0
		}
	}
	return 0
}

const byteOrderMark = "\xef\xbb\xbf"

// Encoding names the encoding of a text that is certainly not UTF-8; "" where it may be.
func Encoding(text []byte) string {
	switch {
	case bytes.HasPrefix(text, []byte("\xff\xfe")), bytes.HasPrefix(text, []byte("\xfe\xff")):
		return "UTF-16"
	case len(text) > 1 && (text[0] == 0) != (text[1] == 0):
		return "UTF-16"
	}
	return ""
}

// reader is a list in the making.
type reader struct {
	list  List
	kinds map[string]uint32 // by all that is theirs
	files map[string]uint32 // bodies that come from files, by their paths
	read  int64             // bytes of those
	key   []byte
}

// target is one request as a format's reader has found it.
type target struct {
	line   int
	name   string
	method string
	url    []byte
	inText bool // the URL is a part of the file's text
	at     int  // where, if it is
	header []Field
	fields []byte // the header as one text, by which headers are told apart
	body   []byte
	bodyAt uint32 // the body is a part of the file's text: as a line says where
	file   string // file of the body; "": no file
	own    bool   // there is a body

	bodyLine int // where the file is named
}

func (r *reader) errorf(line int, format string, args ...any) error {
	return fmt.Errorf("%s:%d: %w", r.list.Name, line, fmt.Errorf(format, args...))
}

// add takes a request.
func (r *reader) add(t *target) error {
	if len(t.url) > maxURLBytes {
		return r.errorf(t.line, "a URL of %d bytes is longer than %d", len(t.url), maxURLBytes)
	}
	origin := originOf(t.url)
	if origin == 0 {
		return r.errorf(t.line, "%s", urlWords(t.url))
	}
	if words := spaceWords(t.url[origin:]); words != "" {
		return r.errorf(t.line, "%s", words)
	}
	rest := t.url[origin:]
	valued := bytes.Contains(t.url, []byte("{{"))
	common := t.url[:origin]
	if valued {
		common, rest = t.url, nil
	}
	r.key = append(r.key[:0], t.method...)
	r.key = append(append(r.key, 0), t.name...)
	r.key = append(append(r.key, 0), common...)
	r.key = append(append(r.key, 0), t.fields...)
	if t.own {
		r.key = append(r.key, 0)
	}
	kind, known := r.kinds[string(r.key)]
	if !known {
		k := Kind{Line: t.line, Name: t.name, Method: t.method, HasBody: t.own, Header: append([]Field(nil), t.header...)}
		if valued {
			k.URL = string(t.url)
		} else {
			k.Origin = string(common)
		}
		kind = uint32(len(r.list.Kinds))
		r.list.Kinds = append(r.list.Kinds, k)
		r.kinds[string(r.key)] = kind
	}
	x := line{kind: kind, length: uint32(len(rest))}
	if !plain(rest) {
		if words := cannotBeSent(rest); words != "" {
			return r.errorf(t.line, "%s", words)
		}
		x.length |= odd
	}
	if t.inText {
		x.path = uint32(t.at + len(t.url) - len(rest))
	} else {
		x.path = uint32(len(r.list.more)) | inMore
		r.list.more = append(r.list.more, rest...)
	}
	if t.own {
		body, err := r.body(t)
		if err != nil {
			return err
		}
		x.body = body
	}
	r.list.lines = append(r.list.lines, x)
	return nil
}

// body keeps a request's body, that of a file once.
func (r *reader) body(t *target) (uint32, error) {
	if t.bodyAt != 0 {
		return t.bodyAt, nil
	}
	if t.file != "" {
		if i, known := r.files[t.file]; known {
			return i, nil
		}
		f, err := os.Open(t.file)
		if err == nil {
			defer f.Close()
			t.body, err = io.ReadAll(io.LimitReader(f, MaxBytes-r.read+1))
		}
		if err != nil {
			return 0, r.errorf(t.bodyLine, "the body file %s cannot be read: %w", t.file, cause(err))
		}
		if r.read += int64(len(t.body)); r.read > MaxBytes {
			return 0, r.errorf(t.bodyLine, "the body files together are larger than %d MiB", MaxBytes>>20)
		}
		r.files[t.file] = uint32(len(r.list.bodies))
	}
	r.list.bodies = append(r.list.bodies, t.body)
	return uint32(len(r.list.bodies) - 1), nil
}

// cause leaves out of an error with a path what was tried and the path, which its place names already.
func cause(err error) error {
	if bad, ok := errors.AsType[*fs.PathError](err); ok {
		return bad.Err
	}
	return err
}

// originOf returns how long the beginning of a URL is that says where it leads, user information included; 0: it does not say.
func originOf(url []byte) int {
	colon := bytes.IndexByte(url, ':')
	if colon < 0 || !bytes.HasPrefix(url[colon:], []byte("://")) || !isScheme(url[:colon]) {
		return 0
	}
	host := colon + len("://")
	end := bytes.IndexAny(url[host:], "/?#")
	if end < 0 {
		end = len(url) - host
	}
	if end == 0 {
		return 0
	}
	return host + end
}

func isScheme(s []byte) bool {
	return len(s) == 4 && strings.EqualFold(string(s), "http") || len(s) == 5 && strings.EqualFold(string(s), "https")
}

// urlWords says what is wrong with a URL that does not say where it leads, without repeating it.
func urlWords(url []byte) string {
	switch {
	case len(url) == 0:
		return "the URL is missing: a target is written as " + example
	case url[0] == '/':
		return "the URL is a path without a host: write it whole, as in " + example
	default:
		return "the URL must begin with http:// or https:// and a host, as in " + example
	}
}

// plainBytes are those that stand in a path or a query as they are (RFC 3986, sections 3.3 and 3.4).
var plainBytes = func() (set [256]bool) {
	for c := range set {
		b := byte(c)
		set[c] = b >= '0' && b <= '9' || b >= 'a' && b <= 'z' || b >= 'A' && b <= 'Z' || strings.IndexByte("-._~!$&'()*+,;=:@/?", b) >= 0
	}
	return set
}()

// plain reports whether a path and query can be sent as they are written.
func plain(path []byte) bool {
	if len(path) == 0 || path[0] != '/' {
		return false
	}
	for i := 0; i < len(path); i++ {
		switch c := path[i]; {
		case plainBytes[c]:
		case c == '%' && i+2 < len(path) && isHex(path[i+1]) && isHex(path[i+2]):
			i += 2
		default:
			return false
		}
	}
	return true
}

// spaceWords says what is wrong with white space in a path and query, outside braces; "" where nothing is. A query may hold
// it. In a path it is more likely what belongs elsewhere: a version, a comment, a header, a body's file.
func spaceWords(path []byte) string {
	inQuery, inBraces := false, false
	for i := 0; i < len(path); i++ {
		rest := path[i:]
		switch c := path[i]; {
		case bytes.HasPrefix(rest, []byte("{{")):
			inBraces = true
		case inBraces:
			inBraces = !bytes.HasPrefix(rest, []byte("}}"))
		case c == '?':
			inQuery = true
		case c != ' ' && c != '\t' && c != '\r':
		case !inQuery:
			return "a space stands in the path: write it %20; what is no part of the URL, such as a header, a body's @file or a comment, stands in a line of its own"
		default:
			next := bytes.ToUpper(bytes.TrimLeft(rest[:min(len(rest), 64)], " \t\r"))
			if c == '\r' || bytes.HasPrefix(next, []byte("#")) || bytes.HasPrefix(next, []byte("HTTP/")) {
				return "something follows the URL: a comment stands in a line of its own, and a request line ends with HTTP and its version; a space that is meant is written %20"
			}
		}
	}
	return ""
}

// cannotBeSent says why a path and query cannot be sent, however they are encoded; "" where they can.
func cannotBeSent(path []byte) string {
	end := bytes.IndexByte(path, '#')
	if end < 0 {
		end = len(path)
	}
	for i, c := range path[:end] {
		if c == '%' && !(i+2 < end && isHex(path[i+1]) && isHex(path[i+2])) {
			return fmt.Sprintf("the path or query holds a %% without two hexadecimal digits, at byte %d: a %% itself is written %%25", i+1)
		}
	}
	return ""
}

func isHex(c byte) bool {
	return c >= '0' && c <= '9' || c >= 'a' && c <= 'f' || c >= 'A' && c <= 'F'
}

// isToken reports whether s can be a method or the name of a header (RFC 9110, section 5.6.2).
func isToken(s []byte) bool {
	return len(s) > 0 && bytes.IndexFunc(s, func(c rune) bool { return c <= ' ' || c >= 0x7f || strings.ContainsRune(`"(),/:;<=>?@[\]{}`, c) }) < 0
}
