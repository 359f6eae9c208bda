package main

import (
	"strings"
	"testing"

	"github.com/seed-5a006608/bench/profiles"
	"github.com/spf13/pflag"
)

const everyKey = `version: 2
name: shop
arrivals: even
think: "1s"
warm_up: 2s
target:
  - cached
phases:
  - name: load
    kind: hold
    duration: 10s
    vus: 4
order: sequential
requests:
  - path: "/a"
    expect:
      - "status=201"
expect:
  - "status=200"
hit_when: "X-A~hit"
limits:
  connections: 4
  requests: 100
  no_keepalive: true
  timeout: 1s
  drain: 2s
  deadline: 3s
thresholds:
  - "p99<1s"
abort_on:
  - "errors>1%"
slo:
  - "p50<1s"
outputs:
  - "json=a.json"
`

// What flags say goes before what a test file says, key by key; the rest of the file stays, and so does the file.
func TestFlagsAreLaidOverATestFile(t *testing.T) {
	file, err := profiles.Parse("shop.yaml", []byte(everyKey))
	if err != nil {
		t.Fatal(err)
	}
	for _, tc := range []struct{ args, was, is string }{
		{"", "", ""},
		{"--think exp:2s", `"1s"`, `"exp:2s"`},
		{"--order random", "order: sequential", "order: random"},
		{"--hit-when X-B~yes", "X-A~hit", "X-B~yes"},
		{"-c 7", "connections: 4", "connections: 7"},
		{"-n 9", "requests: 100", "requests: 9"},
		{"--no-keepalive=false", "  no_keepalive: true\n", ""},
		{"--timeout 5s", "timeout: 1s", "timeout: 5s"},
		{"--drain 6s", "drain: 2s", "drain: 6s"},
		{"--deadline 7s", "deadline: 3s", "deadline: 7s"},
		{"--threshold p95<9ms", "p99<1s", "p95<9ms"},
		{"--abort-on errors>9%", "errors>1%", "errors>9%"},
		{"-o md=b.md", "json=a.json", "md=b.md"},
		{"-d 20s", "duration: 10s", "duration: 20s"},
		{"--warm-up 3s", "warm_up: 2s\n", ""},
		{"--expect status=204", "    expect:\n      - \"status=201\"\nexpect:\n  - \"status=200\"", "expect:\n  - \"status=204\""},
	} {
		var o driveOptions
		f := pflag.NewFlagSet("", pflag.ContinueOnError)
		o.addFlags(f)
		if err := f.Parse(strings.Fields(tc.args)); err != nil {
			t.Fatal(err)
		}
		laid, err := o.overlay("shop.yaml", file)
		if err != nil {
			t.Errorf("%s: %v", tc.args, err)
			continue
		}
		want := strings.Replace(everyKey, tc.was, tc.is, 1)
		if f.Changed("warm-up") {
			want = strings.Replace(want, "phases:\n", "phases:\n  - name: warm-up\n    kind: warmup\n    duration: 3s\n    vus: 4\n", 1)
		}
		if got := string(laid.YAML()); got != want {
			t.Errorf("%s: %s\nwant %s", tc.args, got, want)
		}
		if string(file.YAML()) != everyKey {
			t.Fatalf("%s changes the file: %s", tc.args, file.YAML())
		}
	}
}

// A gate's test file is laid over the plan of the baseline of its floor, and flags over both.
func TestATestFileIsLaidOverABaselinesPlan(t *testing.T) {
	path := fileOf(t, "name: x\nphases: [{name: load, kind: hold, duration: 1s, rate: 1/s}]\nlimits: {timeout: 2s, requests: 5}\nthresholds: p99<1s\n")
	o := compareOptions{gate: &gateOptions{}}
	o.file = path
	f := pflag.NewFlagSet("", pflag.ContinueOnError)
	o.addCompareFlags(f)
	if err := f.Parse([]string{"--drain", "4s"}); err != nil {
		t.Fatal(err)
	}
	o.under = profiles.File{Limits: profiles.Limits{Connections: 7, Timeout: 1, Drain: 1}}
	arms, err := o.makeArms([]string{"cached"}, []string{""}, nil)
	if err != nil {
		t.Fatal(err)
	}
	l := arms[0].Plan.Limits
	if l.Connections != 7 || l.Timeout.String() != "2s" || l.Drain.String() != "4s" || l.Requests != 0 || arms[0].Plan.Thresholds != nil {
		t.Errorf("%+v", arms[0].Plan)
	}
}
