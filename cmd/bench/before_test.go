package main

import (
	"bytes"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/seed-5a006608/bench/loadgen/runfile"
	"github.com/seed-5a006608/bench/loadgen/usage"
	"github.com/seed-5a006608/bench/profiles"
	"github.com/seed-5a006608/bench/report"
	"github.com/spf13/pflag"
)

// ofBefore is a file that the program wrote before its defaults had versions.
func ofBefore(name string) string { return filepath.Join("testdata", "before", name) }

// What was made before is read and shown as it was, and compared with what is alike; else the refusal names the flag for that.
func TestARunOfBeforeMeansWhatItMeant(t *testing.T) {
	f, err := runfile.ReadFile(ofBefore("run.json.gz"))
	if err != nil {
		t.Fatal(err)
	}
	was := f.Runs[0]
	var shown bytes.Buffer
	if err := report.WriteTerminal(&shown, f.Runs, report.Options{Verbose: true, FromFile: true}); err != nil {
		t.Fatal(err)
	}
	if was.Plan.Order != runfile.Random || was.Plan.Grouping != runfile.GroupNever || strings.Count(shown.String(), "GET /x") != 2 || strings.Contains(shown.String(), "lines sent") {
		t.Errorf("%+v\n%s", was.Plan, shown.String())
	}
	const file = "GET http://127.0.0.1:18181/x\n\nGET http://127.0.0.1:18181/y\n\nGET http://127.0.0.1:18181/x\n"
	for _, tc := range []struct {
		version string
		flags   []string
		want    []string
	}{
		{"", nil, []string{
			"order of the requests: random and sequential (order random makes them alike)",
			"grouping of the endpoints: never and name (grouping never makes them alike)",
		}},
		{"", []string{"--order", "random", "--group", "never"}, nil},
		{"# none\n", nil, nil}, // a test file of before drives it as before
	} {
		list, err := sequenced(t, tc.version, file, append(tc.flags, "-T", "-", "-r", "20/s", "-d", "1s", "-c", "4")...)
		if err != nil {
			t.Fatal(err)
		}
		now, err := list[0].Plan.Record()
		if err != nil {
			t.Fatal(err)
		}
		if got := was.Plan.Differences(&now); !slices.Equal(got, tc.want) {
			t.Errorf("%q %v: %q, want %q", tc.version, tc.flags, got, tc.want)
		}
	}
}

// A baseline of before is shown, and what is asked as it was is held against it.
func TestABaselineOfBeforeMeansWhatItMeant(t *testing.T) {
	b, err := readBaseline(ofBefore("baseline.json.gz"))
	if err != nil {
		t.Fatal(err)
	}
	var shown bytes.Buffer
	if err := report.WriteBaseline(&shown, b, report.Options{}); err != nil || !strings.Contains(shown.String(), "of 127.0.0.1:18181") {
		t.Errorf("%v\n%s", err, shown.String())
	}
	b.Runs[0].Environment = usage.ReadEnvironment() // it was made on another machine, which is refused for that
	b.Runs[0].Environment.CPUs = "shared"
	path := filepath.Join(t.TempDir(), "targets")
	if err := os.WriteFile(path, []byte("GET http://h/x\nGET http://h/y\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, tc := range []struct {
		args []string
		want string
	}{
		{nil, ""},
		{[]string{"-T", path}, "(the endpoints)"},
		{[]string{"-T", path, "--order", "sequential"}, "order of the requests: random and sequential (order random makes them alike)"},
	} {
		var o compareOptions
		o.gate = &gateOptions{}
		f := pflag.NewFlagSet("gate", pflag.ContinueOnError)
		o.addCompareFlags(f)
		if err := f.Parse(tc.args); err != nil {
			t.Fatal(err)
		}
		if err := o.takePlan(b); err != nil {
			t.Fatal(err)
		}
		a, err := o.oneArm([]string{"http://127.0.0.1:18181"}, side{})
		if tc.args == nil {
			a, err = o.oneArm([]string{"http://127.0.0.1:18181/x"}, side{})
		}
		if err != nil {
			t.Fatal(err)
		}
		a.Options.Environment.CPUs = "shared"
		if err := samePlan(b, a); (err == nil) != (tc.want == "") || err != nil && !strings.Contains(err.Error(), tc.want) {
			t.Errorf("%v: %v, want %q", tc.args, err, tc.want)
		}
	}
}

// A test file of before is run as it was.
func TestATestFileOfBeforeMeansWhatItMeant(t *testing.T) {
	file, _, err := readProfile(ofBefore("test.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	if !file.AsBefore() || file.Version != 0 {
		t.Errorf("version %d", file.Version)
	}
	if again, err := profiles.Parse("again", file.YAML()); err != nil || !again.AsBefore() {
		t.Errorf("written as %s: %v", file.YAML(), err)
	}
	var o driveOptions
	f := pflag.NewFlagSet("run", pflag.ContinueOnError)
	o.addFlags(f)
	if err := f.Parse([]string{"-T", "-"}); err != nil {
		t.Fatal(err)
	}
	list, err := subjectsOf(&o, "test.yaml", file, wordsOf(file.Target), twoLines)
	if err != nil || len(list) != 2 {
		t.Fatal(list, err)
	}
	for _, s := range list {
		if r, err := s.Plan.Record(); err != nil || r.Order != runfile.Random || r.Grouping != runfile.GroupNever {
			t.Errorf("%s: %q, %q, %v", s.Name, r.Order, r.Grouping, err)
		}
	}
}
