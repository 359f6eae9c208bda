package main

import (
	"strings"
	"testing"

	"github.com/spf13/pflag"
)

const twoHosts = `version: 2
name: shop
target: http://127.0.0.1:8
phases: [{name: load, kind: hold, duration: 1s, rate: 7/s}]
journeys:
  - name: buy
    steps:
      - {name: login, url: "http://127.0.0.1:9/in", headers: ["X-Own: 1"], take: {token: "json:$.token"}}
      - {name: order, path: "/to?of=http://x/", headers: ["Authorization: Bearer {{token}}"]}
      - {name: home, url: "http://127.0.0.1:8/"}
`

// What flags add to requests goes to the target, and not to another host that a step names, which needs a rate as the target does.
func TestFlagsSecretsStayWithTheTarget(t *testing.T) {
	o := new(driveOptions)
	f := pflag.NewFlagSet("", pflag.ContinueOnError)
	o.addFlags(f)
	o.addFileFlag(f, "")
	if err := f.Parse([]string{"-f", fileOf(t, twoHosts), "-H", "X-Key: secret", "-u", "me:secret"}); err != nil {
		t.Fatal(err)
	}
	file, err := o.askedBy(sustained(t, false))
	if err != nil {
		t.Fatal(err)
	}
	list, err := subjectsOf(o, o.file, file, wordsOf(file.Target), "")
	if err != nil {
		t.Fatal(err)
	}
	if at := list[0].Plan.Target.URL; at != "http://127.0.0.1:8" {
		t.Errorf("the target is %s", at)
	}
	steps := list[0].Plan.Journeys[0].Steps
	for i, want := range []string{"http://127.0.0.1:9/in", "http://127.0.0.1:8/to?of=http://x/", "http://127.0.0.1:8/"} {
		secrets := i > 0
		if s := steps[i]; s.URL != want || (s.Header.Get("X-Key") != "") != secrets || (s.Login != "") != secrets {
			t.Errorf("%s with %v and login %q, want %s", s.URL, s.Header, s.Login, want)
		}
	}
	file.Journeys[0].Steps[0].URL = "http://login.test/in"
	if _, err := subjectsOf(o, o.file, file, wordsOf(file.Target), ""); err == nil || !strings.Contains(err.Error(), "login.test is not on this machine") {
		t.Errorf("error %v", err)
	}
}

// Rounds of journeys that think are bounded as a run of them is.
func TestComparisonsBoundJourneysInProgress(t *testing.T) {
	o := new(compareOptions)
	f := pflag.NewFlagSet("", pflag.ContinueOnError)
	o.addCompareFlags(f)
	o.addSweepFlags(f)
	if err := f.Parse([]string{"-f", fileOf(t, thinkingShop), "--max-journeys", "1000"}); err != nil {
		t.Fatal(err)
	}
	arms, err := o.armsOf([]string{"http://127.0.0.1:8", "http://127.0.0.1:9"})
	if err != nil {
		t.Fatal(err)
	}
	for _, a := range arms {
		if got := a.Plan.Limits.Journeys; got != 1000 {
			t.Errorf("%s has at most %d journeys in progress", a.Plan.Target.Name, got)
		}
	}
	if err := f.Set("max-journeys", "0"); err != nil {
		t.Fatal(err)
	}
	if _, err := o.armsOf([]string{"http://127.0.0.1:8", "http://127.0.0.1:9"}); err == nil || !strings.Contains(err.Error(), "--max-journeys must be above 0") {
		t.Errorf("--max-journeys 0: %v", err)
	}
}
