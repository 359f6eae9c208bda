package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/seed-5a006608/bench/loadgen/runfile"
	"github.com/seed-5a006608/bench/targets/postgres/postgrestest"
)

// On PostgreSQL a new connection for each request costs a dial, an authentication and a process, and so five times a lookup
// over a pool at the least.
func TestUnpooledPaysForItsConnections(t *testing.T) {
	measured(t, func(t *testing.T, m *trial) {
		postgrestest.Require(t)
		tmp, err := os.MkdirTemp("/tmp", "pg") // short: a socket lies below it
		if err != nil {
			t.Fatal(err)
		}
		defer func() {
			if err := os.Remove(tmp); err != nil {
				t.Errorf("something is left: %v", err)
			}
		}()
		if err := os.Chmod(tmp, 0o755); err != nil { // for the server's user, where bench is root
			t.Fatal(err)
		}
		file := filepath.Join(t.TempDir(), "run.json")
		bench := exec.CommandContext(t.Context(), "bench", "sustained", "pooled", "unpooled", "--db", "postgres",
			"-r", "20/s", "-d", "3s", "--no-save", "-o", "json="+file) // a rate that both carry: what a request costs, and no queue
		bench.Env = append(os.Environ(), "TMPDIR="+tmp, "BENCH_CACHE_DIR="+cacheDir(t))
		if out, err := bench.CombinedOutput(); err != nil {
			t.Fatalf("%v: %s", err, out)
		}
		f, err := runfile.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if len(f.Runs) != 2 || f.Runs[0].Target.Name != "pooled" || f.Runs[1].Target.Name != "unpooled" {
			t.Fatalf("runs of other targets than pooled and unpooled: %d", len(f.Runs))
		}
		for _, r := range f.Runs {
			m.accounted(r, r.Requests.Planned)
			if r.Requests.Succeeded == 0 || r.Requests.Failed > 0 {
				m.errorf("%s: requests %+v, want no failure", r.Target.Name, r.Requests)
			}
		}
		// What else the machine does makes some requests take longer, and none shorter.
		pooled, unpooled := f.Runs[0].Overall.ServiceTime.MinNS, f.Runs[1].Overall.ServiceTime.MinNS
		t.Logf("service time is at least %v pooled, %v unpooled", pooled, unpooled)
		if unpooled < 5*pooled {
			m.errorf("service time is at least %v pooled and %v unpooled, want five times as much", pooled, unpooled)
		}
	})
}
