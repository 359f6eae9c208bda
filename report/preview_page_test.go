package report

import (
	"strings"
	"testing"
	"time"

	"github.com/seed-5a006608/bench/loadgen/runfile"
)

func TestPreview(t *testing.T) {
	v := &runfile.Preview{
		Plan: runfile.PlanRecord{Profile: "ramp", Arrivals: "even", Connections: 256, Phases: []runfile.PhaseRecord{
			{Name: "climb", Kind: "ramp", DurationNS: 10 * time.Second, From: 0, To: 800},
		}},
		Target: runfile.Target{Name: "127.0.0.1:8080\x1b[31m"}, Seed: 7, Requests: 4000, Length: 10 * time.Second,
		Curve: []float64{0, 1, 100, 101, 400, 800}, Memory: 10 << 20, Bytes: 120, Ports: 28_232, OpenFiles: 1024,
		First: []runfile.PreviewRequest{{K: 0, At: 50 * time.Millisecond, Method: "POST", URL: "http://127.0.0.1:8080/a?q=…\x1b[2J", Header: []string{"Accept: x", "Cookie: …"}, Body: 12}},
	}
	var b strings.Builder
	if err := WritePreview(&b, v, Options{}); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		"ramp at 127.0.0.1:8080[31m: nothing is sent\n",
		"4,000 requests in 10 s · even arrivals · seed 7\n",
		"offered rate, 0 … 800/s\n",
		" ▁▁▂▄█\n",
		"climb      ramp           10 s  0/s → 800/s\n",
		"at most 256 connections; each takes a local port, of which there are 28,232; ",
		"this process may open 1,024 files\n",
		"memory for histograms at most 10 MB · requests of 120 B on average, 480 kB in all\n",
		"  0      50 ms  POST http://127.0.0.1:8080/a?q=…[2J  + 12 B\n",
		"                Accept: x · Cookie: …\n",
	} {
		if !strings.Contains(b.String(), want) {
			t.Errorf("no %q in\n%s", want, b.String())
		}
	}
	v.Curve, v.Plan.VUs = nil, 3
	for requests, want := range map[uint64]string{
		0:    "closed model, 3 users for 10 s · seed 7\n",
		2000: "closed model, 3 users until 2,000 requests are sent, for 10 s at most · seed 7\n",
	} {
		b.Reset()
		v.Requests = requests
		if err := WritePreview(&b, v, Options{}); err != nil || !strings.Contains(b.String(), want) {
			t.Errorf("%v, no %q in\n%s", err, want, b.String())
		}
	}
}
