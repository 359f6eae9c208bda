package request

import (
	"bytes"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/seed-5a006608/bench/loadgen/runfile"
	"github.com/seed-5a006608/bench/loadgen/targetsfile"
	"github.com/seed-5a006608/bench/profiles"
)

// Lines are the requests of a targets file, which a plan has in place of its own. It may be shared by plans, and what they
// compile of it is kept from one to the next.
type Lines struct {
	list      *targetsfile.List
	common    Request // its header, login and body are each request's that has none of the kind itself
	canonical bool    // header names are sent in their canonical form
	base      string  // scheme and host in place of the file's; "": the file's own

	mu       sync.Mutex
	compiled *Mix
	by       linesKey // of what plan
	grouped  grouped
	groupKey string
}

// linesKey is what of a plan decides what is compiled of its lines.
type linesKey struct {
	seed  uint64
	order runfile.Order
	first uint64
	group string
}

// NewLines makes the requests of a list: each has common's header too, its login, and its body where it has none. With canonical
// header names are sent in their canonical form, else as they are written.
func NewLines(list *targetsfile.List, common Request, canonical bool) *Lines {
	return &Lines{list: list, common: common, canonical: canonical}
}

// At returns the same requests at another place: base is its scheme and host, as in http://127.0.0.1:8080.
func (l *Lines) At(base string) *Lines {
	return &Lines{list: l.list, common: l.common, canonical: l.canonical, base: base}
}

// origin returns where requests of a kind go, and the whole URL of those whose URL is their kind's.
func (l *Lines) origin(k *targetsfile.Kind) (origin, whole string) {
	if l.base == "" {
		return k.Origin, k.URL
	}
	if whole = k.URL; whole != "" {
		_, rest, _ := strings.Cut(whole, "://")
		whole = l.base
		if i := strings.IndexAny(rest, "/?#"); i >= 0 {
			whole += rest[i:]
		}
	}
	return l.base, whole
}

// LineError is about a line of a targets file.
type LineError struct {
	File string
	Line int
	Err  error
}

func (e *LineError) Error() string { return fmt.Sprintf("%s:%d: %v", e.File, e.Line, e.Err) }

func (e *LineError) Unwrap() error { return e.Err }

// lineOf returns the line that an error of a kind is about: a header's own, where it is about one.
func (l *Lines) lineOf(kind int, err error) int {
	if bad := (*HeaderError)(nil); errors.As(err, &bad) {
		return l.list.HeaderLine(kind, bad.Name)
	}
	return l.list.Kinds[kind].Line
}

// Len returns how many requests there are.
func (l *Lines) Len() int { return l.list.Len() }

// HoldValues reports whether a body has what looks like a value, as [HoldsValue] does: it is sent as it is.
func (l *Lines) HoldValues() bool {
	for body := range l.list.Bodies() {
		if HoldsValue(string(body)) {
			return true
		}
	}
	return false
}

// Origins calls visit with a URL of each place that requests go to, until it returns an error.
func (l *Lines) Origins(visit func(url string) error) error {
	seen := map[string]bool{}
	for i := range l.list.Kinds {
		k := &l.list.Kinds[i]
		at, whole := l.origin(k)
		if whole != "" {
			at = whole
		}
		if seen[at] {
			continue
		}
		seen[at] = true
		if err := visit(at); err != nil {
			return &LineError{l.list.Name, k.Line, err}
		}
	}
	return nil
}

// FirstURL returns the URL of the first request.
func (l *Lines) FirstURL() string {
	origin, whole := l.origin(&l.list.Kinds[l.list.Kind(0)])
	if whole != "" {
		return whole
	}
	path, _ := l.list.Path(0)
	return origin + string(path)
}

// Mix compiles the lines for a plan, once for plans that have their lines in common.
func (l *Lines) Mix(o Selection) (*Mix, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	by := linesKey{o.Seed, o.Order, o.First, o.groupKey()}
	if l.compiled != nil && l.by == by {
		return l.compiled, nil
	}
	m := &Mix{Lines: l.list, Order: ordering{
		N: l.list.Len(), Sequential: o.Order == runfile.Sequential, first: o.First, choice: profiles.NewStream(o.Seed, "request"),
	}}
	known := origins{}
	for i := range l.list.Kinds {
		c, err := l.kind(m, i, o.Seed)
		if err != nil {
			return nil, &LineError{l.list.Name, l.lineOf(i, err), err}
		}
		c.Origin = known.of(m, &c)
		m.Requests = append(m.Requests, c)
	}
	if l.compiled == nil {
		if err := l.checkPaths(); err != nil {
			return nil, err
		}
	}
	if l.groupKey != by.group || l.grouped.slots == nil {
		g, err := m.group(o.Group, o.Judged)
		if err != nil {
			return nil, err
		}
		l.grouped, l.groupKey = g, by.group
	}
	m.grouped = l.grouped
	l.compiled, l.by = m, by
	return m, nil
}

// kind compiles what requests have in common.
func (l *Lines) kind(m *Mix, i int, seed uint64) (CompiledRequest, error) {
	k := &l.list.Kinds[i]
	r := l.common
	origin, whole := l.origin(k)
	r.Name, r.Method, r.URL, r.Header = k.Name, k.Method, whole, l.common.Header.Clone()
	if k.HasBody {
		r.Body = ""
	}
	if r.Header == nil {
		r.Header = http.Header{}
	}
	for _, f := range k.Header {
		AddHeader(r.Header, f.Name, f.Value)
	}
	if l.canonical {
		r.Header = CanonicalHeader(r.Header)
	}
	valued := k.URL != ""
	if !valued {
		r.URL = origin + "/"
	}
	c, err := compileRequest(r, drawing{seed: seed}, "request/"+strconv.Itoa(i))
	if err != nil {
		return c, err
	}
	if k.HasBody {
		c.Body = template{[]segment{{value: lineBody{m}}}}
	}
	if !valued {
		c.Name, c.path, c.Static, c.ofLine = k.Name, "", nil, true
		c.Target = template{[]segment{{value: linePath{m}}}}
	}
	return c, nil
}

// checkPaths refuses a path that cannot be sent, before anything was.
func (l *Lines) checkPaths() error {
	for i := range l.list.Len() {
		path, plain := l.list.Path(i)
		if plain {
			continue
		}
		k := &l.list.Kinds[l.list.Kind(i)]
		if k.URL != "" {
			continue
		}
		if _, bad := encodedTarget(string(path)); bad >= 0 {
			origin, _ := l.origin(k)
			return &LineError{l.list.Name, l.list.Line(i),
				&TextError{Part: "URL", At: len(origin) + bad, Length: 1, What: "%", Err: errPercent}}
		}
	}
	return nil
}

// linePath is the path and query of a line, as they are sent.
type linePath struct{ m *Mix }

func (v linePath) append(dst []byte, k uint64, _ time.Time) []byte {
	path, plain := v.m.Lines.Path(v.m.Order.at(k))
	if plain {
		return append(dst, path...)
	}
	text, _ := encodedTarget(string(path)) // checked before
	return append(dst, text...)
}

// shown is the path with what of its query may be shown.
func (v linePath) shown(k uint64) string {
	path, _ := v.m.Lines.Path(v.m.Order.at(k))
	return pathOf("http://h" + string(path))
}

// lineBody is the body of a line.
type lineBody struct{ m *Mix }

func (v lineBody) append(dst []byte, k uint64, _ time.Time) []byte {
	return append(dst, v.m.Lines.Body(v.m.Order.at(k))...)
}

// nameOf appends what request i is called before endpoints are grouped, and whether its author called it so.
func (m *Mix) nameOf(dst []byte, i int) (name []byte, given bool) {
	if m.Lines == nil {
		return append(dst, m.Requests[i].Name...), true
	}
	c := &m.Requests[m.Lines.Kind(i)]
	if c.Name != "" {
		return append(dst, c.Name...), m.Lines.Kinds[m.Lines.Kind(i)].Name != ""
	}
	path, _ := m.Lines.Path(i)
	dst = append(append(dst, c.Method...), ' ')
	dst = appendPathOf(dst, path)
	if len(dst) > maxNameBytes {
		dst = append(dst[:0], strings.ToValidUTF8(string(dst[:maxNameBytes]), "")...)
	}
	return dst, false
}

// appendPathOf appends what pathOf returns of a URL with a path and query.
func appendPathOf(dst, path []byte) []byte {
	path, _, _ = bytes.Cut(path, []byte{'#'})
	path, query, found := bytes.Cut(path, []byte{'?'})
	if len(path) == 0 {
		path = []byte{'/'}
	}
	dst = append(dst, path...)
	for before := byte('?'); found; before = '&' {
		var pair []byte
		pair, query, found = bytes.Cut(query, []byte{'&'})
		dst = append(dst, before)
		switch i := bytes.IndexByte(pair, '='); {
		case i >= 0:
			dst = append(append(dst, pair[:i+1]...), masked...)
		case len(pair) > 0:
			dst = append(dst, masked...)
		}
	}
	return dst
}

// requestOf returns what request i has in common with others.
func (m *Mix) requestOf(i int) *CompiledRequest {
	if m.Lines != nil {
		i = m.Lines.Kind(i)
	}
	return &m.Requests[i]
}

// pathOf returns the path of request i, with its query's values left out.
func (m *Mix) pathOf(i int) string {
	if c := m.requestOf(i); !c.ofLine {
		return c.path
	}
	path, _ := m.Lines.Path(i)
	return pathOf("http://h" + string(path))
}

// weightOf returns the weight of request i; those of a file weigh the same.
func (m *Mix) weightOf(i int) float64 {
	if m.Lines != nil {
		return 1
	}
	return m.Requests[i].weight
}

// groupKey is what decides how lines are grouped.
func (o Selection) groupKey() string {
	var names []string
	for _, t := range o.Judged {
		if t.Endpoint != "" {
			names = append(names, t.Endpoint)
		}
	}
	slices.Sort(names)
	return string(o.Group) + "\x00" + strings.Join(slices.Compact(names), "\x00")
}
