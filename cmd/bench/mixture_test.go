package main

import (
	"strings"
	"testing"

	"github.com/seed-5a006608/bench/profiles"
	"github.com/seed-5a006608/bench/targets"
	"github.com/spf13/pflag"
)

// What a bundled service is asked with a strategy reads and writes versions of one key; without one it does not.
func TestBundledServicesTellVersions(t *testing.T) {
	for text, want := range map[string]bool{"cached": false, "cached:ttl": true, "cached:write-behind,mix=50/50": true, "cached:ttl,mix=100/0": false} {
		target, err := targets.Parse(text, targets.ServeOptions{})
		if err != nil {
			t.Fatal(err)
		}
		m, err := bundledMixture(mixture{}, &target.Service)
		if err != nil {
			t.Errorf("%s: %v", text, err)
			continue
		}
		for i, r := range m.at("http://127.0.0.1") {
			if err := r.Check(); err != nil || (r.Consistency != nil) != want {
				t.Errorf("%s: request %d: %+v, %v", text, i, r.Consistency, err)
			}
		}
	}
}

// What is wrong with the consistency of a request is said with file and line.
func TestConsistencyOfATestFile(t *testing.T) {
	const head = "name: x\nphases: [{name: a, kind: hold, duration: 1s, rate: 5}]\nrequests:\n  - path: /items/{{zipf 100 1.1}}\n"
	for text, want := range map[string]string{
		"    consistency: {role: read, key: 'path~^/items/([0-9]+)', version: 'header:X-V~\"(.*)\"'}\n":     "",
		"    method: PUT\n    body: '{{version}}'\n    consistency: {role: write, key: 'path~/([0-9]+)'}\n": "",
		"    consistency:\n      role: read\n      key: path~x\n      version: header:X\n":                  "x.yaml:7: consistency: key: the regular expression after path~ has no group",
		"    consistency:\n      role: read\n      key: path~(x)\n      version: status\n":                  "x.yaml:8: consistency: version: write what is taken of an answer as",
		"    consistency: {role: write, key: 'path~/([0-9]+)'}\n":                                           "x.yaml:4: consistency: a write sends its version where {{version}} stands",
		"    body: '{{version}}'\n": "x.yaml:4: {{version}} stands in a request that is no write",
	} {
		file, err := profiles.Parse("x.yaml", []byte(head+text))
		if err != nil {
			t.Fatal(err)
		}
		a := asking{driveOptions: &driveOptions{given: pflag.NewFlagSet("", pflag.ContinueOnError)}, file: file, name: "x.yaml"}
		_, err = a.mixture()
		if want == "" && err != nil || want != "" && (err == nil || !strings.HasPrefix(err.Error(), want)) {
			t.Errorf("%s: %v, want %q", text, err, want)
		}
	}
}

// The test file that the help shows can be driven.
func TestConsistencyOfTheHelp(t *testing.T) {
	text, _ := topic("caching")
	_, block, _ := strings.Cut(text, "```\nversion: 2")
	block, _, _ = strings.Cut(block, "```")
	file, err := profiles.Parse("stale.yaml", []byte("version: 2"+block))
	if err != nil {
		t.Fatal(err)
	}
	a := asking{driveOptions: &driveOptions{given: pflag.NewFlagSet("", pflag.ContinueOnError)}, file: file, name: "stale.yaml"}
	if m, err := a.mixture(); err != nil || len(m.versions) != 2 || m.versions[0] == nil || !m.versions[1].Write {
		t.Errorf("%+v, %v", m.versions, err)
	}
}
