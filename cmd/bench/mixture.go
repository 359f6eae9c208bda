package main

import (
	"net/http"

	"github.com/seed-5a006608/bench/loadgen"
	"github.com/seed-5a006608/bench/loadgen/request"
	"github.com/seed-5a006608/bench/loadgen/runfile"
	"github.com/seed-5a006608/bench/targets"
)

// mixture is the requests to a target, without its address.
type mixture struct {
	requests []targets.Request
	expect   [][]request.Expect // checks by request, in place of the plan's; empty: the plan's for all
	verbatim []bool             // by request, whether its body is sent as bytes; empty: no such body
	header   http.Header        // header that the user adds to every request
	login    string             // NAME:PASSWORD that the user adds to every request
	order    runfile.Order      // order of a test file's requests
}

// ask makes a plan ask a bundled service for the mixture, or for the lines if there are some.
func (m mixture) ask(lines *request.Lines) func(*loadgen.Plan, string) error {
	return func(plan *loadgen.Plan, address string) error {
		plan.Requests = m.at(address)
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
	if len(m.verbatim) > 0 {
		request.Verbatim = m.verbatim[i]
	}
	return request
}
