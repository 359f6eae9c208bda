package request

import (
	"errors"
	"fmt"
	"net/http"
	"regexp"
	"regexp/syntax"
	"slices"
	"strconv"
	"strings"
)

// Expect is what an answer must be to count as a success. Without one on the status, a status of 200 to 399 is.
type Expect struct {
	kind     string // what a failure is called: no pattern is in it, which may hold a secret
	Statuses []statusRange
	header   string // canonical name; "" with a pattern is the body
	pattern  *regexp.Regexp
}

// statusRange is a range of status codes, both ends included.
type statusRange struct{ from, to int }

// MaxExpectedBody is how much of a body is searched, in bytes.
const MaxExpectedBody = 64 << 10

// ParseExpect reads "status=200", "status=200,404", "status=2xx", "body~REGEXP" (of the first 64 KiB) or
// "header:NAME~REGEXP"; the regular expressions are Go's (RE2).
func ParseExpect(text string) (Expect, error) {
	if codes, ok := strings.CutPrefix(text, "status="); ok {
		e := Expect{kind: "expected " + text}
		for code := range strings.SplitSeq(codes, ",") {
			r, err := parseStatus(code)
			if err != nil {
				return Expect{}, err
			}
			e.Statuses = append(e.Statuses, r)
		}
		return e, nil
	}
	subject, pattern, ok := strings.Cut(text, "~")
	if !ok {
		return Expect{}, errors.New("write it as status=200, body~REGEXP or header:NAME~REGEXP")
	}
	e := Expect{kind: "expected another " + subject}
	if name, ok := strings.CutPrefix(subject, "header:"); ok && name != "" {
		e.header = http.CanonicalHeaderKey(name)
	} else if subject != "body" {
		return Expect{}, errors.New("before the ~ stands body or header:NAME")
	}
	var err error
	if e.pattern, err = CompilePattern(pattern); err != nil {
		return Expect{}, err
	}
	return e, nil
}

// CompilePattern compiles a regular expression (RE2). Its error shows nothing of it, which may hold a secret.
func CompilePattern(pattern string) (*regexp.Regexp, error) {
	re, err := regexp.Compile(pattern)
	if bad, ok := errors.AsType[*syntax.Error](err); ok {
		err = fmt.Errorf("the regular expression cannot be read: %s", bad.Code)
	}
	return re, err
}

func parseStatus(code string) (statusRange, error) {
	if len(code) == 3 && strings.HasSuffix(code, "xx") && code[0] >= '1' && code[0] <= '9' {
		from := int(code[0]-'0') * 100
		return statusRange{from, from + 99}, nil
	}
	n, err := strconv.Atoi(code)
	if err != nil || n < 100 || n > 999 {
		return statusRange{}, fmt.Errorf("a status is a number of three digits, or 2xx for all of a class, got %q", code)
	}
	return statusRange{n, n}, nil
}

func (e *Expect) met(status int, header http.Header, body []byte) bool {
	switch {
	case e.pattern == nil:
		for _, r := range e.Statuses {
			if status >= r.from && status <= r.to {
				return true
			}
		}
		return false
	case e.header == "":
		return e.pattern.Match(body)
	default:
		for _, v := range header[e.header] {
			if e.pattern.MatchString(v) {
				return true
			}
		}
		return false
	}
}

// JudgeAnswer returns what an answer's failure is called, or "" for a success.
func JudgeAnswer(expected []Expect, status int, header http.Header, body []byte) string {
	byStatus := false
	for i := range expected {
		byStatus = byStatus || len(expected[i].Statuses) > 0
		if !expected[i].met(status, header, body) {
			if !byStatus && (status < 200 || status > 399) {
				return "status " + strconv.Itoa(status) // the plainer word for an error page
			}
			return expected[i].kind
		}
	}
	if !byStatus && (status < 200 || status > 399) {
		return "status " + strconv.Itoa(status)
	}
	return ""
}

// Expected returns what the answer to request k must be: what its own request says, or all else.
func (m *Mix) Expected(k uint64, all []Expect) []Expect {
	if own := m.Requests[m.Index(k)].expect; len(own) > 0 {
		return own
	}
	return all
}

// SearchesBody reports whether any answer's body has to be seen.
func (m *Mix) SearchesBody(all []Expect) bool {
	return searchesBody(all) || slices.ContainsFunc(m.Requests, func(c CompiledRequest) bool { return searchesBody(c.expect) })
}

// searchesBody reports whether any of them has to see the body.
func searchesBody(expected []Expect) bool {
	for i := range expected {
		if expected[i].pattern != nil && expected[i].header == "" {
			return true
		}
	}
	return false
}
