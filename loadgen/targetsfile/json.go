package targetsfile

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"strings"
)

// jsonForm is a target in the json format as messages show it.
const jsonForm = `{"method": "GET", "url": "http://127.0.0.1:8080/path"}`

// shortBody is how long a body may be, as it is written, to be pointed out where it may have been meant as text.
const shortBody = 64

// json reads vegeta's json format, an object for each target, and what people write for it: an array of them, objects over several
// lines, and headers with one value.
//
//	{"method": "POST", "url": "http://127.0.0.1:8080/cart", "header": {"Accept": ["text/plain"]}, "body": "Rk9P"}
//
// Its "body" is base64; "text" in its place is sent as it stands. Keys that it does not know are passed over, as in vegeta.
func (r *reader) json() error {
	j := jsonReader{reader: r, text: r.list.text, line: 1}
	list := j.take('[')
	for {
		j.space()
		switch {
		case j.at == len(j.text) && list:
			return j.errorf("the list of targets ends without ]")
		case j.at == len(j.text):
			return nil
		case list && j.take(']'):
			if j.space(); j.at < len(j.text) {
				return j.errorf("there is more behind the list of targets")
			}
			return nil
		}
		if err := j.target(); err != nil {
			return err
		}
		j.space()
		if !j.take(',') && list && j.at < len(j.text) && j.text[j.at] != ']' {
			return j.errorf("a comma is missing between two targets of the list")
		}
	}
}

// jsonReader reads JSON, and knows the line where it is.
type jsonReader struct {
	*reader
	text  []byte
	at    int
	line  int
	upTo  int // where line was counted
	noted bool
	t     target

	decoded []byte // a body; only whether it can be decoded is asked, mostly
}

func (j *jsonReader) space() {
	for j.at < len(j.text) && strings.IndexByte(" \t\r\n", j.text[j.at]) >= 0 {
		j.at++
	}
}

// take takes a byte that may be next.
func (j *jsonReader) take(c byte) bool {
	j.space()
	if j.at < len(j.text) && j.text[j.at] == c {
		j.at++
		return true
	}
	return false
}

// here returns the line of where it reads.
func (j *jsonReader) here() int {
	if j.at > j.upTo {
		j.line += bytes.Count(j.text[j.upTo:j.at], []byte{'\n'})
		j.upTo = j.at
	}
	return j.line
}

func (j *jsonReader) errorf(format string, args ...any) error {
	return j.reader.errorf(j.here(), format, args...)
}

// target reads an object.
func (j *jsonReader) target() error {
	j.space()
	t := &j.t
	*t = target{line: j.here(), header: t.header[:0], fields: t.fields[:0]}
	if !j.take('{') {
		return j.errorf("a target is written as %s", jsonForm)
	}
	for first := true; !j.take('}'); first = false {
		if !first && !j.take(',') {
			return j.errorf("a comma or } is missing behind a value")
		}
		if j.take('}') {
			break // behind a comma that is one too many, which harms nothing
		}
		key, _, err := j.str("a key")
		if err != nil {
			return err
		}
		if !j.take(':') {
			return j.errorf("a colon is missing behind a key")
		}
		j.space()
		if err := j.value(string(key)); err != nil {
			return err
		}
	}
	switch {
	case t.method == "":
		return j.reader.errorf(t.line, `"method" is missing: a target is written as %s`, jsonForm)
	case !isToken([]byte(t.method)):
		return j.reader.errorf(t.line, `"method" is no method: it is written as in %s`, jsonForm)
	case len(t.url) == 0:
		return j.reader.errorf(t.line, `"url" is missing: a target is written as %s`, jsonForm)
	}
	return j.add(t)
}

// value reads what stands behind a key of a target.
func (j *jsonReader) value(key string) error {
	t := &j.t
	switch key {
	case "method":
		text, _, err := j.strOf(key)
		if t.method = methods[string(text)]; t.method == "" {
			t.method = string(text)
		}
		return err
	case "url":
		text, at, err := j.strOf(key)
		t.url, t.inText, t.at = text, at >= 0, at
		return err
	case "header":
		return j.header()
	case "body", "text":
		return j.body(key)
	case "headers":
		return j.errorf(`the key is called "header", not "headers"`)
	}
	for _, known := range []string{"method", "url", "header", "body", "text"} {
		if strings.EqualFold(key, known) {
			return j.errorf("the key is called %q, in small letters", known)
		}
	}
	_, err := j.skip()
	return err
}

// body reads a body: base64, or text.
func (j *jsonReader) body(key string) error {
	t := &j.t
	if j.null() {
		return nil
	}
	if t.own {
		return j.errorf(`there is a body already: give "body" or "text"`)
	}
	t.bodyLine = j.here()
	if j.at < len(j.text) && j.text[j.at] != '"' {
		return j.errorf(`%q is no string: write what is to be sent in quotes as "text", as in "text": "{\"id\": 7}", or in base64 as "body"`, key)
	}
	text, at, err := j.str(key)
	if err != nil || len(text) == 0 { // as in vegeta, an empty one means no body
		return err
	}
	if t.own, t.body = true, text; at >= 0 {
		t.bodyAt = uint32(at) | inText
	}
	if key == "text" {
		return nil
	}
	if j.decoded, err = base64.StdEncoding.AppendDecode(j.decoded[:0], text); err != nil {
		return j.reader.errorf(t.bodyLine, `"body" is not in base64, as vegeta has it: write it in base64, or call it "text" and it is sent as it stands`)
	}
	if at >= 0 {
		t.bodyAt |= inBase64
	} else {
		t.body = bytes.Clone(j.decoded)
	}
	if !j.noted && len(text) <= shortBody {
		j.noted = true
		j.list.Notes = append(j.list.Notes, j.reader.errorf(t.bodyLine,
			`a "body" is taken for base64, as in vegeta, and what it stands for is sent; "text" in its place is sent as it stands`).Error())
	}
	return nil
}

// headerForm is how a header is written in JSON.
const headerForm = `"header" is written as {"Accept": ["text/html"]}`

// header reads an object of names with one value or a list of them, or lines of "Name: value".
func (j *jsonReader) header() error {
	switch {
	case j.null():
		return nil
	case j.at < len(j.text) && j.text[j.at] == '"':
		return j.headerLine()
	case j.take('['):
		for first := true; !j.take(']'); first = false {
			if !first && !j.take(',') {
				return j.errorf(headerForm)
			}
			if j.space(); j.at == len(j.text) || j.text[j.at] != '"' {
				return j.errorf(headerForm)
			}
			if err := j.headerLine(); err != nil {
				return err
			}
		}
		return nil
	case !j.take('{'):
		return j.errorf(headerForm)
	}
	for first := true; !j.take('}'); first = false {
		if !first && !j.take(',') {
			return j.errorf("a comma or } is missing in %q", "header")
		}
		key, _, err := j.str("a header's name")
		if err != nil {
			return err
		}
		if !j.take(':') {
			return j.errorf(headerForm)
		}
		if err := j.headerValues(key); err != nil {
			return err
		}
	}
	return nil
}

// headerLine reads a string of "Name: value".
func (j *jsonReader) headerLine() error {
	text, _, err := j.str("header")
	if err != nil {
		return err
	}
	name, value, colon := bytes.Cut(text, []byte{':'})
	if !colon {
		return j.errorf(headerForm)
	}
	return j.field(bytes.TrimSpace(name), bytes.TrimSpace(value))
}

// headerValues reads the value of a header, or several.
func (j *jsonReader) headerValues(name []byte) error {
	if !j.take('[') {
		return j.headerValue(name)
	}
	for first := true; !j.take(']'); first = false {
		if !first && !j.take(',') {
			return j.errorf("a comma or ] is missing in %q", "header")
		}
		if err := j.headerValue(name); err != nil {
			return err
		}
	}
	return nil
}

func (j *jsonReader) headerValue(name []byte) error {
	if j.space(); j.null() {
		return nil
	}
	if j.at < len(j.text) && j.text[j.at] == '"' {
		value, _, err := j.str("a header's value")
		if err != nil {
			return err
		}
		return j.field(name, value)
	}
	if j.at == len(j.text) || strings.IndexByte("{[", j.text[j.at]) >= 0 {
		return j.errorf(headerForm)
	}
	value, err := j.skip() // a number, or a truth
	if err != nil {
		return err
	}
	return j.field(name, value)
}

func (j *jsonReader) field(name, value []byte) error {
	switch {
	case !isToken(name):
		return j.errorf("%s: a name has letters, digits and dashes", headerForm)
	case bytes.IndexFunc(value, func(c rune) bool { return c < ' ' && c != '\t' || c == 0x7f }) >= 0:
		return j.errorf("a header's value holds a line end or another control character")
	}
	j.t.header = append(j.t.header, Field{string(name), string(value)})
	j.t.fields = append(append(append(append(j.t.fields, name...), ':'), value...), '\n')
	return nil
}

func (j *jsonReader) null() bool {
	if bytes.HasPrefix(j.text[j.at:], []byte("null")) {
		j.at += len("null")
		return true
	}
	return false
}

// strOf reads the string behind a key that needs one.
func (j *jsonReader) strOf(key string) (text []byte, at int, err error) {
	if j.null() {
		return nil, -1, nil
	}
	if j.at == len(j.text) || j.text[j.at] != '"' {
		return nil, -1, j.errorf("%q is a string, as in %s", key, jsonForm)
	}
	return j.str(key)
}

// str reads a string, called what in messages. Of one that is written without escapes at is where it stands.
func (j *jsonReader) str(what string) (text []byte, at int, err error) {
	if !j.take('"') {
		return nil, -1, j.errorf("%s is missing, in quotes: a target is written as %s", what, jsonForm)
	}
	start, escaped := j.at, false
	for ; j.at < len(j.text) && j.text[j.at] != '"'; j.at++ {
		switch c := j.text[j.at]; {
		case c < ' ':
			return nil, -1, j.errorf(`%s holds a line end or another control character: it is written \n, or \u and four digits`, what)
		case c == '\\':
			escaped = true
			j.at++
		}
	}
	if j.at >= len(j.text) {
		j.at = start
		return nil, -1, j.errorf("%s has no closing quote", what)
	}
	text = j.text[start:j.at]
	j.at++
	if !escaped {
		return text, start, nil
	}
	var decoded string
	if json.Unmarshal(j.text[start-1:j.at], &decoded) != nil {
		return nil, -1, j.errorf(`%s holds an escape that JSON does not have`, what)
	}
	return []byte(decoded), -1, nil
}

var errNoValue = errors.New("what stands behind a key is no JSON value")

// skip passes a value of any kind over, and returns its text.
func (j *jsonReader) skip() ([]byte, error) {
	start, depth := j.at, 0
	for j.at < len(j.text) {
		switch c := j.text[j.at]; c {
		case '"':
			if _, _, err := j.str("a string"); err != nil {
				return nil, err
			}
			j.at--
		case '{', '[':
			depth++
		case '}', ']':
			depth--
		}
		if depth < 0 || depth == 0 && j.text[j.at] == ',' {
			break
		}
		j.at++
		if depth == 0 && j.at < len(j.text) && strings.IndexByte(",}]\r\n\t ", j.text[j.at]) >= 0 {
			break
		}
	}
	value := j.text[start:j.at]
	if !json.Valid(value) {
		j.at = start
		return nil, j.errorf("%w", errNoValue)
	}
	return value, nil
}
