package loadgen

import (
	"errors"
	"hash/maphash"
	"net/http"
	"regexp"
	"strconv"
	"strings"

	"github.com/seed-5a006608/bench/loadgen/request"
	"github.com/seed-5a006608/bench/loadgen/runfile"
)

// DiffRule names a part of two answers to the same request that has to be equal.
type DiffRule struct {
	Text string // as it was written, without the pattern, which may hold a secret

	subject string         // "status", "body" or "header"
	header  string         // canonical name
	pattern *regexp.Regexp // nil: all of it
}

// ParseDiffRule reads "status", "body" (its length and first 64 KiB), "header:NAME", "body~REGEXP" or "header:NAME~REGEXP":
// with a regular expression (RE2), what its first match holds is compared, or what its first group does if it has one.
func ParseDiffRule(text string) (DiffRule, error) {
	subject, pattern, matched := strings.Cut(text, "~")
	d := DiffRule{Text: subject, subject: subject}
	if name, ok := strings.CutPrefix(subject, "header:"); ok && name != "" {
		d.subject, d.header = "header", http.CanonicalHeaderKey(name)
	}
	switch {
	case d.subject != "header" && subject != "status" && subject != "body":
		return DiffRule{}, errors.New("write it as status, body, header:NAME, body~REGEXP or header:NAME~REGEXP")
	case subject == "status" && matched:
		return DiffRule{}, errors.New("a status is compared whole: leave out what follows the ~")
	}
	if matched {
		d.Text += "~…"
		var err error
		if d.pattern, err = request.CompilePattern(pattern); err != nil {
			return DiffRule{}, err
		}
	}
	return d, nil
}

// DefaultDiffRules are status and body.
func DefaultDiffRules() []DiffRule {
	return []DiffRule{{Text: "status", subject: "status"}, {Text: "body", subject: "body"}}
}

// digest is a hash for each rule of the compared part of an answer. A server does not know the seed, so it cannot make two hashes
// equal.
type digest [runfile.MaxDiffRules]uint64

func digestOf(rules []DiffRule, seed maphash.Seed, status int, header func() http.Header, body []byte) (d digest) {
	for i := range rules {
		switch r := &rules[i]; r.subject {
		case "status":
			d[i] = maphash.String(seed, strconv.Itoa(status))
		case "body":
			d[i] = r.hash(seed, body)
		default:
			d[i] = r.hash(seed, []byte(strings.Join(header()[r.header], "\n")))
		}
	}
	return d
}

func (r *DiffRule) hash(seed maphash.Seed, text []byte) uint64 {
	if r.pattern == nil {
		return maphash.Bytes(seed, text)
	}
	found := r.pattern.FindSubmatch(text)
	if found == nil {
		return 0 // no match on either side is no difference
	}
	return maphash.Bytes(seed, found[min(1, len(found)-1)])
}

func rulesSeeBody(rules []DiffRule) bool {
	for _, r := range rules {
		if r.subject == "body" {
			return true
		}
	}
	return false
}
