package main

import (
	"runtime/debug"
	"strings"
	"testing"
)

func TestVersionNamesTheCommit(t *testing.T) {
	built := func(settings ...debug.BuildSetting) *debug.BuildInfo { return &debug.BuildInfo{Settings: settings} }
	revision, at := debug.BuildSetting{Key: "vcs.revision", Value: "3782e59"}, debug.BuildSetting{Key: "vcs.time", Value: "2026-11-29T14:00:00Z"}
	for want, info := range map[string]*debug.BuildInfo{
		"commit 3782e59 of 2026-11-29T14:00:00Z":           built(revision, at, debug.BuildSetting{Key: "vcs.modified", Value: "false"}),
		"commit 3782e59 of 2026-11-29T14:00:00Z, modified": built(revision, at, debug.BuildSetting{Key: "vcs.modified", Value: "true"}),
		"commit unknown": built(debug.BuildSetting{Key: "GOOS", Value: "linux"}),
	} {
		if got := commitOf(info); got != want && !strings.HasPrefix(got, want+":") {
			t.Errorf("%q, want %q", got, want)
		}
	}
	if got := commitOf(nil); !strings.HasPrefix(got, "commit unknown:") {
		t.Errorf("without build information: %q", got)
	}
}
