package rig

import (
	"bytes"
	"fmt"
	"net/http"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/seed-5a006608/bench/loadgen"
	"github.com/seed-5a006608/bench/loadgen/request"
	"github.com/seed-5a006608/bench/loadgen/runfile"
	"github.com/seed-5a006608/bench/targets"
	"github.com/seed-5a006608/bench/targets/catalogue"
	"github.com/seed-5a006608/bench/targets/postgres/postgrestest"
)

// onServer is a rig of bundled services with databases that outlive them, whose requests have that method.
func onServer(t *testing.T, dsn, method string, names ...string) *Rig {
	t.Helper()
	r := &Rig{CPUs: "shared", KeepsDatabases: true, Serving: targets.ServeOptions{DB: dsn}, Say: func(_, _ string) {}, Warn: func(_, text string) { t.Log(text) }}
	for _, name := range names {
		parsed, err := targets.Parse(name, r.Serving)
		if err != nil {
			t.Fatal(err)
		}
		target := &Target{Name: name, Service: &parsed.Service, Cold: true, Plan: loadgen.Plan{Target: runfile.Target{Name: name}, Profile: Hold("test", 0, time.Second, 10)}}
		target.Ask = func(plan *loadgen.Plan, address string) error {
			plan.Requests = []request.Request{{Method: method, URL: address + "/categories/1/headline"}}
			return nil
		}
		if err := target.Ask(&target.Plan, "http://127.0.0.1"); err != nil {
			t.Fatal(err)
		}
		r.Targets = append(r.Targets, target)
	}
	t.Cleanup(func() {
		if err := r.Down(); err != nil {
			t.Error(err)
		}
	})
	if err := r.Up(t.Context()); err != nil {
		t.Fatal(err)
	}
	return r
}

// places are the directories of the data of each target's process.
func places(t *testing.T, r *Rig) (list []string) {
	t.Helper()
	for _, target := range r.Targets {
		line, err := os.ReadFile(fmt.Sprintf("/proc/%d/cmdline", target.Options.TargetPID))
		if err != nil {
			t.Fatal(err)
		}
		for _, arg := range bytes.Split(line, []byte{0}) {
			if dir, is := strings.CutPrefix(string(arg), "--kept="); is {
				list = append(list, dir)
			}
		}
	}
	return list
}

// headlineVersions are those of the first category at each target.
func headlineVersions(t *testing.T, r *Rig) (list []string) {
	t.Helper()
	for _, target := range r.Targets {
		answer, err := http.Get(target.child.URL + "/categories/1/summary?origin=1")
		if err != nil {
			t.Fatal(err)
		}
		answer.Body.Close()
		list = append(list, answer.Header.Get("X-Version"))
	}
	return list
}

// Services that only read share a database. Those that write have one each: at a new start what was written is gone, and the
// databases have gone round.
func TestServicesAreStartedAnewOnDatabasesThatAreKept(t *testing.T) {
	dsn := postgrestest.Start(t).DSN
	t.Run("reading", func(t *testing.T) {
		r := onServer(t, dsn, http.MethodGet, "pooled:size=1", "pooled:size=2")
		before, process := places(t, r), r.Targets[0].Options.TargetPID
		if err := r.Anew(t.Context()); err != nil {
			t.Fatal(err)
		}
		after := places(t, r)
		if r.Kept() != 1 || len(before) != 2 || before[0] != before[1] || !slices.Equal(after, before) || r.Targets[0].Options.TargetPID == process {
			t.Errorf("%d databases at %q, then %q", r.Kept(), before, after)
		}
	})
	t.Run("writing", func(t *testing.T) {
		r := onServer(t, dsn, http.MethodPut, "cached:none", "cached:write-through")
		before := places(t, r)
		put, err := http.NewRequestWithContext(t.Context(), http.MethodPut, r.Targets[0].child.URL+"/categories/1/headline", strings.NewReader(`{"headline": "x", "version": "a1"}`))
		if err != nil {
			t.Fatal(err)
		}
		answer, err := http.DefaultClient.Do(put)
		if err != nil {
			t.Fatal(err)
		}
		answer.Body.Close()
		if got, want := headlineVersions(t, r), []string{"a1", catalogue.FirstVersion}; !slices.Equal(got, want) {
			t.Errorf("versions %q, want %q", got, want)
		}
		if err := r.Anew(t.Context()); err != nil {
			t.Fatal(err)
		}
		if got, want := headlineVersions(t, r), []string{catalogue.FirstVersion, catalogue.FirstVersion}; !slices.Equal(got, want) {
			t.Errorf("after a new start: versions %q, want %q", got, want)
		}
		if after := places(t, r); r.Kept() != 2 || len(before) != 2 || before[0] == before[1] || after[0] != before[1] || after[1] != before[0] {
			t.Errorf("%d databases at %q, then %q", r.Kept(), before, after)
		}
	})
}

// A database is shared only where it is certain that nothing is written, and where one server has connections for all.
func TestWhichServicesShareADatabase(t *testing.T) {
	one := func(name, method string) *Target {
		return &Target{Name: name, Plan: loadgen.Plan{Requests: []request.Request{{}, {Method: method}}}}
	}
	lines := one("pooled", "GET")
	lines.Plan.Lines = &request.Lines{}
	for _, tc := range []struct {
		list []*Target
		want int
		why  string
	}{
		{[]*Target{one("pooled:size=1", ""), one("pooled:size=32", "GET")}, 1, "they read"},
		{[]*Target{one("pooled:size=1", "GET"), one("pooled:size=2", "PUT")}, 2, "one writes"},
		{[]*Target{one("pooled", "GET"), lines}, 2, "what a file of targets asks is not known"},
		{[]*Target{one("pooled:size=200", "GET"), one("pooled:size=300", "GET")}, 2, "a server has 400 connections"},
	} {
		if got := (&Rig{Targets: tc.list}).ownDatabases(); got != tc.want {
			t.Errorf("%d databases, want %d: %s", got, tc.want, tc.why)
		}
	}
}
