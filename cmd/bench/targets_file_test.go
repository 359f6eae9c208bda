package main

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/seed-5a006608/bench/cmd/bench/internal/rig"
	"github.com/seed-5a006608/bench/loadgen"
	"github.com/seed-5a006608/bench/loadgen/runfile"
	"github.com/seed-5a006608/bench/profiles"
	"github.com/spf13/pflag"
)

// sequenced makes subjects of names and flags, as a command without a test file does, or with one of that version.
func sequenced(t *testing.T, version, stdin string, args ...string) ([]*rig.Target, error) {
	t.Helper()
	var o driveOptions
	f := pflag.NewFlagSet("sustained", pflag.ContinueOnError)
	o.addFlags(f)
	if err := f.Parse(args); err != nil {
		t.Fatal(err)
	}
	file, source, err := readProfile("sustained")
	if err != nil {
		t.Fatal(err)
	}
	if version != "" {
		text := strings.Replace(string(source), "version: 2\n", version, 1)
		if file, err = profiles.Parse("f.yaml", []byte(text)); err != nil {
			t.Fatal(err)
		}
	}
	names := f.Args()
	if len(file.Requests) > 0 {
		names = wordsOf(file.Target)
	}
	return subjectsOf(&o, "f.yaml", file, names, stdin)
}

const twoLines = "GET http://127.0.0.1:1/a\nGET http://127.0.0.1:1/a\nGET http://127.0.0.1:1/b\n"

// What no flag says is today's, and in a run of a test file of before what it was then; the record says which.
func TestTheDefaultsOfATargetsFile(t *testing.T) {
	for _, tc := range []struct {
		version string
		args    []string
		order   runfile.Order
		group   runfile.Grouping
	}{
		{"", nil, runfile.Sequential, runfile.GroupByName},
		{"version: 2\n", nil, runfile.Sequential, runfile.GroupByName},
		{"# none\n", nil, runfile.Random, runfile.GroupNever},
		{"version: 1\n", nil, runfile.Random, runfile.GroupNever},
		{"version: 1\n", []string{"--order", "sequential", "--group", "pattern"}, runfile.Sequential, runfile.GroupByName},
		{"", []string{"--order", "random", "--group", "never"}, runfile.Random, runfile.GroupNever},
		{"order: random\nversion: 2\n", nil, runfile.Random, runfile.GroupByName},
		{"order: random\nversion: 2\n", []string{"--order", "sequential"}, runfile.Sequential, runfile.GroupByName},
	} {
		list, err := sequenced(t, tc.version, twoLines, append(tc.args, "-T", "-")...)
		if err != nil || len(list) != 1 {
			t.Errorf("%q %v: %v", tc.version, tc.args, err)
			continue
		}
		r, err := list[0].Plan.Record()
		if err != nil || r.Order != tc.order || r.Grouping != tc.group || list[0].Name != "127.0.0.1:1" || list[0].Plan.Target.URL != "http://127.0.0.1:1" {
			t.Errorf("%q %v: %q, %q, %+v, %v", tc.version, tc.args, r.Order, r.Grouping, list[0].Plan.Target, err)
		}
	}
	list, err := sequenced(t, "", "GET http://127.0.0.1:1/a?q=C4N4RY", "-T", "-")
	if err != nil || list[0].Name != "127.0.0.1:1/a?q=…" {
		t.Errorf("%+v, %v", list, err)
	}
}

// Requests of a test file follow each other where it says so; else they are drawn, of whatever version it is.
func TestTheOrderOfATestFilesRequests(t *testing.T) {
	const requests = "target: http://127.0.0.1:1\nrequests:\n  - path: /a\n  - path: /b\n"
	for version, want := range map[string]runfile.Order{
		"version: 2\n" + requests: runfile.Random, requests: runfile.Random, "version: 2\norder: sequential\n" + requests: runfile.Sequential,
	} {
		list, err := sequenced(t, version, "")
		if err != nil {
			t.Fatal(err)
		}
		if r, err := list[0].Plan.Record(); err != nil || r.Order != want {
			t.Errorf("%q: %q, %v", version, r.Order, err)
		}
	}
	_, err := sequenced(t, "order: sequential\n"+requests+"    weight: 2\n", "")
	if err == nil || !strings.Contains(err.Error(), "f.yaml:") || !strings.Contains(err.Error(), "a weight means nothing") {
		t.Errorf("error %v", err)
	}
}

func TestFlagsOfATargetsFileNeedOne(t *testing.T) {
	for _, tc := range []struct {
		args []string
		want string
	}{
		{[]string{"http://127.0.0.1:1/", "--order", "random"}, "--order says how the requests of a targets file"},
		{[]string{"http://127.0.0.1:1/", "--group", "never"}, "--group says how the requests of a targets file"},
		{[]string{"-T", "-", "--order", "shuffled"}, "--order shuffled: the order of requests is sequential, as they stand in the file, or random"},
		{[]string{"-T", "-", "--group", "all"}, "--group all: it is pattern, name or never"},
		{[]string{"-T", "-", "-X", "POST"}, "--method is for a URL: each request of the targets file has its own"},
		{[]string{"-T", "no-such-file"}, "--targets no-such-file: cannot be read: no such file"},
	} {
		_, err := sequenced(t, "", twoLines, tc.args...)
		if err == nil || !strings.Contains(err.Error(), tc.want) {
			t.Errorf("%v: %v, want %q", tc.args, err, tc.want)
		}
	}
	for text, want := range map[string]string{
		"GET http://127.0.0.1:1/a\n\nGET http://bench.invalid/b":           "--targets standard input:3: bench.invalid is not on this machine",
		"GET http://127.0.0.1:1/a\n\nGET http://127.0.0.1:1/{{nothing x}}": "--targets standard input:3: URL",
		"GET http://127.0.0.1:1/a\nX-U: {{nothing x}}":                     "--targets standard input:2: header X-U",
		"GET http://127.0.0.1:1/a\n\nPOST http://127.0.0.1:1/\n{}":         "--targets standard input:4: a body comes from @file",
	} {
		if _, err := sequenced(t, "", text, "-T", "-"); err == nil || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("%q: %v", text, err)
		}
	}
}

// pathsServer answers all, and keeps the paths that it was asked for.
func pathsServer(t *testing.T) (url string, taken func() string) {
	var mu sync.Mutex
	var paths []string
	s := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		mu.Lock()
		defer mu.Unlock()
		paths = append(paths, r.URL.Path)
	}))
	t.Cleanup(s.Close)
	return s.URL, func() string {
		mu.Lock()
		defer mu.Unlock()
		all := strings.Join(paths, " ")
		paths = nil
		return all
	}
}

// Rounds of a comparison go on in the file where those before ended, and both rounds of a pair send the same; the file's requests
// are asked of each side.
func TestRoundsGoOnInTheFile(t *testing.T) {
	t.Parallel()
	var file strings.Builder
	for i := range 7 {
		fmt.Fprintf(&file, "GET http://elsewhere.invalid/%d\n", i)
	}
	path := filepath.Join(t.TempDir(), "targets")
	if err := os.WriteFile(path, []byte(file.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, engine := range loadgen.Engines() {
		urlA, takenA := pathsServer(t)
		urlB, takenB := pathsServer(t)
		var o compareOptions
		f := pflag.NewFlagSet("compare", pflag.ContinueOnError)
		o.addCompareFlags(f)
		if err := f.Parse([]string{"-T", path, "-r", "20/s", "-c", "1", "--drain", "1m", "--timeout", "1m", "--engine", engine}); err != nil {
			t.Fatal(err)
		}
		arms, err := o.armsOf([]string{urlA, urlB})
		if err != nil {
			t.Fatal(err)
		}
		a, b := arms[0], arms[1]
		round := func(a *rig.Target) {
			if _, err := a.Drive(t.Context(), rig.Hold("round", 0, 250*time.Millisecond, 20), nil, 1); err != nil {
				t.Fatal(err)
			}
		}
		round(a) // a warm-up, of which B had none
		rig.Alike(arms)
		round(a)
		round(b)
		if got := takenA(); got != "/0 /1 /2 /3 /4 /5 /6 /0 /1 /2" {
			t.Errorf("%s: A was asked for %s", engine, got)
		}
		if got := takenB(); got != "/5 /6 /0 /1 /2" {
			t.Errorf("%s: B was asked for %s", engine, got)
		}
		rig.Alike(arms)
		round(b)
		round(a)
		if gotA, gotB := takenA(), takenB(); gotA != "/3 /4 /5 /6 /0" || gotA != gotB {
			t.Errorf("%s: then %s and %s", engine, gotA, gotB)
		}
		if progress(a) != "7 lines sent 2.1 times" || progress(b) != "7 lines sent 1.4 times" {
			t.Errorf("%s: %s, %s", engine, progress(a), progress(b))
		}
	}
	// Runs of a baseline, and those of a new version that is held against it, begin at the same lines.
	url, taken := pathsServer(t)
	var o compareOptions
	f := pflag.NewFlagSet("compare", pflag.ContinueOnError)
	o.addCompareFlags(f)
	if err := f.Parse([]string{"-T", path, "-r", "20/s", "-c", "1", "--drain", "1m", "--timeout", "1m", "-q"}); err != nil {
		t.Fatal(err)
	}
	arms, err := o.armsOf([]string{url, url})
	if err != nil {
		t.Fatal(err)
	}
	for range 2 {
		taken()
		c := o.conductor(t.Context(), arms[:1], io.Discard)
		fresh := c.fresh(rig.Hold("baseline", 0, 250*time.Millisecond, 20), []uint64{1, 2})
		if err := c.Fresh(t.Context(), fresh); err != nil {
			t.Fatal(err)
		}
		if got := taken(); fresh.Again == 0 && got != "/0 /1 /2 /3 /4 /5 /6 /0 /1 /2" {
			t.Errorf("two runs ask for %s", got)
		}
	}
	if _, err := o.armsOf([]string{url + "/path", url}); err == nil || !strings.Contains(err.Error(), "the paths are the file's") {
		t.Errorf("error %v", err)
	}
}
