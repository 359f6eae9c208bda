package main

import (
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/seed-5a006608/bench/loadgen/pprof"
	"github.com/seed-5a006608/bench/loadgen/runfile"
)

// Profiles lie beside their run under its name, and go with it.
func TestProfilesAreKeptWithTheirRun(t *testing.T) {
	t.Chdir(t.TempDir())
	profiledRun := func() *runfile.Run {
		cpu := &pprof.Summary{Unit: "nanoseconds", Data: []byte("all of it")}
		return &runfile.Run{Target: runfile.Target{Name: "127.0.0.1:80/../x"}, Profile: &runfile.TargetProfile{CPU: cpu}}
	}
	now := time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)
	first := []*runfile.Run{profiledRun(), profiledRun(), {}}
	path, err := keep("spike", now, encodeRuns(first))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := keep("spike", now, encodeRuns([]*runfile.Run{profiledRun()})); err != nil {
		t.Fatal(err)
	}
	want := []string{
		"20261124-120000-spike-2.127-0-0-1-80----x.cpu.pprof",
		"20261124-120000-spike.127-0-0-1-80----x-2.cpu.pprof",
		"20261124-120000-spike.127-0-0-1-80----x.cpu.pprof",
	}
	if got := profilesIn(t); !slices.Equal(got, want) || first[0].Profile.CPU.File != want[2] || first[1].Profile.CPU.File != want[1] {
		t.Errorf("%q of %s, files %q and %q", got, path, first[0].Profile.CPU.File, first[1].Profile.CPU.File)
	}
	for i := range keptSaved - 1 {
		if _, err := keep("soak", now.Add(time.Duration(i+1)*time.Second), encodeRuns(nil)); err != nil {
			t.Fatal(err)
		}
	}
	// The names' order puts spike-2 before spike, so it is the older of the two.
	if got := profilesIn(t); !slices.Equal(got, want[1:]) {
		t.Errorf("after %d more runs: %q", keptSaved-1, got)
	}
}

func profilesIn(t *testing.T) []string {
	t.Helper()
	paths, err := filepath.Glob(filepath.Join(savedDir, "*.pprof"))
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, p := range paths {
		if data, err := os.ReadFile(p); err != nil || string(data) != "all of it" {
			t.Errorf("%s: %q, %v", p, data, err)
		}
		names = append(names, filepath.Base(p))
	}
	return names
}
