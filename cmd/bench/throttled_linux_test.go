package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/seed-5a006608/bench/loadgen"
	"github.com/seed-5a006608/bench/loadgen/runfile"
)

// throttledGroup makes a control group that may use a fifth of one processor, and returns the file that takes members.
func throttledGroup(t *testing.T) string {
	t.Helper()
	const root = "/sys/fs/cgroup"
	parent, limits := filepath.Join(root, "cpu"), [][2]string{{"cpu.cfs_period_us", "100000"}, {"cpu.cfs_quota_us", "20000"}}
	if _, err := os.Stat(filepath.Join(root, "cgroup.controllers")); err == nil {
		parent, limits = root, [][2]string{{"cpu.max", "20000 100000"}}
	}
	dir, err := os.MkdirTemp(parent, "bench-test-")
	if err != nil {
		t.Skipf("no control group can be made here: %v", err)
	}
	t.Cleanup(func() { os.Remove(dir) })
	for _, l := range limits {
		if err := os.WriteFile(filepath.Join(dir, l[0]), []byte(l[1]), 0); err != nil {
			t.Skipf("no control group can be limited here: %v", err)
		}
	}
	return filepath.Join(dir, "cgroup.procs")
}

// A bench that may use a fifth of a processor, and needs more, says so: what waits for it looks like a slow target.
func TestThrottledBenchSaysSo(t *testing.T) {
	for _, engine := range loadgen.Engines() {
		t.Run(engine, func(t *testing.T) {
			if engine == runfile.EngineHTTP {
				long(t, "the verdict of the second engine, by the same rule")
			}
			loaded(t, func(t *testing.T, m *trial) {
				s := serve(t, "reference", "--bare")
				cmd := exec.Command("sh", "-c", `echo $$ >"$0" && exec bench sustained "$@"`, throttledGroup(t),
					s.url, "--engine", engine, "-r", "40000", "-d", "2s", "--drain", "1s", "-c", "64", "-o", "json=run.json")
				cmd.Dir = t.TempDir()
				if out, err := cmd.CombinedOutput(); err != nil {
					t.Fatalf("%v\n%s", err, out)
				}
				f, err := runfile.ReadFile(filepath.Join(cmd.Dir, "run.json"))
				if err != nil {
					t.Fatal(err)
				}
				v := f.Runs[0].Verdict
				if text := strings.Join(v.Evidence, "; "); !v.Kind.Spoiled() || !strings.Contains(text, "its control group throttled bench in ") {
					m.errorf("%s: %s", v.Kind, text)
				}
			})
		})
	}
}
