package targetsfile

import (
	"bytes"
	"strings"
	"unicode"
	"unicode/utf8"
)

// bodyWords say where a body comes from in the http format.
const bodyWords = "a body comes from @file: write it to a file and name that in a line of its own, as in @body.json"

// http reads vegeta's http format, and of the files that editors keep requests in what does not contradict it: the version at the end
// of a request line, comments that begin with //, and names.
//
//	# @name checkout
//	POST http://127.0.0.1:8080/checkout HTTP/1.1
//	Content-Type: application/json
//	@checkout.json
//
// A request ends with a blank line, with its body, or where the next one begins.
func (r *reader) http() error {
	var t target
	open := false // t has begun
	name := ""    // of the next request
	finish := func() error {
		if !open {
			return nil
		}
		open = false
		return r.add(&t)
	}
	number := 0
	for at, rest := 0, r.list.text; len(rest) > 0; {
		number++
		raw, after, _ := bytes.Cut(rest, []byte{'\n'})
		text := bytes.TrimSpace(raw)
		start := at + leading(raw)
		at, rest = at+len(rest)-len(after), after
		switch {
		case len(text) == 0:
			if err := finish(); err != nil {
				return err
			}
		case text[0] == '#', bytes.HasPrefix(text, []byte("//")):
			given, is := nameIn(text)
			if is && !isName(given) {
				return r.errorf(number, "a name is 1 to %d bytes of printable text, as in # @name checkout", maxName)
			}
			if is {
				name = given
			}
		case isRequestLine(text):
			if err := finish(); err != nil {
				return err
			}
			method, url, _ := bytes.Cut(text, text[wordEnd(text):wordEnd(text)+1])
			t = target{line: number, name: name, inText: true, header: t.header[:0], fields: t.fields[:0]}
			if t.method = methods[string(method)]; t.method == "" {
				t.method = string(method)
			}
			t.at = start + len(text) - len(url) + leading(url)
			t.url = withoutVersion(bytes.TrimSpace(url))
			open, name = true, ""
		case !open:
			return r.errorf(number, "%s", strayWords(text))
		case text[0] == '@':
			if t.file, t.own = string(text[1:]), true; t.file == "" {
				return r.errorf(number, "the body file has no name: write @ and its path, as in @body.json")
			}
			t.bodyLine = number
			if err := finish(); err != nil {
				return err
			}
		default:
			field, words := fieldIn(text)
			if words != "" {
				return r.errorf(number, "%s", words)
			}
			t.header = append(t.header, field)
			t.fields = append(append(append(append(t.fields, field.Name...), ':'), field.Value...), '\n')
		}
	}
	return finish()
}

// methods are those that most files have, so that each is there once.
var methods = map[string]string{}

func init() {
	for _, m := range []string{"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"} {
		methods[m] = m
	}
}

// leading returns how much white space a text begins with.
func leading(text []byte) int { return len(text) - len(bytes.TrimLeftFunc(text, unicode.IsSpace)) }

// wordEnd returns where the capitals end that a line begins with.
func wordEnd(text []byte) int {
	n := 0
	for n < len(text) && text[n] >= 'A' && text[n] <= 'Z' {
		n++
	}
	return n
}

// isRequestLine reports whether a line begins with a method and white space, and is no header line with a space before its colon.
func isRequestLine(text []byte) bool {
	n := wordEnd(text)
	return n > 0 && n < len(text) && (text[n] == ' ' || text[n] == '\t') && text[n+leading(text[n:])] != ':'
}

// withoutVersion leaves out of what follows a method the version of the protocol, as in "http://h/ HTTP/1.1".
func withoutVersion(url []byte) []byte {
	i := bytes.LastIndexAny(url, " \t")
	if i < 0 {
		return url
	}
	version, is := bytes.CutPrefix(bytes.ToUpper(url[i+1:]), []byte("HTTP/"))
	if !is || len(version) == 0 || len(bytes.Trim(version, "0123456789.")) > 0 {
		return url
	}
	return bytes.TrimSpace(url[:i])
}

// nameIn reads the name out of a comment such as "# @name checkout".
func nameIn(comment []byte) (name string, is bool) {
	text := bytes.TrimSpace(bytes.TrimLeft(comment, "#/"))
	rest, is := bytes.CutPrefix(text, []byte("@name"))
	if !is || len(rest) > 0 && rest[0] != ' ' && rest[0] != '\t' && rest[0] != '=' {
		return "", false
	}
	return string(bytes.Trim(rest, " \t=")), true
}

func isName(s string) bool {
	return s != "" && len(s) <= maxName && utf8.ValidString(s) && !strings.ContainsFunc(s, func(c rune) bool { return !unicode.IsPrint(c) })
}

// fieldIn reads a header line, or says what is wrong with it. It may be a secret, so that is all that is said.
func fieldIn(text []byte) (f Field, words string) {
	name, value, colon := bytes.Cut(text, []byte{':'})
	name, value = bytes.TrimSpace(name), bytes.TrimSpace(value)
	switch {
	case isBodyText(text):
		return f, bodyWords
	case !colon || !isToken(name):
		return f, `it is neither a header, as in "Accept: text/html", nor @ and the path of a body file, nor the next request`
	case len(value) == 0:
		return f, `a header has a value, as in "Accept: text/html"`
	case bytes.IndexFunc(value, func(c rune) bool { return c < ' ' && c != '\t' || c == 0x7f }) >= 0:
		return f, "a header's value holds a control character"
	}
	return Field{string(name), string(value)}, ""
}

// isBodyText reports whether a line looks like a body, or as editors name the file of one.
func isBodyText(text []byte) bool { return strings.IndexByte("{}[]<\"", text[0]) >= 0 }

// strayWords says what is wrong with a line where a request should begin.
func strayWords(text []byte) string {
	switch {
	case isBodyText(text):
		return bodyWords
	case text[0] == '@':
		return "a line with @ names a request's body file, and stands right below that request: variables are not read"
	case originOf(text) > 0:
		return "the method is missing: a target is written as " + example
	case wordEnd(text) == len(text):
		return "the URL is missing: a target is written as " + example
	case wordEnd(bytes.ToUpper(text)) > 0 && originOf(bytes.TrimSpace(text[wordEnd(bytes.ToUpper(text)):])) > 0:
		return "a method is written in capitals, as in " + example
	}
	return "a target is written as " + example + ", and what belongs to it follows without a blank line; " + bodyWords
}
