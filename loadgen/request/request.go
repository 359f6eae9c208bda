package request

import (
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/seed-5a006608/bench/loadgen/runfile"
	"github.com/seed-5a006608/bench/loadgen/targetsfile"
	"github.com/seed-5a006608/bench/loadgen/wire"
	"github.com/seed-5a006608/bench/profiles"
)

// Request describes one kind of request, of which a plan has one or several, drawn by weight.
type Request struct {
	Name   string      // shown in reports; empty: method and path, without query
	Weight float64     // share relative to the other requests' weights; 0 counts as 1
	Method string      // empty: GET
	URL    string      // absolute; path and query may hold values such as {{zipf 1000 1.1}}
	Header http.Header // as it is spelled on HTTP/1.1, see [AddHeader]; may hold values; is never written anywhere
	Login  string      // NAME:PASSWORD of basic authentication; over one in URL, under one in Header; never written
	Body   string      // may hold values, unless Verbatim
	Expect []Expect    // conditions of a successful answer; empty: those of the plan

	Consistency *Consistency // of what it reads or writes; nil: nothing that is told

	Verbatim bool // Body is bytes and is sent as it stands: nothing in it is a value or a reference to a secret
}

// The bounds of what a plan may hold.
const (
	maxNameBytes = 120
	maxURLBytes  = 64 << 10
)

// Mix is a plan's requests, compiled: which is sent as number k, and with what values.
type Mix struct {
	Requests []CompiledRequest
	Hosts    []string          // the distinct host:port that they go to, by http or by https, in order of appearance
	Order    ordering          // of the requests, or of the lines
	Journeys []CompiledJourney // the journeys that the requests are steps of; nil: each request is a journey of its own
	Lines    *targetsfile.List // the targets file that the requests come from; nil: the plan has requests of its own
	grouped
}

// CompiledRequest is a request with its values parsed and what it refers to read.
type CompiledRequest struct {
	Name   string
	Method string
	path   string // the template, query values left out
	weight float64
	Scheme string
	Host   string
	Target template // the request target, as it is sent
	Origin int      // index of its destination in the mix's hosts
	ofLine bool     // the path and the query are each line's own, in the form in which they are sent
	Static *url.URL // the URL where it is the same for every k
	Header compiledHeader
	Body   template
	expect []Expect

	Consistency *Consistency // nil: it reads and writes nothing that is told
}

// Selection is what decides which request is sent as number k, and which endpoints are told apart.
type Selection struct {
	Seed   uint64
	Order  runfile.Order
	First  uint64              // of a sequence, the request that number 0 is
	Group  runfile.Grouping    // of lines
	Judged []runfile.Threshold // thresholds: their endpoints are told apart before others
}

// NewMix compiles requests, each an endpoint of its own.
func NewMix(requests []Request, by Selection) (*Mix, error) {
	m, err := compileMix(requests, by.Seed)
	if err != nil {
		return nil, err
	}
	if by.Order == runfile.Sequential {
		if m.Order.weighted() {
			return nil, errors.New("requests that follow each other as they stand have no weights: leave them out, and write a request as often as it is to be sent")
		}
		m.Order.Sequential, m.Order.first = true, by.First
	}
	m.grouped, err = m.group(runfile.GroupNever, by.Judged)
	return m, err
}

func compileMix(requests []Request, seed uint64) (*Mix, error) {
	if len(requests) == 0 {
		return nil, fmt.Errorf("the plan has no request: give a URL or the name of a bundled target")
	}
	m := &Mix{Order: ordering{N: len(requests), choice: profiles.NewStream(seed, "request")}}
	var total float64
	known := origins{}
	for i, r := range requests {
		c, err := compileRequest(r, drawing{seed: seed}, fmt.Sprintf("request/%d", i))
		if err != nil {
			return nil, err
		}
		if err := c.checkKey(); err != nil {
			return nil, fmt.Errorf("request %q: %w", c.Name, err)
		}
		total += c.weight
		c.Origin = known.of(m, &c)
		m.Requests = append(m.Requests, c)
	}
	var sum float64
	for i := range m.Requests {
		sum += m.Requests[i].weight
		m.Order.bounds = append(m.Order.bounds, sum/total)
	}
	m.Order.bounds[len(requests)-1] = 1
	return m, nil
}

// origins numbers the places that requests go to.
type origins map[string]int

func (o origins) of(m *Mix, c *CompiledRequest) int {
	host := c.hostPort()
	known, found := o[c.Scheme+"://"+host]
	if !found {
		known = len(m.Hosts)
		o[c.Scheme+"://"+host] = known
		m.Hosts = append(m.Hosts, host)
	}
	return known
}

func compileRequest(r Request, from drawing, purpose string) (CompiledRequest, error) {
	c := CompiledRequest{Name: r.Name, Method: r.Method, weight: r.Weight, expect: r.Expect, Consistency: r.Consistency}
	if c.Method == "" {
		c.Method = http.MethodGet
	}
	if c.weight == 0 {
		c.weight = 1
	}
	if !(c.weight > 0) || c.weight > 1e12 {
		return c, fmt.Errorf("request %q: weight must be above 0, got %v", r.Name, r.Weight)
	}
	if len(r.URL) > maxURLBytes {
		return c, fmt.Errorf("a URL of %d bytes is longer than %d", len(r.URL), maxURLBytes)
	}
	stripped, user, err := splitUser(r.URL)
	if err != nil {
		return c, err
	}
	if err := c.compileURL(stripped, len(r.URL)-len(stripped), from, purpose+"/url"); err != nil {
		return c, err
	}
	if c.Header, err = compileHeader(r.Header, r.Login, user, from, purpose); err != nil {
		return c, err
	}
	if err := c.Header.checkHost(); err != nil {
		return c, fmt.Errorf("header Host: %w", err)
	}
	if c.Body, err = compileBody(r, from, purpose+"/body"); err != nil {
		return c, err
	}
	if err := c.checkVersion(); err != nil {
		return c, err
	}
	// A request that net/http itself would refuse is refused here, before anything was sent.
	if _, err := http.NewRequest(c.Method, "http://host/", nil); err != nil {
		return c, fmt.Errorf("method %q cannot be sent", c.Method)
	}
	if c.Name == "" {
		c.Name = c.Method + " " + c.path
	}
	if len(c.Name) > maxNameBytes {
		c.Name = strings.ToValidUTF8(c.Name[:maxNameBytes], "")
	}
	return c, nil
}

// compileURL compiles a URL without user information, of which so many bytes were left out.
func (c *CompiledRequest) compileURL(stripped string, left int, from drawing, purpose string) error {
	u, rest, err := originOf(stripped)
	if err != nil {
		return err
	}
	c.Scheme, c.Host, c.path = u.Scheme, u.Host, pathOf(stripped)
	if c.Target, err = parseTarget(rest, left+len(stripped)-len(rest), from, purpose); err != nil {
		return err
	}
	if c.Target.Fixed() {
		c.Static, err = c.URLOf(string(c.Target.Append(nil, 0, time.Time{})))
	}
	return err
}

func compileBody(r Request, from drawing, purpose string) (template, error) {
	if r.Verbatim {
		return template{[]segment{{text: r.Body}}}, nil
	}
	t, err := parseTemplate("body", r.Body, from, purpose)
	if err == nil {
		err = checkReferences("body", r.Body)
	}
	if err != nil {
		return t, err
	}
	if t, err = t.resolved(); err != nil {
		err = fmt.Errorf("body: %w", err)
	}
	return t, err
}

// Check returns what keeps the request from being sent, or nil.
func (r Request) Check() error {
	_, err := compileRequest(r, drawing{}, "check")
	return err
}

// OriginOf returns the URL of a URL's scheme and host, whatever follows them: that may hold values.
func OriginOf(raw string) (*url.URL, error) {
	stripped, _, err := splitUser(raw)
	if err != nil {
		return nil, err
	}
	u, _, err := originOf(stripped)
	return u, err
}

// originOf returns what follows the host of a URL without user information, too.
func originOf(stripped string) (u *url.URL, rest string, err error) {
	scheme, authority, rest := splitURL(stripped)
	if strings.Contains(scheme+authority, openBraces) {
		return nil, "", errors.New("URL: the host must be the same for every request: no {{…}} may stand in it")
	}
	scheme = strings.ToLower(scheme)
	if scheme != "http" && scheme != "https" || authority == "" || authority[0] == ':' {
		return nil, "", errors.New("URL: it must begin with http:// or https:// and a host")
	}
	u, err = url.Parse(scheme + "://" + encodeZone(authority))
	if err == nil {
		if u.Host, err = AsciiHost(u.Host); err != nil {
			return nil, "", fmt.Errorf("URL: %w", err)
		}
		if port := u.Port(); port != "" {
			if n, bad := strconv.ParseUint(port, 10, 16); bad != nil || n == 0 {
				return nil, "", fmt.Errorf("URL: a port is 1 to 65535, got %s", runfile.Excerpt(port))
			}
		}
	}
	switch {
	case err != nil && strings.Contains(rest, "@"): // the "host" may be the beginning of a password
		err = errors.New("URL: host and port cannot be read; in a name and password before an @, percent-encode / ? and #")
	case err != nil: // not shown: it may be anything
		end := strings.IndexFunc(authority, func(r rune) bool { return r < 0x80 && wire.CheckHost(string(r)) != nil })
		if end < 0 {
			end = len(authority)
		}
		err = fmt.Errorf("URL: %q and what follows it is no host and port", runfile.Excerpt(authority[:end]))
	}
	return u, rest, err
}

// splitUser takes user information out of a URL, so that it is in no text that is shown or written.
func splitUser(raw string) (string, *url.Userinfo, error) {
	scheme, rest, ok := strings.Cut(raw, "://")
	if !ok {
		return raw, nil, nil
	}
	end := strings.IndexAny(rest, "/?#")
	if end < 0 {
		end = len(rest)
	}
	if braces := strings.Index(rest[:end], openBraces); braces >= 0 {
		end = braces
	}
	at := strings.LastIndexByte(rest[:end], '@')
	if at < 0 {
		return raw, nil, nil
	}
	u, err := url.Parse(scheme + "://" + rest[:at] + "@host/")
	if err != nil {
		return "", nil, fmt.Errorf("the user information in the URL of %s cannot be read: percent-encode it", rest[at+1:end])
	}
	return scheme + "://" + rest[at+1:], u.User, nil
}

// TargetOf describes the target behind a URL, by a name and an address that hold no secret.
func TargetOf(raw string) (runfile.Target, error) {
	stripped, _, err := splitUser(raw)
	if err != nil {
		return runfile.Target{}, err
	}
	scheme, rest, _ := strings.Cut(stripped, "://")
	host := rest[:min(len(rest), max(strings.IndexAny(rest+"/", "/?#"), 0))]
	path := pathOf(stripped)
	return runfile.Target{Name: strings.TrimSuffix(host+path, "/"), URL: scheme + "://" + host + path}, nil
}

// pathOf returns the path of a URL template; query keys are kept, their values are not.
func pathOf(raw string) string {
	_, rest, _ := strings.Cut(raw, "://")
	i := strings.IndexAny(rest, "/?#")
	if i < 0 {
		return "/"
	}
	rest, _, _ = strings.Cut(rest[i:], "#")
	path, query, found := strings.Cut(rest, "?")
	if path == "" {
		path = "/"
	}
	if !found {
		return path
	}
	var keys []string
	for pair := range strings.SplitSeq(query, "&") {
		key, _, hasValue := strings.Cut(pair, "=")
		if hasValue {
			key += "=…"
		} else if key != "" {
			key = "…" // a bare word is a value as likely as a key
		}
		keys = append(keys, key)
	}
	return path + "?" + strings.Join(keys, "&")
}

// Index returns which of the compiled requests is sent as number k; of a journey, first.
func (m *Mix) Index(k uint64) int {
	i := m.Order.at(k)
	switch {
	case m.Lines != nil:
		return m.Lines.Kind(i)
	case m.Journeys != nil:
		return m.Journeys[i].Steps[0].Part
	}
	return i
}

// Endpoint returns which of the endpoints number k is counted as.
func (m *Mix) Endpoint(k uint64) int {
	if m.Journeys != nil {
		return m.EndpointOf(m.Index(k))
	}
	return int(m.slots[m.Order.at(k)])
}

// EndpointOf returns which of the endpoints one of the compiled requests is counted as.
func (m *Mix) EndpointOf(index int) int { return int(m.slots[index]) }

// NameAt returns what number k is called, without its values.
func (m *Mix) NameAt(k uint64) string {
	if m.Lines == nil {
		return m.Requests[m.Index(k)].Name
	}
	return m.Endpoints[m.Endpoint(k)].Name
}

// Rendered is a request as it is sent, its values drawn.
type Rendered struct {
	Method string
	URL    *url.URL
	Header http.Header // not to be changed
	Body   []byte
}

// Render writes request k, which is due at an instant.
func (m *Mix) Render(k uint64, due time.Time) (Rendered, error) {
	c := &m.Requests[m.Index(k)]
	r := Rendered{Method: c.Method, URL: c.Static, Header: c.Header.Render(k, due), Body: c.Body.Append(nil, k, due)}
	if r.URL == nil {
		var err error
		if r.URL, err = c.URLOf(string(c.Target.Append(nil, k, due))); err != nil {
			return r, err
		}
	}
	return r, nil
}

// hostPort returns where the request goes, the port written out.
func (c *CompiledRequest) hostPort() string {
	u := url.URL{Host: c.Host}
	port := u.Port()
	if port == "" {
		port = map[string]string{"http": "80", "https": "443"}[c.Scheme]
	}
	return net.JoinHostPort(u.Hostname(), port)
}
