package main

import (
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/seed-5a006608/bench/cmd/bench/internal/rig"
	"github.com/seed-5a006608/bench/loadgen/runfile"
	"github.com/seed-5a006608/bench/profiles"
	"github.com/seed-5a006608/bench/report/capacity"
	"github.com/spf13/pflag"
)

// Whatever drives a target can name it.
func TestWhatDrivesNamesItsTargets(t *testing.T) {
	found := 0
	for _, c := range commandsOf(newRoot(streams{in: strings.NewReader(""), out: io.Discard, err: io.Discard})) {
		if c.Name() == "selfcheck" || !drives(c) {
			continue
		}
		if found++; c.Flags().Lookup("name") == nil {
			t.Errorf("%s has no --name", c.CommandPath())
		}
	}
	if found < 10 {
		t.Errorf("%d commands drive", found)
	}
}

// namedArms makes arms of a gate, or of a comparison, with those flags.
func namedArms(t *testing.T, gate *gateOptions, args ...string) ([]*rig.Target, *compareOptions, error) {
	t.Helper()
	o := &compareOptions{gate: gate}
	f := pflag.NewFlagSet("", pflag.ContinueOnError)
	o.addCompareFlags(f)
	if err := f.Parse(args); err != nil {
		t.Fatal(err)
	}
	arms, err := o.armsOf(f.Args())
	return arms, o, err
}

// A name is that of the target in all that is said of it, and what bench knows of a bundled service stays known.
func TestNamesOfTargets(t *testing.T) {
	urls := []string{"http://127.0.0.1:8081", "http://127.0.0.1:8082"}
	for _, tc := range []struct {
		gate   *gateOptions
		args   []string
		labels []string
	}{
		{nil, append(urls, "--name", "stable", "--name", "canary"), []string{"stable", "canary"}},
		{&gateOptions{}, append(urls, "--name", "stable", "--name", "canary"), []string{"stable", "canary"}},
		{&gateOptions{}, []string{"--a", urls[0], "--b", urls[1], "--name", "v1", "--name", "v2"}, []string{"v1", "v2"}},
		{&gateOptions{}, urls, []string{"old", "new"}},
		{nil, []string{"cached", "uncached", "--name", "front", "--name", "back"}, []string{"front", "back"}},
	} {
		arms, o, err := namedArms(t, tc.gate, tc.args...)
		if err != nil {
			t.Errorf("%v: %v", tc.args, err)
			continue
		}
		for i, a := range arms {
			target := a.Plan.Target
			if a.Label != tc.labels[i] || target.Named != (len(o.names) > 0) || target.Named && target.Name != tc.labels[i] {
				t.Errorf("%v: %d is called %q, of %+v", tc.args, i, a.Label, target)
			}
			if a.Service != nil && (target.ServiceName() != a.Service.Name || a.Name != a.Service.Name) {
				t.Errorf("%v: the service of %d is %q", tc.args, i, target.ServiceName())
			}
		}
		repeat := o.repeat(nil)
		for _, n := range o.names {
			if !strings.Contains(repeat, " --name "+n) {
				t.Errorf("repeat: %s", repeat)
			}
		}
	}
}

func TestNamesThatCannotBe(t *testing.T) {
	for _, tc := range []struct {
		names []string
		want  string
	}{
		{[]string{"one"}, "--name names a target each, in their order: got 1 for 2"},
		{[]string{"a", "b", "c"}, "got 3 for 2"},
		{[]string{"a", "a"}, "--name a: two targets cannot have one name"},
		{[]string{"a", ""}, "a name is not empty"},
		{[]string{"a", " b"}, "neither begins nor ends with a space"},
		{[]string{"a", "b\x1b[1m"}, "--name number 2: a name is text that can be printed"},
		{[]string{"a", "b\nc"}, "--name number 2: "},
		{[]string{"a", "b\xff"}, "--name number 2: "},
		{[]string{"a", strings.Repeat("b", maxName+1)}, "at most 120 columns"},
	} {
		args := []string{cachePair.Cached, cachePair.Uncached}
		for _, n := range tc.names {
			args = append(args, "--name", n)
		}
		if _, _, err := namedArms(t, nil, args...); err == nil || !strings.Contains(err.Error(), tc.want) {
			t.Errorf("%q: %v, want %q", tc.names, err, tc.want)
		}
	}
}

// Each file of the runs at named targets says which is which, and so does their history.
func TestANameStandsInEveryFile(t *testing.T) {
	t.Chdir(t.TempDir())
	t.Setenv("GITHUB_ACTIONS", "")
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "answer") }))
	defer server.Close()
	args := []string{"sustained", server.URL, server.URL, "-r", "100/s", "-d", "200ms", "--name", "shop", "--name", "front", "--threshold", "errors<50%"}
	several := slices.DeleteFunc(slices.Clone(runsShown.formats), func(f format[[]*runfile.Run]) bool { return f.kind == "gitlab" }) // of one target, without its name
	for _, f := range several {
		args = append(args, "-o", f.kind+"=out."+f.kind)
	}
	var stdout strings.Builder
	if code := run(t.Context(), args, strings.NewReader(""), &stdout, io.Discard); code != exitOK && code != exitLimited {
		t.Fatalf("exit %d: %s", code, stdout.String())
	}
	if !strings.HasPrefix(stdout.String(), "bench sustained · shop, front") {
		t.Error(stdout.String())
	}
	for _, f := range several {
		text, err := os.ReadFile("out." + f.kind)
		if err != nil || !strings.Contains(string(text), "shop") || !strings.Contains(string(text), "front") {
			t.Errorf("-o %s: %v: a name is missing in\n%s", f.kind, err, text)
		}
	}
	stdout.Reset()
	if code := run(t.Context(), []string{"history"}, strings.NewReader(""), &stdout, io.Discard); code != exitOK || !strings.Contains(stdout.String(), "shop") {
		t.Errorf("history: exit %d: %s", code, stdout.String())
	}
}

// The sizes of a named service go by its name.
func TestSizesOfANamedService(t *testing.T) {
	var o capacityOptions
	f := pflag.NewFlagSet("capacity", pflag.ContinueOnError)
	o.addFlags(f)
	if err := f.Parse([]string{"--name", "front", "--gomaxprocs", "1,2"}); err != nil {
		t.Fatal(err)
	}
	objectives, err := o.objectives(profiles.File{})
	if err != nil {
		t.Fatal(err)
	}
	sizes, err := o.capacitySubjects(anyStep(), []string{"cached"}, objectives, streams{})
	if err != nil || len(sizes) != 2 || sizes[1].Plan.Target.Name != "front, GOMAXPROCS 2" || sizes[1].Name != "cached" {
		t.Errorf("%v: %+v", err, sizes)
	}
}

// Of several named targets the suggestion names the one that it is of.
func TestASuggestionKeepsTheName(t *testing.T) {
	var o capacityOptions
	f := pflag.NewFlagSet("capacity", pflag.ContinueOnError)
	o.addFlags(f)
	if err := f.Parse([]string{"--name", "front", "--name", "back"}); err != nil {
		t.Fatal(err)
	}
	c := capacity.Capacity{Target: runfile.Target{Name: "back", Bundled: true, Named: true, Service: "uncached"}, MaxRate: capacity.MaxRate{Confirmed: 100}}
	if got := o.again(&c); got != "bench sustained uncached --name back --rate 95/s --warm-up 10s" {
		t.Error(got)
	}
	runs := []*runfile.Run{{Target: c.Target, Verdict: runfile.Verdict{Kind: runfile.TargetLimited}}}
	if got := nextSteps(runs); !slices.Equal(got, []string{"bench step uncached (how much can it take?)"}) {
		t.Error(got)
	}
}
