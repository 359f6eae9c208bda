package loadgen

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/seed-5a006608/bench/loadgen/request"
	"github.com/seed-5a006608/bench/loadgen/runfile"
)

// What is written of a plan holds no secret, wherever in the request one stands.
func TestRecordHoldsNoSecret(t *testing.T) {
	const canary = "C4N4RY"
	p := Plan{Requests: []request.Request{{
		URL:    "http://user" + canary + ":" + canary + "@h/path?token=" + canary + "&" + canary,
		Header: http.Header{"Authorization": {canary}, "Cookie": {canary}},
		Body:   canary,
	}}}
	m, err := request.NewMix(p.Requests, request.Selection{Seed: 1})
	if err != nil {
		t.Fatal(err)
	}
	r := p.withDefaults().record(m)
	if e := r.Endpoints[0]; strings.Contains(e.Name+e.Path+e.Method, canary) {
		t.Errorf("the record shows a secret: %+v", e)
	}
	if want := "GET /path?token=…&…"; r.Endpoints[0].Name != want {
		t.Errorf("name %q, want %q", r.Endpoints[0].Name, want)
	}
	target, err := request.TargetOf(p.Requests[0].URL)
	if err != nil || strings.Contains(target.Name+target.URL, canary) {
		t.Errorf("the target shows a secret: %+v, %v", target, err)
	}
	sent, err := m.Render(0, time.Time{})
	if err != nil {
		t.Fatal(err)
	}
	if sent.URL.Query().Get("token") != canary || sent.Header.Get("Authorization") != canary {
		t.Errorf("what is sent lacks the secret: %v %v", sent.URL, sent.Header)
	}
}

func TestRecordNamesNoMoreThanIsToldApart(t *testing.T) {
	var p Plan
	for range 40 {
		p.Requests = append(p.Requests, request.Request{URL: "http://h/", Weight: 2})
	}
	m, err := request.NewMix(p.Requests, request.Selection{Seed: 1})
	if err != nil {
		t.Fatal(err)
	}
	list := p.withDefaults().record(m).Endpoints
	if last := list[len(list)-1]; len(list) != 33 || last.Name != runfile.Other || last.Weight != 16 {
		t.Errorf("%d endpoints, the last is %+v; want 32 and other of weight 16", len(list), last)
	}
}
