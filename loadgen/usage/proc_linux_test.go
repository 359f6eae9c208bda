package usage

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

func TestParseStat(t *testing.T) {
	page := uint64(os.Getpagesize())
	for _, tc := range []struct {
		why, data string
		want      process
	}{
		{
			"a postmaster with many reaped children (PostgreSQL 15, Linux 6.1)",
			"1143 (postgres) S 1 1143 1143 0 -1 4194560 3894 182544 20 61 9 4 117 83 20 0 1 0 4042 222302208 7265 " +
				"18446744073709551615 94226640240640 94226645792293 140722750412080 0 0 0 0 16781312 536872451 0 0 0 17 3 0 0 0 0 0 " +
				"94226647869488 94226648049760 94226671841280 140722750417779 140722750417857 140722750417857 140722750418915 0\n",
			process{pid: 1143, parent: 1, started: 4042, cpu: 130 * time.Millisecond, reaped: 2 * time.Second, rss: 7265 * page, threads: 1},
		},
		{
			"cat as this kernel shows it (Linux 6.18)",
			"5378 (cat) R 5376 5376 4920 0 -1 4194304 97 0 0 0 0 0 0 0 20 0 1 0 79202 3133440 360 18446744073709551615 " +
				"94162213576704 94162213596585 140731772278848 0 0 0 0 0 0 0 0 0 17 1 0 0 0 0 0 94162213612592 94162213614208 " +
				"94162281533440 140731772287683 140731772287703 140731772287703 140731772289003 0\n",
			process{pid: 5378, parent: 5376, started: 79202, rss: 360 * page, threads: 1},
		},
		{
			"a command name made to deceive",
			"77 (a) R 1 2) (\n3) Z 42 0 0 0 -1 0 0 0 0 0 1 2 3 4 20 0 5 0 99 0 0 0",
			process{pid: 77, parent: 42, started: 99, cpu: 30 * time.Millisecond, reaped: 70 * time.Millisecond, threads: 5},
		},
	} {
		got, err := parseStat([]byte(tc.data))
		if err != nil || got != tc.want {
			t.Errorf("%s: parseStat = %+v, %v, want %+v", tc.why, got, err, tc.want)
		}
	}
	for _, bad := range []string{"", "12 cat R 1", "x (cat) R 1", "12 (cat) R", "12 (cat) R one 2 3", "12 )cat( R 1 2 3"} {
		if got, err := parseStat([]byte(bad)); err == nil {
			t.Errorf("parseStat(%q) = %+v, want an error", bad, got)
		}
	}
}

func TestParseSchedstat(t *testing.T) {
	if got, err := parseSchedstat([]byte("54774075 17967298 213\n")); err != nil || got != (schedule{17967298, 213}) {
		t.Errorf("parseSchedstat = %+v, %v, want 17967298 ns and 213", got, err)
	}
	for _, bad := range []string{"", "1 2", "1 -2 3", "a b c"} {
		if got, err := parseSchedstat([]byte(bad)); err == nil {
			t.Errorf("parseSchedstat(%q) = %+v, want an error", bad, got)
		}
	}
}

func TestParseSwitches(t *testing.T) {
	const stat = "cpu  3304 0 1697 152811 143 0 89 9 0 0\ncpu0 1586 0 706 76638 21 0 34 4 0 0\nintr 202495 0 0\n" +
		"ctxt 347167\nbtime 1795522916\nprocesses 5385\n"
	if got, ok := parseSwitches([]byte(stat)); !ok || got != 347167 {
		t.Errorf("parseSwitches = %d, %v, want 347167", got, ok)
	}
	if got, ok := parseSwitches([]byte("cpu 1 2\nbtime 1\n")); ok {
		t.Errorf("parseSwitches without a ctxt line = %d, want none", got)
	}
}

// The clock of a process is the one its own rusage shows.
func TestProcessTimeIsRusage(t *testing.T) {
	burn(20 * time.Millisecond)
	before, _, ok := OwnUsage()
	got, okClock := processTime(os.Getpid())
	after, _, _ := OwnUsage()
	const slack = time.Millisecond // rusage shares its time out between user and system in µs
	if !ok || !okClock || got < before-slack || got > after+slack {
		t.Errorf("the process's clock shows %v, want it within the rusage before and after: %v to %v", got, before, after)
	}
	if _, ok := processTime(1 << 22); ok {
		t.Error("a process that cannot be has a clock")
	}
}

// burn uses processor time of this process until its own clock has gone on by d.
func burn(d time.Duration) {
	start, _, _ := OwnUsage()
	for now := start; now < start+d; now, _, _ = OwnUsage() {
	}
}

func TestProcfsReadsThisProcess(t *testing.T) {
	p := newProcfs(systemProc)
	self, err := p.read(os.Getpid())
	if err != nil {
		t.Fatal(err)
	}
	if self.pid != os.Getpid() || self.parent != os.Getppid() || self.threads < 1 || self.rss == 0 || self.started == 0 {
		t.Errorf("this process read as %+v", self)
	}
	if _, err := p.read(1 << 22); !errors.Is(err, errNoProcess) {
		t.Errorf("reading a process that cannot be: %v, want %v", err, errNoProcess)
	}

	before, ok := p.descriptors(os.Getpid())
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	after, _ := p.descriptors(os.Getpid())
	r.Close()
	w.Close()
	if !ok || after != before+2 {
		t.Errorf("%d descriptors, %d with a pipe more, want 2 more", before, after)
	}
	if n, ok := p.descriptors(1 << 22); !ok || n != 0 {
		t.Errorf("descriptors of a process that cannot be: %d, %v, want none", n, ok)
	}

	if first, ok := p.hostSwitches(); !ok || first == 0 {
		t.Errorf("hostSwitches = %d, %v", first, ok)
	}
}

// Both ways to find children agree, whichever thread of the parent started them.
func TestProcfsChildren(t *testing.T) {
	var want []int
	for range 3 {
		cmd := exec.Command("cat") // lives until its input ends
		in, err := cmd.StdinPipe()
		if err != nil {
			t.Fatal(err)
		}
		runtime.LockOSThread()
		err = cmd.Start()
		runtime.UnlockOSThread()
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { in.Close(); cmd.Wait() })
		want = append(want, cmd.Process.Pid)
	}
	self, err := newProcfs(systemProc).read(os.Getpid())
	if err != nil {
		t.Fatal(err)
	}
	listing, scanning := newProcfs(systemProc), newProcfs(systemProc)
	scanning.listsChildren = false
	for range 2 { // the second time from what the first remembered
		for name, p := range map[string]*procfs{"listing": listing, "scanning": scanning} {
			got := p.children(self)
			for _, pid := range want {
				if !slices.Contains(got, pid) {
					t.Errorf("%s: children = %v, want %v among them", name, got, want)
				}
			}
		}
	}
}

// A made-up /proc on disk shows which files are read, and that only what is missing counts as ended.
func TestProcfsTellsEndedFromUnreadable(t *testing.T) {
	root := t.TempDir()
	write := func(name, data string) {
		t.Helper()
		path := filepath.Join(root, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(data), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	write("10/stat", "10 (a) S 1 0 0 0 -1 0 0 0 0 0 100 20 3 4 20 0 2 0 99 0 5 0")
	write("10/task/10/schedstat", "1000 200 3\n")
	write("10/task/11/schedstat", "1000 300 4\n")
	if err := os.MkdirAll(filepath.Join(root, "10/task/12"), 0o755); err != nil { // a thread that ended meanwhile
		t.Fatal(err)
	}
	write("thread-self/schedstat", "0 0 0\n")
	p := newProcfs(root)
	found, err := p.read(10)
	if err != nil || found.cpu != 1200*time.Millisecond || found.reaped != 70*time.Millisecond {
		t.Errorf("read = %+v, %v, want 1.2s in clock ticks and 70ms reaped", found, err)
	}
	totals := newThreadTotals()
	if err := p.seeThreads(found, totals); err != nil {
		t.Fatal(err)
	}
	if got := totals.total(); got != (schedule{500, 7}) {
		t.Errorf("threads total %+v, want {500 7}", got)
	}
	if p.keepsSchedules() {
		t.Error("a kernel that prints zeros was taken for one that counts")
	}
	write("10/task/13/schedstat", "nonsense")
	if err := p.seeThreads(found, totals); err == nil {
		t.Error("a schedstat of nonsense was read without an error")
	}

	// No descriptor left: that is no news about any process.
	var limit unix.Rlimit
	if err := unix.Getrlimit(unix.RLIMIT_NOFILE, &limit); err != nil {
		t.Fatal(err)
	}
	none := limit
	none.Cur = 0
	if err := unix.Setrlimit(unix.RLIMIT_NOFILE, &none); err != nil {
		t.Fatal(err)
	}
	_, errRead := p.read(10)
	errThreads := p.seeThreads(found, totals)
	_, okCount := p.descriptors(10)
	if err := unix.Setrlimit(unix.RLIMIT_NOFILE, &limit); err != nil {
		t.Fatal(err)
	}
	if errRead == nil || errors.Is(errRead, errNoProcess) || errThreads == nil || okCount {
		t.Errorf("without descriptors: read %v, threads %v, descriptors counted %v; want errors other than %v", errRead, errThreads, okCount, errNoProcess)
	}
}

func TestKernelFilesGrow(t *testing.T) {
	path := filepath.Join(t.TempDir(), "long")
	want := strings.Repeat("0123456789abcdef", 10_000)
	if err := os.WriteFile(path, []byte(want), 0o600); err != nil {
		t.Fatal(err)
	}
	var files kernelFiles
	if got, err := files.read(path); err != nil || string(got) != want {
		t.Errorf("read %d bytes, %v, want all %d", len(got), err, len(want))
	}
}
