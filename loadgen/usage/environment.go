package usage

import (
	"runtime"
	"runtime/debug"
	"strings"

	"github.com/seed-5a006608/bench/loadgen/runfile"
	"github.com/shirou/gopsutil/v3/cpu"
	"github.com/shirou/gopsutil/v3/host"
)

// ReadEnvironment describes where bench runs. How processors are shared out, the clock and the notes are the run's own
// and left to it.
func ReadEnvironment() runfile.Environment {
	env := runfile.Environment{
		Bench:      "unknown",
		Generation: runfile.MeasuringGeneration,
		Go:         runtime.Version(),
		OS:         runtime.GOOS,
		Arch:       runtime.GOARCH,
		Processors: StartProcessors,
		OpenFiles:  OpenFilesLimit(),
		Quota:      processorQuota(),
	}
	if info, ok := debug.ReadBuildInfo(); ok {
		env.Bench = benchVersion(info)
	}
	// What cannot be read is left out: neither decides anything.
	if kernel, err := host.KernelVersion(); err == nil {
		env.Kernel = kernel
	}
	if cpus, err := cpu.Info(); err == nil && len(cpus) > 0 {
		env.CPU = strings.Join(strings.Fields(cpus[0].ModelName), " ")
	}
	return env
}

// benchVersion is the version of the main module, or the revision it was built from, or "devel" where the build knows
// neither.
func benchVersion(info *debug.BuildInfo) string {
	if v := info.Main.Version; v != "" && v != "(devel)" {
		return v
	}
	var revision, modified string
	for _, s := range info.Settings {
		switch {
		case s.Key == "vcs.revision":
			revision = s.Value
		case s.Key == "vcs.modified" && s.Value == "true":
			modified = "+dirty"
		}
	}
	if revision == "" {
		return "devel"
	}
	return revision[:min(12, len(revision))] + modified
}
