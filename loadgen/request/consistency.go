package request

import (
	"errors"
	"regexp"
	"slices"
	"strconv"
	"time"

	"github.com/seed-5a006608/bench/profiles"
)

// Consistency says that a request reads or writes a version of a key.
type Consistency struct {
	Write   bool
	Key     Extract // of the request, as it is sent
	Version Extract // of a read's answer; a write sends its own where {{version}} stands
	Initial string  // of a read, the version that every key has before it is written; "": not known
}

var (
	errVersionOfRead = errors.New(`{{version}} stands in a request that is no write: add "consistency: {role: write, key: 'path~…'}" to it, or leave the value out`)
	errNoVersion     = errors.New("consistency: a write sends its version where {{version}} stands: put it into the path, a header or the body")
	errNoKey         = errors.New("consistency: key: the regular expression finds nothing in what is sent: hold it against the path with its query, or the body")
)

// triedKeys is how many of a request's numbers are tried for a key, as a drawn one may be without.
const triedKeys = 1000

// checkKey refuses a request of which no number has a key: nothing could be told of its versions.
func (c *CompiledRequest) checkKey() error {
	if c.Consistency == nil {
		return nil
	}
	var keys Keys
	for k := range uint64(triedKeys) {
		if _, ok := keys.Of(c, k, time.Time{}); ok {
			return nil
		}
	}
	return errNoKey
}

// checkVersion refuses a write without a version, and a version in any other request.
func (c *CompiledRequest) checkVersion() error {
	sends := c.sendsVersion()
	switch writes := c.Consistency != nil && c.Consistency.Write; {
	case sends && !writes:
		return errVersionOfRead
	case writes && !sends:
		return errNoVersion
	}
	return nil
}

func (c *CompiledRequest) sendsVersion() bool {
	if c.Target.versioned() || c.Body.versioned() {
		return true
	}
	return slices.ContainsFunc(c.Header.Drawn, func(d drawnHeader) bool { return slices.ContainsFunc(d.values, template.versioned) })
}

// versionKey is the version that a write sends: what the versions of a round begin with, and the request's number.
type versionKey struct{ prefix string }

func (v versionKey) append(dst []byte, k uint64, _ time.Time) []byte {
	return strconv.AppendUint(append(dst, v.prefix...), k, 10)
}

func parseVersion(args []string, _ profiles.Stream) (value, error) {
	if len(args) != 0 {
		return nil, errors.New("is wrong: version takes nothing: it is another for each write")
	}
	return versionKey{"0-"}, nil
}

func (t template) versioned() bool {
	return slices.ContainsFunc(t.segments, func(s segment) bool { _, is := s.value.(versionKey); return is })
}

// at returns the template whose versions begin with a prefix.
func (t template) at(prefix string) template {
	if !t.versioned() {
		return t
	}
	segments := slices.Clone(t.segments)
	for i := range segments {
		if _, is := segments[i].value.(versionKey); is {
			segments[i].value = versionKey{prefix}
		}
	}
	return template{segments}
}

// Consistent reports whether some request reads or writes versions.
func (m *Mix) Consistent() bool {
	return slices.ContainsFunc(m.Requests, func(c CompiledRequest) bool { return c.Consistency != nil })
}

// Versioned returns the mix of one drive, in which each version begins with the prefix and ends with the number of its request.
func (m *Mix) Versioned(prefix string) *Mix {
	other := *m
	other.Requests = slices.Clone(m.Requests)
	for i := range other.Requests {
		c := &other.Requests[i]
		if !c.sendsVersion() {
			continue
		}
		c.Target, c.Body = c.Target.at(prefix), c.Body.at(prefix)
		c.Header.Drawn = slices.Clone(c.Header.Drawn)
		for j := range c.Header.Drawn {
			d := &c.Header.Drawn[j]
			d.values = slices.Clone(d.values)
			for n := range d.values {
				d.values[n] = d.values[n].at(prefix)
			}
		}
	}
	return &other
}

// Keys finds the keys that requests read or write, and remembers where in a path one stands, for the paths that come again and again.
// It belongs to one goroutine; its zero value is ready.
type Keys struct {
	text  []byte
	known map[keyedPath][2]int
}

type keyedPath struct {
	by   *regexp.Regexp
	path string
}

// The bounds on what is remembered: 2 MB.
const (
	maxKnownPaths = 8192
	maxKnownPath  = 128 // bytes
)

// Of returns the key that number k of a request, due at an instant, reads or writes, until it is called again; ok is false where it
// has none. The request's Consistency is not nil.
func (n *Keys) Of(c *CompiledRequest, k uint64, due time.Time) (key []byte, ok bool) {
	by := &c.Consistency.Key
	if by.OfBody() {
		n.text = c.Body.Append(n.text[:0], k, due)
		return by.FromRequest(nil, n.text)
	}
	n.text = c.Target.Append(n.text[:0], k, due)
	if at, known := n.known[keyedPath{by.pattern, string(n.text)}]; known {
		return n.text[at[0]:at[1]], true
	}
	key, ok = by.FromRequest(n.text, nil)
	if ok && len(n.known) < maxKnownPaths && len(n.text) <= maxKnownPath {
		if n.known == nil {
			n.known = map[keyedPath][2]int{}
		}
		from := cap(n.text) - cap(key) // key is a part of text
		n.known[keyedPath{by.pattern, string(n.text)}] = [2]int{from, from + len(key)}
	}
	return key, ok
}

// InitialVersion returns the version that every key has before its first write; "": not known.
func (m *Mix) InitialVersion() string {
	for i := range m.Requests {
		if c := m.Requests[i].Consistency; c != nil && c.Initial != "" {
			return c.Initial
		}
	}
	return ""
}

// ReadsVersions reports whether some request reads versions.
func (m *Mix) ReadsVersions() bool {
	return slices.ContainsFunc(m.Requests, func(c CompiledRequest) bool { return c.Consistency != nil && !c.Consistency.Write })
}

// ReadsBody reports whether a version stands in the body of an answer.
func (m *Mix) ReadsBody() bool {
	return slices.ContainsFunc(m.Requests, func(c CompiledRequest) bool {
		return c.Consistency != nil && !c.Consistency.Write && c.Consistency.Version.OfBody()
	})
}
