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
	"time"

	"github.com/seed-5a006608/bench/loadgen/exchange"
)

// Expect is what an answer must be to count as a success. Without one on the status, a status of 200 to 399 is.
type Expect struct {
	kind     string // kind of failure; it holds no pattern, as that may be a secret
	Statuses []statusRange
	header   string // canonical name; "" with a pattern is the body
	pattern  *regexp.Regexp
	json     *expectJSON // the examined value in a JSON body; nil: no JSON
}

// expectJSON is a path into the body: it leads to something other than null, and with equal to that text.
type expectJSON struct {
	jsonPath
	equal *string
	named *template // equal with a journey's names in it; nil: it has none
}

// is reports whether a text meets the expectation; names stand for texts of the journey.
func (e *expectJSON) is(text string, texts []string) bool {
	if e.named != nil {
		return text == string(e.named.AppendOf(nil, 0, time.Time{}, texts))
	}
	return text == *e.equal
}

// statusRange is a range of status codes, both ends included.
type statusRange struct{ from, to int }

// MaxExpectedBody is how much of a body is searched by a regular expression, in bytes.
const MaxExpectedBody = 64 << 10

// DefaultReadBody is how long a body may be that is read as JSON, in bytes, where the plan does not say it.
const DefaultReadBody = 256 << 10

// TooLongBody is the kind of failure of an answer with a body longer than the bound on reading it.
const TooLongBody = "expect: body too long"

// ParseExpect reads "status=200", "status=200,404", "status=2xx", "body~REGEXP" (of the first 64 KiB), "header:NAME~REGEXP",
// "json:PATH" (RFC 9535: it leads to something other than null), "json:PATH=TEXT" or "json:PATH~REGEXP"; the regular expressions
// are Go's (RE2).
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
	if path, ok := strings.CutPrefix(text, "json:"); ok {
		return parseExpectJSON(path)
	}
	subject, pattern, ok := strings.Cut(text, "~")
	if !ok {
		return Expect{}, errors.New("write it as status=200, body~REGEXP, header:NAME~REGEXP, json:PATH, json:PATH=TEXT or json:PATH~REGEXP")
	}
	e := Expect{kind: "expected another " + subject}
	if name, ok := strings.CutPrefix(subject, "header:"); ok && name != "" {
		e.header = http.CanonicalHeaderKey(name)
	} else if subject != "body" {
		return Expect{}, errors.New("before the ~ stands body, header:NAME or json:PATH")
	}
	var err error
	if e.pattern, err = CompilePattern(pattern); err != nil {
		return Expect{}, err
	}
	return e, nil
}

func parseExpectJSON(text string) (Expect, error) {
	path, rest := cutJSONPath(text)
	p, err := parseJSONPath(path)
	if err != nil {
		return Expect{}, err
	}
	e := Expect{kind: "expected another json:" + p.shown, json: &expectJSON{jsonPath: p}}
	if equal, ok := strings.CutPrefix(rest, "="); ok {
		e.json.equal = &equal
	} else if pattern, ok := strings.CutPrefix(rest, "~"); ok {
		e.pattern, err = CompilePattern(pattern)
	}
	return e, err
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

// answer is an answer to be held against expectations. Its body is parsed as JSON at first use.
type answer struct {
	status   int
	came     exchange.Header
	header   http.Header // of it, once it was asked for
	body     []byte
	unread   string // why body cannot be read, see [Body]
	document any
	read     bool
	texts    []string // of a journey's names
}

// fields is the header as net/http has it, made when it is first asked for.
func (a *answer) fields() http.Header {
	if a.header == nil {
		a.header = a.came.Map()
	}
	return a.header
}

func (a *answer) json() any {
	if !a.read {
		a.read = true
		a.document, _ = decodeJSON(a.body) // nothing is found in what is no JSON
	}
	return a.document
}

// ofBody reports whether the expectation reads the body.
func (e *Expect) ofBody() bool { return e.json != nil || e.pattern != nil && e.header == "" }

func (e *Expect) met(a *answer) bool {
	switch {
	case e.json != nil:
		return e.metJSON(a)
	case e.pattern == nil:
		for _, r := range e.Statuses {
			if a.status >= r.from && a.status <= r.to {
				return true
			}
		}
		return false
	case e.header == "":
		return e.pattern.Match(a.body[:min(len(a.body), MaxExpectedBody)])
	default:
		for _, v := range a.fields()[e.header] {
			if e.pattern.MatchString(v) {
				return true
			}
		}
		return false
	}
}

// metJSON reports whether one of the places that the path leads to is as it should be.
func (e *Expect) metJSON(a *answer) bool {
	for _, v := range e.json.in(a.json()) {
		switch {
		case v == nil:
		case e.pattern != nil:
			if e.pattern.MatchString(jsonText(v)) {
				return true
			}
		case e.json.equal != nil:
			if text, ok := scalarText(v); ok && e.json.is(text, a.texts) {
				return true
			}
		default:
			return true
		}
	}
	return false
}

// JudgeAnswer returns the kind of failure of an answer, or "" for a success. A body of more than so many bytes is not read as
// JSON: of that, one byte more is given.
func JudgeAnswer(expected []Expect, status int, header exchange.Header, body Body, most int) string {
	a := answer{status: status, came: header, body: body.Seen, unread: body.Unread}
	return a.judge(expected, most)
}

func (a *answer) judge(expected []Expect, most int) string {
	byStatus, failure := false, ""
	for i := range expected {
		byStatus = byStatus || len(expected[i].Statuses) > 0
		if a.unread != "" && expected[i].ofBody() {
			failure = "expect: " + a.unread
		} else if expected[i].json != nil && len(a.body) > most {
			failure = TooLongBody
		} else if !expected[i].met(a) {
			failure = expected[i].kind
		}
		if failure != "" {
			break
		}
	}
	if !byStatus && (a.status < 200 || a.status > 399) {
		return "status " + strconv.Itoa(a.status) // the plainer word for an error page
	}
	return failure
}

// Expected returns the expectations of the answer to request k: its own, or else the common ones.
func (m *Mix) Expected(k uint64, all []Expect) []Expect {
	if own := m.Requests[m.Index(k)].expect; len(own) > 0 {
		return own
	}
	return all
}

// Keep returns how many bytes of the body of request k's answer have to be seen, where all answers are expected to be so and at most
// so many are read as JSON.
func (m *Mix) Keep(k uint64, all []Expect, most int) int { return keep(m.Expected(k, all), most) }

// Of returns the request that is sent as number k.
func (m *Mix) Of(k uint64) *CompiledRequest { return &m.Requests[m.Index(k)] }

// SeesBody reports whether any answer's body has to be seen.
func (m *Mix) SeesBody(all []Expect) bool {
	return keep(all, 0) > 0 || slices.ContainsFunc(m.Requests, func(c CompiledRequest) bool { return keep(c.expect, 0) > 0 })
}

func keep(expected []Expect, most int) (bytes int) {
	for i := range expected {
		switch e := &expected[i]; {
		case e.json != nil:
			bytes = max(bytes, most+1)
		case e.pattern != nil && e.header == "":
			bytes = max(bytes, MaxExpectedBody)
		}
	}
	return bytes
}
