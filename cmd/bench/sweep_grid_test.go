package main

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/seed-5a006608/bench/cmd/bench/internal/rig"
	"github.com/spf13/pflag"
)

// sweepOf are the options of a comparison with those arguments.
func sweepOf(t *testing.T, args ...string) *compareOptions {
	t.Helper()
	o := new(compareOptions)
	f := pflag.NewFlagSet("compare", pflag.ContinueOnError)
	o.addCompareFlags(f)
	o.addSweepFlags(f)
	if err := f.Parse(args); err != nil {
		t.Fatal(err)
	}
	return o
}

func TestGridOfABundledService(t *testing.T) {
	for _, c := range []struct {
		subject string
		flags   []string
		want    []string // label: target
		note    string
	}{
		{"pooled", []string{"--sweep", "size=1,2"}, []string{"size=1: pooled:size=1", "size=2: pooled:size=2"}, ""},
		{"cached", []string{"--sweep", "strategy=none,ttl"}, []string{"none: cached:none", "ttl: cached:ttl,ttl=2s"}, "ttl=2s, as none was given"},
		{"cached:ttl=1s,flight=off", []string{"--sweep", "strategy=none,aside"}, []string{"none: cached:none", "aside: cached:aside,ttl=1s"}, ""},
		{"cached", []string{"--sweep", "strategy=ttl,swr", "--ttl", "3s"}, []string{"ttl: cached:ttl", "swr: cached:swr"}, ""},
		{"cached", []string{"--sweep", "strategy=none,ttl", "--sweep", "ttl=1s,4s"},
			[]string{"none: cached:none", "ttl, ttl=1s: cached:ttl,ttl=1s", "ttl, ttl=4s: cached:ttl,ttl=4s"}, "none has not every option that is swept, and is one cell"},
		{"cached:aside", []string{"--sweep", "cold=true, false"}, []string{"cold=true: cached:aside,cold", "cold=false: cached:aside"}, ""},
		{"pooled", []string{"--sweep", "size=1,01,2"}, []string{"size=1: pooled:size=1", "size=2: pooled:size=2"}, "size=01 is the same as size=1 and left out"},
		{"cached:write-behind", []string{"--sweep", "interval=100ms,1s"}, []string{"interval=100ms: cached:write-behind,interval=100ms", "interval=1s: cached:write-behind,interval=1s"}, ""},
	} {
		g, err := sweepOf(t, c.flags...).grid([]string{c.subject})
		if err != nil {
			t.Errorf("%s %v: %v", c.subject, c.flags, err)
			continue
		}
		var got []string
		for _, cell := range g.cells {
			got = append(got, cell.label+": "+cell.target)
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("%s %v: %q, want %q", c.subject, c.flags, got, c.want)
		}
		if c.note != "" && !slices.Contains(g.notes, c.note) || c.note == "" && len(g.notes) > 0 {
			t.Errorf("%s %v: notes %q, want %q", c.subject, c.flags, g.notes, c.note)
		}
	}
}

// Values of a numeric option have more time each, and no sweep of them more than six minutes.
func TestTimeOfASweep(t *testing.T) {
	for _, c := range []struct {
		name   string
		sweeps []string
		want   time.Duration
	}{
		{"pooled", []string{"size=1,2"}, 3 * time.Minute},
		{"pooled", []string{"size=1,2,4,8,16,32"}, 6 * time.Minute},
		{"cached", []string{"ttl=1s,2s,4s,8s,16s,32s,64s,128s"}, 6 * time.Minute},
		{"cached", []string{"strategy=none,ttl,aside,swr"}, 3 * time.Minute},
		{"cached", []string{"size=1,2", "ttl=1s,2s"}, 3 * time.Minute},
	} {
		var flags []string
		for _, s := range c.sweeps {
			flags = append(flags, "--sweep", s)
		}
		g, err := sweepOf(t, flags...).grid([]string{c.name})
		if err != nil {
			t.Fatal(err)
		}
		if got := g.time(); got != c.want {
			t.Errorf("%v: %v, want %v", c.sweeps, got, c.want)
		}
	}
}

func TestGridRefusals(t *testing.T) {
	for _, c := range []struct {
		names []string
		flags []string
		want  string
	}{
		{[]string{"pooled"}, []string{"--sweep", "size"}, "write it as NAME=VALUE,VALUE"},
		{[]string{"pooled"}, []string{"--sweep", "size=1,"}, "a value is empty"},
		{[]string{"pooled"}, []string{"--sweep", "size=1,1"}, "1 stands there twice"},
		{[]string{"pooled"}, []string{"--sweep", "size=1,2", "--sweep", "size=3"}, "size is swept twice"},
		{[]string{"pooled"}, []string{"--sweep", "size=1"}, "got 1"},
		{[]string{"pooled"}, []string{"--sweep", "size=1,01"}, "got 1, as all values come to pooled:size=1: give others"},
		{[]string{"cached"}, []string{"--sweep", "strategy=none", "--sweep", "ttl=1s,2s"}, "got 1, as all values come to cached:none: give others"},
		{[]string{"pooled"}, []string{"--sweep", "size=1,2,3,4,5,6,7,8,9"}, "these are 9"},
		{[]string{"pooled"}, []string{"--sweep", "size=1,2,3", "--sweep", "db-rtt=0s,1ms,2ms"}, "these are 9"},
		{[]string{"pooled"}, []string{"--sweep", "sizes=1,2"}, "did you mean size?"},
		{[]string{"pooled:size=2"}, []string{"--sweep", "size=1,2"}, "give it once"},
		{[]string{"cached:aside"}, []string{"--sweep", "strategy=none,ttl"}, "strategy is an option of cached:aside and of --sweep: give it once"},
		{[]string{"127.0.0.1:8080"}, []string{"--sweep", "a=1,2"}, "did you mean http://127.0.0.1:8080?"},
		{[]string{"cachd"}, []string{"--sweep", "strategy=none,ttl"}, "did you mean cached?"},
		{[]string{"cached"}, []string{"--sweep", "strategy=none,lru"}, `no caching strategy "lru"`},
		{nil, []string{"--sweep", "size=1,2", "--a", "http://127.0.0.1:1/"}, "{size} stands neither"},
		{nil, []string{"--sweep", "size=1,2", "--a", "http://127.0.0.1:{port}/{size}"}, "give the command"},
		{nil, []string{"--sweep", "size=1,2", "--a", "http://127.0.0.1:{port}/", "--a-cmd", "serve {size}"}, "{port} stands in --a and not in --a-cmd"},
		{nil, []string{"--sweep", "size=1,2", "--a", "http://127.0.0.1:1/", "--a-cmd", "serve {size} {port}"}, "two cells one host and port"},
		{nil, []string{"--sweep", "port=1,2", "--a", "http://127.0.0.1:{port}/"}, "{port} is a free port"},
	} {
		if _, err := sweepOf(t, c.flags...).grid(c.names); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%v %v: %v, want %q", c.names, c.flags, err, c.want)
		}
	}
}

func TestSweepGoesWithoutTheFlagsOfTwo(t *testing.T) {
	for _, c := range []struct {
		names []string
		flags []string
		want  string
	}{
		{[]string{"cached", "uncached"}, []string{"--sweep", "size=1,2"}, "takes one service"},
		{nil, []string{"--sweep", "size=1,2"}, "takes what is swept"},
		{[]string{"run.json"}, []string{"--sweep", "size=1,2"}, "saved runs were driven already"},
		{[]string{"cached"}, []string{"--sweep", "size=1,2", "--at", "70%"}, "--at is for two"},
		{[]string{"cached"}, []string{"--sweep", "size=1,2", "--name", "x"}, "--name is for two"},
		{[]string{"cached", "uncached"}, []string{"--slo", "p99<1s"}, "--slo is for --sweep"},
		{[]string{"cached", "uncached"}, []string{"--no-kill"}, "--no-kill is for --sweep"},
	} {
		if err := sweepOf(t, c.flags...).checkSweep(c.names); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%v %v: %v, want %q", c.names, c.flags, err, c.want)
		}
	}
}

// What a kill would tell is no objective where nothing is killed.
func TestLostWritesNeedAKill(t *testing.T) {
	file := filepath.Join(t.TempDir(), "lost.yaml")
	if err := os.WriteFile(file, []byte(`
version: 2
name: lost
requests:
  - {path: /items/1, consistency: {role: read, key: 'path~/items/([0-9]+)', version: 'header:X-Version'}}
  - {path: /items/1, method: PUT, body: '{{version}}', consistency: {role: write, key: 'path~/items/([0-9]+)'}}
origin: {url: 'http://127.0.0.1:1/items/{{key}}'}
`), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		names []string
		flags []string
		want  string
	}{
		{[]string{"cached"}, []string{"--sweep", "strategy=none,ttl", "--slo", "lost<=0"}, ""},
		{[]string{"cached"}, []string{"--sweep", "strategy=none,ttl", "--slo", "p99<1s", "--no-kill"}, ""},
		{[]string{"cached"}, []string{"--sweep", "strategy=none,ttl", "--slo", "lost<=0", "--no-kill"}, "slo lost<=0: what is lost is told by killing each service at the end: leave --no-kill out"},
		{nil, []string{"--sweep", "size=1,2", "--a", "http://127.0.0.1:1/{size}", "--file", file, "--slo", "lost<=0"}, "slo lost<=0: what is lost is told by killing each service at the end, and bench kills only what it starts: give its command with --a-cmd"},
		{nil, []string{"--sweep", "size=1,2", "--a", "http://127.0.0.1:{port}/{size}", "--a-cmd", "./server {size} {port}", "--file", file, "--slo", "lost<=0"}, ""},
	} {
		o := sweepOf(t, c.flags...)
		g, err := o.grid(c.names)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := o.cellArms(g); (err == nil) != (c.want == "") || err != nil && err.Error() != c.want {
			t.Errorf("%v: %v, want %q", c.flags, err, c.want)
		}
	}
}

// Names in braces become values; a shell's variables, templates and other braces stay.
func TestSubstitution(t *testing.T) {
	values := map[string]string{"cache": "lru", "port": "20001"}
	for text, want := range map[string]string{
		"./server --cache {cache} --port {port}": "./server --cache lru --port 20001",
		"{cache}{port}":                          "lru20001",
		"${port} {{cache}} {other} {}":           "${port} {{cache}} {other} {}",
		"awk '{print}' {cache}":                  "awk '{print}' lru",
		"/item/{{zipf 9 1.1}}?c={cache}":         "/item/{{zipf 9 1.1}}?c=lru",
		"":                                       "",
	} {
		if got := substitute(text, values); got != want {
			t.Errorf("%q becomes %q, want %q", text, got, want)
		}
	}
}

// Each cell of a command has a port of its own, and a test file is read with the cell's values.
func TestCellsOfACommand(t *testing.T) {
	path := filepath.Join(t.TempDir(), "test.yaml")
	file := "version: 2\nname: items\nphases: [{name: hold, kind: hold, duration: 1s, rate: 10/s}]\nrequests:\n  - path: /items/{{zipf 9 1.1}}?cache={cache}\n"
	if err := os.WriteFile(path, []byte(file), 0o600); err != nil {
		t.Fatal(err)
	}
	o := sweepOf(t, "--sweep", "cache=off,lru", "--a-cmd", "server -p {port}", "--a", "http://127.0.0.1:{port}", "--file", path)
	g, err := o.grid(nil)
	if err != nil {
		t.Fatal(err)
	}
	arms, err := o.cellArms(g)
	if err != nil {
		t.Fatal(err)
	}
	ports := map[string]bool{}
	for i, want := range []string{"off", "lru"} {
		port := g.cells[i].values["port"]
		ports[port] = true
		if a := arms[i]; a.Command != "server -p "+port || a.Label != "cache="+want ||
			a.Plan.Requests[0].URL != fmt.Sprintf("http://127.0.0.1:%s/items/{{zipf 9 1.1}}?cache=%s", port, want) {
			t.Errorf("%s: %q, %q", a.Label, a.Command, a.Plan.Requests[0].URL)
		}
	}
	if len(ports) != 2 {
		t.Errorf("ports %v", ports)
	}
}

// The kills at the end fill a database for each cell that loses writes, and start it three times.
func TestTimeOfKills(t *testing.T) {
	for _, c := range []struct {
		flags []string
		want  time.Duration
	}{
		{[]string{"--sweep", "strategy=none,ttl"}, 2*5*time.Second + 20*time.Second + 3*4*time.Second},
		{[]string{"--sweep", "strategy=none,ttl", "--no-kill"}, 0},
	} {
		o := sweepOf(t, c.flags...)
		g, err := o.grid([]string{"cached"})
		if err != nil {
			t.Fatal(err)
		}
		arms, err := o.cellArms(g)
		if err != nil {
			t.Fatal(err)
		}
		conductor := conductor{Rig: &rig.Rig{Targets: arms, Filled: 20 * time.Second}, o: o, brought: 4 * time.Second}
		if got := conductor.killing(); got != c.want {
			t.Errorf("%v: %v, want %v", c.flags, got, c.want)
		}
	}
}
