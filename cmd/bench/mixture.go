package main

import (
	"fmt"
	"net/http"

	"github.com/seed-5a006608/bench/loadgen"
	"github.com/seed-5a006608/bench/loadgen/request"
	"github.com/seed-5a006608/bench/loadgen/runfile"
	"github.com/seed-5a006608/bench/targets"
)

// mixture is the requests to a target, without its address.
type mixture struct {
	requests []targets.Request
	journeys []request.Journey      // in place of requests; their URLs are paths
	expect   [][]request.Expect     // checks by request, in place of the plan's; empty: the plan's for all
	versions []*request.Consistency // by request, what it reads or writes; empty: nothing that is told
	verbatim []bool                 // by request, whether its body is sent as bytes; empty: no such body
	header   http.Header            // header that the user adds to every request
	login    string                 // NAME:PASSWORD that the user adds to every request
	order    runfile.Order          // order of a test file's requests
}

// ask makes a plan ask a bundled service for the mixture, or for the lines if there are some.
func (m mixture) ask(lines *request.Lines) func(*loadgen.Plan, string) error {
	return func(plan *loadgen.Plan, address string) error {
		plan.Requests, plan.Journeys = m.at(address), m.journeysAt(address)
		if lines != nil {
			plan.Lines = lines.At(address)
		}
		return nil
	}
}

// at makes requests to a base URL.
func (m mixture) at(base string) []request.Request {
	var list []request.Request
	for i := range m.requests {
		list = append(list, m.request(i, base))
	}
	return list
}

// own reports whether there are requests or journeys.
func (m mixture) own() bool { return len(m.requests) > 0 || len(m.journeys) > 0 }

// request makes one of the requests.
func (m mixture) request(i int, base string) request.Request {
	r := &m.requests[i]
	h := m.header.Clone()
	if h == nil {
		h = http.Header{}
	}
	for name, values := range r.Header {
		request.SetHeader(h, name, values)
	}
	request := request.Request{
		Name: r.Name, Weight: r.Weight, Method: r.Method, URL: base + r.Path, Header: h, Login: m.login, Body: r.Body,
	}
	if len(m.expect) > 0 {
		request.Expect = m.expect[i]
	}
	if len(m.versions) > 0 {
		request.Consistency = m.versions[i]
	}
	if len(m.verbatim) > 0 {
		request.Verbatim = m.verbatim[i]
	}
	return request
}

// bundledMixture is the requests that a bundled service has of its own.
func bundledMixture(m mixture, s *targets.Service) (mixture, error) {
	m.requests = s.Requests
	for _, r := range s.Requests {
		c, err := consistencyOf(r.Consistency)
		if err != nil {
			return m, fmt.Errorf("%s: %w", r.Name, err)
		}
		m.versions = append(m.versions, c)
	}
	return m, nil
}

// consistencyOf reads what a request is said to read or write.
func consistencyOf(c *targets.Consistency) (*request.Consistency, error) {
	if c == nil {
		return nil, nil
	}
	read := &request.Consistency{Write: c.Write, Initial: c.Initial}
	var err error
	if read.Key, err = request.ParseRequestExtract(c.Key); err != nil {
		return nil, fmt.Errorf("key: %w", err)
	}
	if c.Write {
		return read, nil
	}
	if read.Version, err = request.ParseAnswerExtract(c.Version); err != nil {
		return nil, fmt.Errorf("version: %w", err)
	}
	return read, nil
}
