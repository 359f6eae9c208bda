package main

import (
	"strings"
	"testing"
	"time"

	"github.com/seed-5a006608/bench/profiles"
	"github.com/spf13/pflag"
)

const askingFile = `version: 2
name: shop
target: http://127.0.0.1:9
phases: [{name: load, kind: hold, duration: 1s, rate: 7/s}]
think: 1s
requests: [{path: /a, expect: status=201}, {path: /b}]
limits: {timeout: 2s, connections: 9, requests: 50}
expect: [status=204]
thresholds: ["p99@load<1s"]
abort_on: ["errors>1%"]
slo: ["p95<70ms"]
outputs: ["json=a.json"]
`

// A file of which only the requests are taken needs no profile; what it has of one is held to the rules.
func TestAnAskedFileWithoutAProfile(t *testing.T) {
	const journeys = "journeys: [{name: buy, steps: [{name: look, path: /}, {name: order, path: /orders}]}]\n"
	for text, want := range map[string]string{
		journeys:                              "",
		"version: 2\nname: shop\n" + journeys: "",
		"name: a/b\n" + journeys:              ":1: name must begin with a letter",
		"phases: [{name: x, kind: hold, duration: 1s, rate: 1}]\n": ":1: name missing",
		"name: x\nphases: [{name: x}]\n":                           `:2: phase "x": kind missing`,
	} {
		o := new(driveOptions)
		o.file = fileOf(t, text)
		spike := sustained(t, false)
		file, err := o.askedBy(spike)
		if want == "" && (err != nil || file.Name != spike.Name || len(file.Phases) != len(spike.Phases) || len(file.Journeys) != 1) {
			t.Errorf("%q: %v, %+v", text, err, file)
		} else if want != "" && (err == nil || !strings.Contains(err.Error(), want)) {
			t.Errorf("%q: %v", text, err)
		}
	}
}

// Of --file a driving command takes what is asked, of whom, and by which checks and limits. Its profile, and what judges, stay its own,
// and flags go before both.
func TestAFilesRequestsAreDrivenByAnotherProfile(t *testing.T) {
	path := fileOf(t, askingFile)
	for _, c := range driveCommands(streams{}) {
		if c.Flags().ShorthandLookup("f") == nil {
			t.Errorf("%s has no -f", c.Name())
		}
	}
	o := new(driveOptions)
	f := pflag.NewFlagSet("", pflag.ContinueOnError)
	o.addFlags(f)
	o.addFileFlag(f, "")
	if err := f.Parse([]string{"-f", path, "--timeout", "3s"}); err != nil {
		t.Fatal(err)
	}
	spike := sustained(t, false)
	file, err := o.askedBy(spike)
	if err != nil {
		t.Fatal(err)
	}
	list, err := subjectsOf(o, path, file, wordsOf(o.targetsOf(file, nil)), "")
	if err != nil || len(list) != 1 {
		t.Fatal(list, err)
	}
	p := list[0].Plan
	if p.Target.URL != "http://127.0.0.1:9" || p.Profile.Name != spike.Name || len(p.Requests) != 2 || p.Requests[1].URL != "http://127.0.0.1:9/b" {
		t.Errorf("%s drives %+v", p.Profile.Name, p.Requests)
	}
	if l := p.Limits; l.Timeout != 3*time.Second || l.Connections != 9 || l.Requests != 50 {
		t.Errorf("%+v", l)
	}
	if len(p.Requests[0].Expect) != 1 || len(p.Expect) != 1 || p.Thresholds != nil || p.Abort.On != nil || p.Closed != nil || len(file.Outputs) > 0 {
		t.Errorf("%+v", p)
	}
	var printed strings.Builder
	if err := o.printProfile(file, nil, &printed); err != nil {
		t.Fatal(err)
	}
	if again, err := profiles.Parse("printed", []byte(printed.String())); err != nil || again.Name != spike.Name || len(again.Requests) != 2 {
		t.Errorf("%v: %s", err, &printed)
	}
	o.file = fileOf(t, askingFile+"hit_when: x\n")
	if _, err := o.askedBy(spike); err == nil || !strings.HasPrefix(err.Error(), o.file+":13: hit_when") {
		t.Errorf("error %v", err)
	}
}

// A comparison asks for what a file does and judges no objective; a search takes its objectives.
func TestAFileIsAskedOfThoseThatAreCompared(t *testing.T) {
	path := fileOf(t, askingFile)
	var o compareOptions
	f := pflag.NewFlagSet("", pflag.ContinueOnError)
	o.addCompareFlags(f)
	o.addSweepFlags(f)
	if err := f.Parse([]string{"-f", path}); err != nil {
		t.Fatal(err)
	}
	arms, err := o.armsOf([]string{"http://127.0.0.1:8", "http://127.0.0.1:9"})
	if err != nil {
		t.Fatal(err)
	}
	for i, host := range []string{"http://127.0.0.1:8", "http://127.0.0.1:9"} {
		p := arms[i].Plan
		if len(p.Requests) != 2 || p.Requests[0].URL != host+"/a" || p.Limits.Requests != 0 || len(p.SLO) > 0 || len(arms[i].Notes) != 1 {
			t.Errorf("%+v, notes %q", p, arms[i].Notes)
		}
	}
	var c capacityOptions
	f = pflag.NewFlagSet("", pflag.ContinueOnError)
	c.addFlags(f)
	if err := f.Parse([]string{"-f", path, "--max-rate", "10/s"}); err != nil {
		t.Fatal(err)
	}
	file, err := c.askedBy(anyStep())
	if err != nil {
		t.Fatal(err)
	}
	objectives, err := c.objectives(file)
	if err != nil || len(objectives) != 1 || objectives[0].Text != "p95<70ms" {
		t.Errorf("%+v, %v", objectives, err)
	}
	list, err := c.capacitySubjects(file, nil, objectives, streams{})
	if err != nil || len(list) != 1 || len(list[0].Plan.Requests) != 2 || list[0].Plan.Limits.Requests != 0 {
		t.Errorf("%+v, %v", list, err)
	}
}
