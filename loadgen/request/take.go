package request

import (
	"errors"
	"net/http"
	"strings"

	"github.com/seed-5a006608/bench/profiles"
)

// Take is a text that a journey takes out of an answer, for the steps behind it.
type Take struct {
	Name string
	From string  // json:PATH, header:NAME, header:NAME~REGEXP, body~REGEXP or cookie:NAME
	Else *string // value where the text is missing; nil: the step fails
	Pick bool    // of several one is drawn; else the first is taken
	Line int     // of its file
}

// What is taken of an answer: each text of at most maxTaken bytes, one of at most maxMatches.
const (
	maxTaken   = 4 << 10
	maxMatches = 10_000
)

// The kinds of failures of takes.
const (
	TakeFailed    = "take: " // and the name
	TakeTooLong   = "take: body too long"
	TakeOtherHost = "take: other host"
)

// compiledTake is a take made ready.
type compiledTake struct {
	Take
	slot     int
	json     *jsonPath
	cookie   string
	extract  *Extract // nil of json and cookie
	inHeader bool     // the text stands in a header, so it must hold no control characters
	picked   profiles.Stream
}

func compileTake(t Take) (compiledTake, error) {
	c := compiledTake{Take: t}
	if path, ok := strings.CutPrefix(t.From, "json:"); ok {
		p, err := parseJSONPath(path)
		c.json = &p
		return c, err
	}
	if name, ok := strings.CutPrefix(t.From, "cookie:"); ok {
		if c.cookie = name; !isHeaderName(name) {
			return c, errors.New("after cookie: stands the name of a cookie, as in cookie:session")
		}
		return c, nil
	}
	if !strings.HasPrefix(t.From, "header:") && !strings.HasPrefix(t.From, "body~") {
		return c, errors.New("write what is taken as json:PATH, header:NAME, header:NAME~REGEXP, body~REGEXP or cookie:NAME")
	}
	e, err := ParseAnswerExtract(t.From)
	c.extract = &e
	return c, err
}

// ofBody reports whether the text is taken out of the body.
func (t *compiledTake) ofBody() bool { return t.json != nil || t.extract != nil && t.extract.OfBody() }

// from returns the text in an answer; which of several is drawn for number k. ok is false where it is missing.
func (t *compiledTake) from(a *answer, k uint64) (text string, ok bool) {
	list := t.all(a)
	if len(list) > maxMatches {
		list = list[:maxMatches]
	}
	if len(list) > 0 {
		i := 0
		if t.Pick {
			i = int(uniformKey{0, uint64(len(list) - 1), t.picked}.draw(k))
		}
		if text = list[i]; len(text) <= maxTaken && !(t.inHeader && hasControl(text)) {
			return text, true
		}
	}
	if t.Else != nil {
		return *t.Else, true
	}
	return "", false
}

func (t *compiledTake) all(a *answer) (list []string) {
	switch {
	case t.json != nil:
		for _, v := range t.json.in(a.json()) {
			if text, ok := scalarText(v); ok {
				list = append(list, text)
			}
		}
	case t.extract != nil:
		return t.extract.all(a.fields(), a.body, maxMatches)
	default:
		for _, c := range setCookies(a.fields()) {
			if c.Name == t.cookie {
				list = append(list[:0], c.Value) // the last one wins
			}
		}
	}
	return list
}

// setCookies returns the cookies that an answer sets.
func setCookies(h http.Header) []*http.Cookie { return (&http.Response{Header: h}).Cookies() }

// hasControl reports whether a text holds what cannot be part of a header's value (RFC 9110, section 5.5).
func hasControl(s string) bool {
	return strings.ContainsFunc(s, func(r rune) bool { return r < ' ' && r != '\t' || r == 0x7f })
}
