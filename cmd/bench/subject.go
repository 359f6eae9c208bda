package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/seed-5a006608/bench/cmd/bench/internal/rig"
	"github.com/seed-5a006608/bench/loadgen"
	"github.com/seed-5a006608/bench/profiles"
	"github.com/seed-5a006608/bench/report"
	"github.com/seed-5a006608/bench/targets"
)

// progress says how much of a sequence of requests was sent to a target; "" without a sequence.
func progress(t *rig.Target) string { return report.Sequence(t.Sent, t.Sequence) }

// mixture is what a target is asked, apart from its address.
type mixture struct {
	requests []targets.Request
	expect   [][]loadgen.Expect // of each request, in place of the plan's; empty: none has its own
	verbatim []bool             // of each request, whether its body is bytes; empty: of none
	header   http.Header        // that the user adds to every request
	login    string             // NAME:PASSWORD that the user adds to every request
	order    loadgen.Order      // of requests that a test file asks
}

// subjects makes of each name, and of the targets file, what is to be driven. What a test file asks is asked of each of
// the names.
func (a *asking) subjects(plan loadgen.Plan, stdin io.Reader) ([]*rig.Target, error) {
	mix, err := a.mixture()
	if err != nil {
		return nil, err
	}
	if len(a.file.Target) == 0 && a.targets == "" {
		return nil, fmt.Errorf("%s has requests and no target: name one, such as http://127.0.0.1:8080", a.name)
	}
	request, err := a.request()
	if err != nil {
		return nil, err
	}
	mix.header, mix.login = request.Header, a.user
	if len(mix.requests) > 0 && (request.Method != "" || request.Body != "") {
		return nil, errors.New("--method, --body and --body-template are for a URL: the file has requests of its own")
	}
	if err := a.checkSequence(len(mix.requests) > 0); err != nil {
		return nil, err
	}
	var lines *loadgen.Lines
	if a.targets != "" {
		if lines, err = a.readLines(stdin, request); err != nil {
			return nil, err
		}
	}
	if lines != nil && request.Method != "" {
		return nil, errors.New("--method is for a URL: each request of the targets file has its own")
	}
	if lines != nil && a.atEach && len(mix.requests) > 0 {
		return nil, errors.New("the test file has requests, and so has --targets: give one of them")
	}
	var list []*rig.Target
	for _, name := range a.file.Target {
		s := &rig.Target{Name: name, Plan: plan}
		s.Plan.Order = mix.order
		var own *loadgen.Lines
		if a.atEach {
			own = lines
		}
		switch {
		case !isURL(name):
			err = a.driveService(s, mix, request, own)
		case own != nil:
			err = a.driveLinesAt(s, lines, name)
		case len(mix.requests) > 0:
			err = a.driveRequests(s, mix.at(strings.TrimSuffix(name, "/")))
		default:
			request := request
			request.URL = name
			err = a.driveRequests(s, []loadgen.Request{request})
		}
		if err != nil {
			return nil, err
		}
		list = append(list, s)
	}
	if lines != nil && !a.atEach {
		s := &rig.Target{Plan: plan}
		if err := a.driveLines(s, lines); err != nil {
			return nil, err
		}
		list = append(list, s)
	}
	if err := a.checkHonoured(list); err != nil {
		return nil, err
	}
	for i := range list {
		list[i].Notes = a.notes
	}
	return list, a.giveNames(list)
}

func isURL(name string) bool { return strings.Contains(name, "://") }

// driveRequests makes s a subject of requests to URLs, named after the first, or after its host where there are several.
func (a *asking) driveRequests(s *rig.Target, requests []loadgen.Request) error {
	s.Plan.Requests = requests
	if err := a.mayFollow(s.Plan.Profile); err != nil {
		return err
	}
	for i, r := range requests {
		if err := a.mayDrive(s.Plan.Profile, r.URL); err != nil {
			return err
		}
		target, err := loadgen.TargetOf(r.URL)
		if err == nil && len(requests) > 1 {
			target, err = hostOf(target)
		}
		if err != nil {
			return err
		}
		if i == 0 {
			s.Plan.Target, s.Name = target, target.Name
		}
	}
	return s.Plan.Check()
}

// mayDrive refuses a URL that leads off this machine where nobody has said how much may be sent there.
func (a *asking) mayDrive(p profiles.Profile, address string) error {
	u, err := loadgen.OriginOf(address)
	if err != nil {
		return err
	}
	if !a.rateGiven() && !p.OfUsers() && !a.staysHere(u.Hostname()) {
		return fmt.Errorf("%s is not on this machine: say with --rate how much it may get", u.Host)
	}
	return nil
}

// mayFollow refuses hosts to which redirects are followed as mayDrive does.
func (a *asking) mayFollow(p profiles.Profile) error {
	for _, host := range a.base.Follow.Hosts {
		u := url.URL{Host: host}
		if !a.rateGiven() && !p.OfUsers() && !a.staysHere(u.Hostname()) {
			return fmt.Errorf("--follow-hosts: %s is not on this machine: say with --rate how much it may get", host)
		}
	}
	return nil
}

// driveService makes s a subject of a bundled service and what it is asked: mix, or its own requests.
func (a *asking) driveService(s *rig.Target, mix mixture, request loadgen.Request, lines *loadgen.Lines) error {
	service, err := targets.Find(s.Name)
	if err != nil {
		if strings.ContainsAny(s.Name, ":/.") {
			host := strings.TrimLeft(strings.TrimPrefix(strings.TrimPrefix(s.Name, "https:"), "http:"), "/")
			meant := withoutSecrets("http://" + host)
			return fmt.Errorf("%q is neither a URL nor a bundled target: did you mean %s?", strings.TrimPrefix(meant, "http://"), meant)
		}
		return err
	}
	if request.Method != "" || request.Body != "" && lines == nil {
		return fmt.Errorf("--method, --body and --body-template are for URLs: %s has requests of its own", s.Name)
	}
	s.Service = &service
	if len(mix.requests) == 0 {
		mix.requests = service.Requests
	}
	s.Ask = mix.ask(lines)
	s.Plan.Target = loadgen.Target{Name: s.Name, Bundled: true}
	if err := s.Ask(&s.Plan, "http://127.0.0.1"); err != nil {
		return err
	}
	if lines != nil {
		if s.Plan.Order, s.Plan.Group, err = a.sequence(); err != nil {
			return err
		}
	}
	return ofTargets(s.Plan.Check())
}

// ask makes a plan ask a bundled service for the mixture, or for the lines if there are some.
func (m mixture) ask(lines *loadgen.Lines) func(*loadgen.Plan, string) error {
	return func(plan *loadgen.Plan, address string) error {
		plan.Requests = m.at(address)
		if lines != nil {
			plan.Lines = lines.At(address)
		}
		return nil
	}
}

// at makes requests to a base URL.
func (m mixture) at(base string) []loadgen.Request {
	var list []loadgen.Request
	for i := range m.requests {
		list = append(list, m.request(i, base))
	}
	return list
}

// request makes one of the requests.
func (m mixture) request(i int, base string) loadgen.Request {
	r := &m.requests[i]
	h := m.header.Clone()
	if h == nil {
		h = http.Header{}
	}
	for name, values := range r.Header {
		loadgen.SetHeader(h, name, values)
	}
	request := loadgen.Request{
		Name: r.Name, Weight: r.Weight, Method: r.Method, URL: base + r.Path, Header: h, Login: m.login, Body: r.Body,
	}
	if len(m.expect) > 0 {
		request.Expect = m.expect[i]
	}
	if len(m.verbatim) > 0 {
		request.Verbatim = m.verbatim[i]
	}
	return request
}

// rateGiven reports whether the user says how much a target may get, as one that is not on this machine needs it.
func (o *driveOptions) rateGiven() bool {
	return o.rate != "" || o.peak != "" || len(o.stages) > 0 || o.vus != 0
}

// staysHere reports whether what is sent to a host of that name stays on this machine.
func (o *driveOptions) staysHere(host string) bool {
	if o.base.ConnectTo == "" {
		return isHere(host)
	}
	to, _, err := net.SplitHostPort(o.base.ConnectTo)
	return strings.HasPrefix(o.base.ConnectTo, "unix:") || err == nil && isHere(to)
}

// isHere reports whether a host is this machine: an address of its own, or a name of nothing but such addresses.
func isHere(host string) bool {
	if host == "localhost" || strings.HasSuffix(host, ".localhost") {
		return true
	}
	if a, err := netip.ParseAddr(host); err == nil {
		return loadgen.OnThisMachine(a)
	}
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Second)
	defer cancel()
	list, err := net.DefaultResolver.LookupNetIP(ctx, "ip", host)
	return err == nil && !slices.ContainsFunc(list, func(a netip.Addr) bool { return !loadgen.OnThisMachine(a) })
}
