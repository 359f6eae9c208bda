package main

import (
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"strings"

	"github.com/seed-5a006608/bench/loadgen"
	"github.com/seed-5a006608/bench/targets"
)

// subject is one target of a command: a bundled service that bench starts, or a URL.
type subject struct {
	name    string
	service *targets.Service // nil: a URL
	mix     mixture          // what a bundled service is asked
	plan    loadgen.Plan     // of a bundled service without its address, which is known when it has started

	maxProcs int             // GOMAXPROCS of a bundled service; 0: that of its processors
	words    func() []string // what a bundled service has said since it is up
}

// said are notes of what a bundled service said of itself while it was driven.
func (s *subject) said() (notes []string) {
	if s.words == nil {
		return nil
	}
	for _, line := range s.words() {
		notes = append(notes, s.name+" said: "+line)
	}
	return notes
}

// mixture is what a target is asked, apart from its address.
type mixture struct {
	requests []targets.Request
	expect   [][]loadgen.Expect // of each request, in place of the plan's; empty: none has its own
	header   http.Header        // that the user adds to every request
	login    string             // NAME:PASSWORD that the user adds to every request
}

// maxBody bounds the file given with --body @file.
const maxBody = 16 << 20

// subjects makes of each name, and of the targets file, what is to be driven. What a test file asks is asked of each of
// the names.
func (o *driveOptions) subjects(names []string, mix mixture, plan loadgen.Plan, stdin io.Reader) ([]subject, error) {
	header, err := headerOf(o.headers)
	if err != nil {
		return nil, fmt.Errorf("-H: %w", err)
	}
	body, err := o.readBody()
	if err != nil {
		return nil, err
	}
	request := loadgen.Request{Method: strings.ToUpper(o.method), Header: header, Login: o.user, Body: body}
	mix.header, mix.login = header, o.user
	if len(mix.requests) > 0 && (request.Method != "" || request.Body != "") {
		return nil, errors.New("--method and --body are for a URL: the file has requests of its own")
	}
	var list []subject
	for _, name := range names {
		s := subject{name: name, plan: plan}
		switch {
		case !isURL(name):
			err = o.driveService(&s, mix, request)
		case len(mix.requests) > 0:
			err = o.driveRequests(&s, mix.at(strings.TrimSuffix(name, "/")))
		default:
			request := request
			request.URL = name
			err = o.driveRequests(&s, []loadgen.Request{request})
		}
		if err != nil {
			return nil, err
		}
		list = append(list, s)
	}
	if o.targets != "" {
		s := subject{plan: plan}
		requests, err := readTargets(o.targets, stdin, request)
		if err == nil {
			err = o.driveRequests(&s, requests)
		}
		if err != nil {
			return nil, err
		}
		list = append(list, s)
	}
	return list, nil
}

func isURL(name string) bool { return strings.Contains(name, "://") }

// driveRequests makes s a subject of requests to URLs, named after the first, or after its host where there are several.
func (o *driveOptions) driveRequests(s *subject, requests []loadgen.Request) error {
	s.plan.Requests = requests
	for i, r := range requests {
		target, err := loadgen.TargetOf(r.URL)
		if err != nil {
			return err
		}
		u, err := url.Parse(target.URL)
		if err != nil {
			return fmt.Errorf("%s is no URL", target.Name)
		}
		if !o.staysHere(u.Hostname()) && o.rate == "" && o.peak == "" && len(o.stages) == 0 && o.vus == 0 && !s.plan.Profile.OfUsers() {
			return fmt.Errorf("%s is not on this machine: say with --rate how much it may get", u.Host)
		}
		if len(requests) > 1 {
			target = loadgen.Target{Name: u.Host, URL: u.Scheme + "://" + u.Host}
		}
		if i == 0 {
			s.plan.Target, s.name = target, target.Name
		}
	}
	return s.plan.Check()
}

// driveService makes s a subject of a bundled service and what it is asked: mix, or its own requests.
func (o *driveOptions) driveService(s *subject, mix mixture, request loadgen.Request) error {
	service, err := targets.Find(s.name)
	if err != nil {
		if strings.ContainsAny(s.name, ":/.") {
			return fmt.Errorf("%q is neither a URL nor a bundled target: did you mean http://%s?", s.name, s.name)
		}
		return err
	}
	if request.Method != "" || request.Body != "" {
		return fmt.Errorf("--method and --body are for URLs: %s has requests of its own", s.name)
	}
	s.service, s.mix = &service, mix
	if len(mix.requests) == 0 {
		s.mix.requests = service.Requests
	}
	s.plan.Target = loadgen.Target{Name: s.name, Bundled: true}
	s.plan.Requests = s.mix.at("http://127.0.0.1")
	return s.plan.Check()
}

// at makes requests to a base URL.
func (m mixture) at(base string) []loadgen.Request {
	var list []loadgen.Request
	for i, r := range m.requests {
		h := m.header.Clone()
		if h == nil {
			h = http.Header{}
		}
		for name, values := range r.Header {
			h[name] = values
		}
		request := loadgen.Request{
			Name: r.Name, Weight: r.Weight, Method: r.Method, URL: base + r.Path, Header: h, Login: m.login, Body: r.Body,
		}
		if len(m.expect) > 0 {
			request.Expect = m.expect[i]
		}
		list = append(list, request)
	}
	return list
}

// staysHere reports whether what is sent to a host of that name stays on this machine.
func (o *driveOptions) staysHere(host string) bool {
	if o.connectTo == "" {
		return isLoopback(host)
	}
	to, _, err := net.SplitHostPort(o.connectTo)
	return strings.HasPrefix(o.connectTo, "unix:") || err == nil && isLoopback(to)
}

func isLoopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || strings.HasSuffix(host, ".localhost") || ip != nil && ip.IsLoopback()
}

var errHeader = errors.New(`write it as "Name: value", a name of letters, digits and dashes, in one line`)

// headerOf reads lines as -H takes them. Its error names no value: it may be a secret.
func headerOf(lines []string) (http.Header, error) {
	h := http.Header{}
	for _, line := range lines {
		name, value, ok := strings.Cut(line, ":")
		name = strings.TrimSpace(name)
		if !ok || !isToken(name) || strings.ContainsAny(value, "\r\n\x00") {
			return nil, errHeader
		}
		h.Add(name, strings.TrimSpace(value))
	}
	return h, nil
}

// isToken reports whether s can be a header's name (RFC 9110, section 5.6.2).
func isToken(s string) bool {
	return s != "" && !strings.ContainsFunc(s, func(r rune) bool {
		return r <= ' ' || r >= 0x7f || strings.ContainsRune(`"(),/:;<=>?@[\]{}`, r)
	})
}

func (o *driveOptions) readBody() (string, error) {
	path, isFile := strings.CutPrefix(o.body, "@")
	if !isFile {
		return o.body, nil
	}
	f, err := os.Open(path)
	if err != nil {
		return "", fmt.Errorf("--body @%s: cannot be read: %w", path, cause(err))
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, maxBody+1))
	if err != nil {
		return "", fmt.Errorf("--body @%s: cannot be read: %w", path, cause(err))
	}
	if len(data) > maxBody {
		return "", fmt.Errorf("--body @%s: is larger than %d MiB", path, maxBody>>20)
	}
	return string(data), nil
}

// checks reads --expect, --hit-when and the file's slo. Its errors name no pattern: it may hold what a body must not show.
func (o *driveOptions) checks(plan *loadgen.Plan) error {
	for _, text := range o.expect {
		e, err := loadgen.ParseExpect(text)
		if err != nil {
			return fmt.Errorf("--expect: %w", err)
		}
		plan.Expect = append(plan.Expect, e)
	}
	if o.hitWhen != "" {
		rule, err := loadgen.ParseHitRule(o.hitWhen)
		if err != nil {
			return fmt.Errorf("--hit-when: %w", err)
		}
		plan.HitWhen = rule
	}
	for _, text := range o.slo {
		t, err := loadgen.ParseThreshold(text)
		if err != nil {
			return fmt.Errorf("slo: %w", err)
		}
		plan.SLO = append(plan.SLO, t)
	}
	return nil
}
