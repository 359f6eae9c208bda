package loadgen

import (
	"os"
	"runtime"
	"runtime/debug"
	"strings"
	"testing"
)

func TestBenchVersion(t *testing.T) {
	vcs := func(revision, modified string) []debug.BuildSetting {
		return []debug.BuildSetting{{Key: "GOOS", Value: "linux"}, {Key: "vcs.revision", Value: revision}, {Key: "vcs.modified", Value: modified}}
	}
	for _, tc := range []struct {
		version  string
		settings []debug.BuildSetting
		want     string
	}{
		{"v1.2.3", vcs("0123456789abcdef", "false"), "v1.2.3"},
		{"v0.0.0-20261124123456-0123456789ab+dirty", nil, "v0.0.0-20261124123456-0123456789ab+dirty"},
		{"(devel)", vcs("0123456789abcdef0123", "false"), "0123456789ab"},
		{"(devel)", vcs("0123456789abcdef0123", "true"), "0123456789ab+dirty"},
		{"", vcs("0123", "true"), "0123+dirty"},
		{"(devel)", nil, "devel"}, // as go test builds it
	} {
		info := &debug.BuildInfo{Main: debug.Module{Version: tc.version}, Settings: tc.settings}
		if got := benchVersion(info); got != tc.want {
			t.Errorf("benchVersion of %q, %v = %q, want %q", tc.version, tc.settings, got, tc.want)
		}
	}
}

func TestReadEnvironment(t *testing.T) {
	env := ReadEnvironment()
	if env.Go != runtime.Version() || env.OS != runtime.GOOS || env.Arch != runtime.GOARCH {
		t.Errorf("environment %+v", env)
	}
	if env.Bench == "" || env.Kernel == "" || env.Processors < 1 {
		t.Errorf("environment %+v, want a version, a kernel and processors", env)
	}
	if runtime.GOOS != "linux" {
		return
	}
	// The kernel's own words.
	release, err := os.ReadFile("/proc/sys/kernel/osrelease")
	if err != nil {
		t.Fatal(err)
	}
	if want := strings.TrimSpace(string(release)); env.Kernel != want {
		t.Errorf("kernel %q, want %q", env.Kernel, want)
	}
	cpuinfo, err := os.ReadFile("/proc/cpuinfo")
	if err != nil {
		t.Fatal(err)
	}
	if _, rest, ok := strings.Cut(string(cpuinfo), "model name"); ok {
		line, _, _ := strings.Cut(rest, "\n")
		_, model, _ := strings.Cut(line, ":")
		if want := strings.Join(strings.Fields(model), " "); env.CPU != want {
			t.Errorf("cpu %q, want %q", env.CPU, want)
		}
	}
	if env.OpenFiles == 0 {
		t.Error("no limit of open files was found; Linux always has one")
	}
}
