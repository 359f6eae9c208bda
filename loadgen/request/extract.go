package request

import (
	"errors"
	"fmt"
	"net/http"
	"regexp"
	"strings"

	"github.com/seed-5a006608/bench/loadgen/exchange"
)

// MaxExtracted is the longest text that is taken out of a message, in bytes. A longer one is not taken: cut short, two that
// differ could be one.
const MaxExtracted = 256

// Extract says which text is taken out of a message: the value of a header, or what the first group of a regular expression
// (RE2) matches. It is of an answer or of a request, by how it was read.
type Extract struct {
	part    string // "header", "body" or "path"
	header  string // canonical name
	pattern *regexp.Regexp
}

// ParseAnswerExtract reads "header:NAME", "header:NAME~REGEXP" or "body~REGEXP" (of the first [MaxExpectedBody] bytes). An
// error shows nothing of the regular expression.
func ParseAnswerExtract(text string) (Extract, error) {
	subject, pattern, hasPattern := strings.Cut(text, "~")
	if name, ok := strings.CutPrefix(subject, "header:"); ok {
		if !isHeaderName(name) {
			return Extract{}, errors.New("after header: stands the name of a header, as in header:X-Version")
		}
		e := Extract{part: "header", header: http.CanonicalHeaderKey(name)}
		if !hasPattern {
			return e, nil
		}
		return e.with(pattern)
	}
	if subject != "body" || !hasPattern {
		return Extract{}, errors.New("write what is taken of an answer as header:NAME, header:NAME~REGEXP or body~REGEXP")
	}
	return Extract{part: "body"}.with(pattern)
}

// ParseRequestExtract reads "path~REGEXP", of path and query as they are sent, or "body~REGEXP". An error shows nothing of the
// regular expression.
func ParseRequestExtract(text string) (Extract, error) {
	subject, pattern, ok := strings.Cut(text, "~")
	if !ok || subject != "path" && subject != "body" {
		return Extract{}, errors.New("write what is taken of a request as path~REGEXP or body~REGEXP")
	}
	return Extract{part: subject}.with(pattern)
}

func (e Extract) with(pattern string) (Extract, error) {
	var err error
	if e.pattern, err = CompilePattern(pattern); err != nil {
		return Extract{}, err
	}
	if e.pattern.NumSubexp() == 0 {
		return Extract{}, fmt.Errorf("the regular expression after %s~ has no group: put ( ) around what is taken", e.part)
	}
	return e, nil
}

// isHeaderName reports whether text can be a header's name (RFC 9110, section 5.1).
func isHeaderName(text string) bool {
	for _, c := range []byte(text) {
		if c <= ' ' || c >= 0x7f || strings.IndexByte(`"(),/:;<=>?@[\]{}`, c) >= 0 {
			return false
		}
	}
	return text != ""
}

// OfBody reports whether the text is taken out of the body.
func (e *Extract) OfBody() bool { return e.part == "body" }

// FromAnswer returns the text in an answer, as a part of it; ok is false where it is not there, is empty or is longer than
// [MaxExtracted]. Of several lines of one header the first that matches counts.
func (e *Extract) FromAnswer(header exchange.Header, body []byte) (text []byte, ok bool) {
	switch {
	case e.part != "header":
		return e.match(body)
	case header.Fields != nil:
		for _, value := range header.Fields[e.header] {
			if text, ok = e.match([]byte(value)); ok {
				return text, true
			}
		}
		return nil, false
	}
	value, rest, found := exchange.Value(header.Lines, e.header)
	for found {
		if text, ok = e.match(value); ok {
			return text, true
		}
		value, rest, found = exchange.Value(rest, e.header)
	}
	return nil, false
}

// FromRequest returns the text in a request, as a part of its path and query as they are sent, or of its body; ok as in
// [Extract.FromAnswer].
func (e *Extract) FromRequest(path, body []byte) (text []byte, ok bool) {
	if e.part == "path" {
		return e.match(path)
	}
	return e.match(body)
}

func (e *Extract) match(in []byte) ([]byte, bool) {
	if e.pattern != nil {
		at := e.pattern.FindSubmatchIndex(in)
		if at == nil || at[2] < 0 {
			return nil, false
		}
		in = in[at[2]:at[3]]
	}
	return in, len(in) > 0 && len(in) <= MaxExtracted
}

// all returns every text in an answer, however long: of each line of a header one, of a body as many as there are up to a number.
func (e *Extract) all(header http.Header, body []byte, most int) (list []string) {
	if e.part != "header" {
		for _, at := range e.pattern.FindAllSubmatchIndex(body, most) {
			if at[2] >= 0 {
				list = append(list, string(body[at[2]:at[3]]))
			}
		}
		return list
	}
	for _, value := range header[e.header] {
		if e.pattern != nil {
			groups := e.pattern.FindStringSubmatchIndex(value)
			if groups == nil || groups[2] < 0 {
				continue
			}
			value = value[groups[2]:groups[3]]
		}
		list = append(list, value)
	}
	return list
}
