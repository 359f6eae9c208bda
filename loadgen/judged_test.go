package loadgen

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/seed-5a006608/bench/loadgen/request"
	"github.com/seed-5a006608/bench/loadgen/runfile"
	"github.com/seed-5a006608/bench/profiles"
)

func manyEndpoints(n int) Plan {
	p := Plan{
		Profile: profiles.Profile{Name: "many", Arrivals: profiles.Even, Phases: []profiles.Phase{
			{Name: "load", Kind: profiles.Hold, Duration: 2 * time.Second, From: 1000, To: 1000},
		}},
		Seed: 1, Limits: Limits{Timeout: time.Second, Drain: time.Second},
	}.withDefaults()
	for i := range n {
		p.Requests = append(p.Requests, request.Request{URL: fmt.Sprintf("http://fake/%d", i)})
	}
	return p
}

func thresholds(t *testing.T, texts ...string) (list []runfile.Threshold) {
	t.Helper()
	for _, text := range texts {
		th, err := runfile.ParseThreshold(text)
		if err != nil {
			t.Fatal(err)
		}
		list = append(list, th)
	}
	return list
}

// Of forty endpoints 32 are told apart, and those that a threshold names are among them: what it judges is what was sent to
// that one, and not what was sent to all that are counted as other.
func TestJudgedEndpointsAreToldApart(t *testing.T) {
	p := manyEndpoints(40)
	p.Thresholds = thresholds(t, "p99{GET /39}<50ms", "errors<1%")
	p.SLO = thresholds(t, "p99{GET /35}<50ms")
	var sent uint64
	m, err := p.mix()
	if err != nil {
		t.Fatal(err)
	}
	for k := range uint64(2000) {
		if m.Index(k) == 39 {
			sent++
		}
	}
	run := driven(t, p, fakeServer{service: func(k uint64) time.Duration {
		if m.Index(k) == 39 {
			return 100 * ms
		}
		return 10 * ms
	}})
	run.Judge(p.Thresholds[:1])
	if got := run.Thresholds[0]; got.Passed || got.Samples != sent || sent == 0 {
		t.Errorf("%+v, want %d samples", got, sent)
	}
	if slo := p.SLO[0].Judge(run); !slo.Passed || slo.Samples == 0 {
		t.Errorf("%+v", slo)
	}
	var names []string
	for _, e := range run.Plan.Endpoints {
		names = append(names, e.Name)
	}
	if len(names) != runfile.MaxEndpoints+1 || names[29] != "GET /29" || names[30] != "GET /35" || names[31] != "GET /39" || names[32] != runfile.Other || run.Plan.Endpoints[32].Weight != 8 {
		t.Errorf("told apart: %q", names)
	}
	readBack(t, run)
}

func TestThresholdsOfWhatIsNotThereAreRefused(t *testing.T) {
	for text, want := range map[string]string{
		"p99{GET /40}<1s": `no endpoint "GET /40": there is GET /0, GET /1,`,
		"p99{other}<1s":   `no endpoint "other"`,
		"p99@spike<1s":    `no phase "spike", by name or kind: it has load`,
	} {
		p := manyEndpoints(40)
		p.Thresholds = thresholds(t, text)
		if err := p.Check(); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: error %v, want one of %q", text, err, want)
		}
	}
	p := judgedPlan()
	p.Thresholds = thresholds(t, "p99@spike-2<1s")
	if err := p.Check(); err != nil {
		t.Error(err)
	}
	p.Limits.Requests = 300
	if err := p.Check(); err == nil || !strings.Contains(err.Error(), `phase "spike-2" is never reached with 300 requests`) {
		t.Errorf("error %v", err)
	}
	var all []string
	for i := range runfile.MaxEndpoints + 1 {
		all = append(all, fmt.Sprintf("p99{GET /%d}<1s", i))
	}
	p = manyEndpoints(40)
	p.Thresholds = thresholds(t, all...)
	if err := p.Check(); err == nil || !strings.Contains(err.Error(), "name 33 endpoints") {
		t.Errorf("error %v", err)
	}
}
