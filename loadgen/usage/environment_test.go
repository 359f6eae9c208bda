package usage

import (
	"os"
	"runtime"
	"runtime/debug"
	"strings"
	"testing"

	"github.com/seed-5a006608/bench/loadgen/runfile"
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

// What makes figures of two runs incomparable is named, in the words of each side; what an older file does not say is taken for
// the default, and held against that alone.
func TestDifferencesOfEnvironmentsAreNamed(t *testing.T) {
	limit := func(processors float64) *float64 { return &processors }
	base := runfile.Environment{Bench: "v1", Generation: 1, OS: "linux", Arch: "amd64", Processors: 4, CPUs: "split", Quota: limit(0), TargetCPUs: []int{0, 1, 2}, GeneratorCPUs: []int{3}}
	for _, tc := range []struct {
		change func(*runfile.Environment)
		want   string // of the differences; "" none
		remark string
	}{
		{func(e *runfile.Environment) { e.TargetCPUs, e.GeneratorCPUs = []int{4, 5, 6}, []int{7} }, "", ""}, // as many, others
		{func(e *runfile.Environment) { e.Bench = "v2" }, "", "bench v1 and bench v2, which measure alike"},
		{func(e *runfile.Environment) { e.Generation, e.Quota = 0, nil }, "", "did not write down the control group's limit"},
		{func(e *runfile.Environment) { e.Quota = limit(2.5) }, "control group's limit: none and 2.5 processors", ""},
		{func(e *runfile.Environment) { e.TargetCPUs = []int{0, 1} }, "processors of the target: 3 and 2", ""},
		{func(e *runfile.Environment) { e.GeneratorCPUs = []int{2, 3} }, "processors of bench: 1 and 2", ""},
		{func(e *runfile.Environment) { e.CPUs, e.TargetCPUs, e.GeneratorCPUs = "shared", nil, nil }, "sharing of processors: split and shared", ""},
		{func(e *runfile.Environment) { e.Generation, e.Bench = 2, "v2" }, "measuring generation: 1 and 2, between which it changed what figures mean or how they are taken", ""},
	} {
		other := base
		tc.change(&other)
		if got := strings.Join(base.Differences(&other), "; "); got != tc.want {
			t.Errorf("differences %q, want %q", got, tc.want)
		}
		if got := strings.Join(base.Remarks(&other), "; "); !strings.Contains(got, tc.remark) || (tc.remark == "") != (got == "") {
			t.Errorf("remarks %q, want %q", got, tc.remark)
		}
	}
	old, limited := base, base
	old.Quota, limited.Quota = nil, limit(2)
	if got := strings.Join(old.Differences(&limited), "; "); got != "control group's limit: not written down (save it again) and 2 processors" {
		t.Errorf("an older file beside a limit: %q", got)
	}
}

func TestALimitThatCannotBeReachedIsNone(t *testing.T) {
	for _, tc := range []struct {
		quota      float64
		processors int
		want       float64
	}{{0, 4, 0}, {2, 4, 2}, {2, 2, 0}, {8, 4, 0}, {1.5, 2, 1.5}} {
		if got := reachable(tc.quota, tc.processors); *got != tc.want {
			t.Errorf("a limit of %v on %d: %v, want %v", tc.quota, tc.processors, *got, tc.want)
		}
	}
}

func TestReadEnvironment(t *testing.T) {
	env := ReadEnvironment()
	if env.Go != runtime.Version() || env.OS != runtime.GOOS || env.Arch != runtime.GOARCH {
		t.Errorf("environment %+v", env)
	}
	if env.Generation != runfile.MeasuringGeneration || env.Bench == "" || env.Kernel == "" || env.Processors < 1 {
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
