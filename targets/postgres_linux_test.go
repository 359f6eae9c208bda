package targets

import (
	"bufio"
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"github.com/seed-5a006608/bench/targets/postgres/postgrestest"
)

// serverDeathLimit is when something is certainly left of a database server after somebody was killed.
const serverDeathLimit = 30 * time.Second

// person is a process of the tree.
type person struct {
	pid, parent int
	title       string // its command line
	fd          int    // of the process, so that its number means nobody else
}

// family lists the descendants of a process, itself first.
func family(t *testing.T, root int) []person {
	t.Helper()
	entries, err := filepath.Glob("/proc/[0-9]*/stat")
	if err != nil {
		t.Fatal(err)
	}
	parents := map[int]int{}
	for _, path := range entries {
		b, err := os.ReadFile(path)
		if err != nil {
			continue
		}
		pid, _ := strconv.Atoi(filepath.Base(filepath.Dir(path)))
		parents[pid], _ = strconv.Atoi(strings.Fields(string(b[bytes.LastIndexByte(b, ')'):]))[2])
	}
	var all []person
	var add func(pid int)
	add = func(pid int) {
		fd, err := unix.PidfdOpen(pid, 0)
		if err != nil {
			return // it has just ended
		}
		t.Cleanup(func() { unix.Close(fd) })
		title, _ := os.ReadFile(fmt.Sprintf("/proc/%d/cmdline", pid))
		all = append(all, person{pid, parents[pid], string(bytes.ReplaceAll(title, []byte{0}, []byte{' '})), fd})
		for child, parent := range parents {
			if parent == pid {
				add(child)
			}
		}
	}
	add(root)
	return all
}

// servers counts the processes of PostgreSQL whose files are below dir.
func servers(t *testing.T, dir string) (n int) {
	t.Helper()
	links, err := filepath.Glob("/proc/[0-9]*/cwd")
	if err != nil {
		t.Fatal(err)
	}
	for _, link := range links {
		if cwd, err := os.Readlink(link); err == nil && strings.HasPrefix(cwd, dir+"/") {
			n++
		}
	}
	return n
}

// traces are what a server may leave in the kernel: POSIX shared memory, and System V segments whose maker is dead. (Those
// of other tests' servers, which may run at the same time, have living makers.)
func traces(t *testing.T) []string {
	t.Helper()
	list := sharedMemory(t)
	segments, err := os.ReadFile("/proc/sysvipc/shm")
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(segments)) {
		fields := strings.Fields(line) // key shmid perms size cpid …
		if maker, err := strconv.Atoi(fields[4]); err == nil && syscall.Kill(maker, 0) == syscall.ESRCH {
			list = append(list, "segment "+fields[1])
		}
	}
	return list
}

// aftermath returns a function that waits until nothing is left of what will have happened since.
func aftermath(t *testing.T) (wantNothing func(all []person, tmp string)) {
	t.Helper()
	before := traces(t)
	return func(all []person, tmp string) {
		t.Helper()
		killed := time.Now()
		for {
			var left []string
			for _, p := range all {
				if n, _ := unix.Poll([]unix.PollFd{{Fd: int32(p.fd), Events: unix.POLLIN}}, 0); n == 0 {
					left = append(left, p.title)
				}
			}
			if n := servers(t, tmp); n > 0 {
				left = append(left, fmt.Sprintf("%d processes of PostgreSQL", n))
			}
			files, _ := filepath.Glob(filepath.Join(tmp, "*"))
			left = append(left, files...)
			for _, trace := range traces(t) {
				if !slices.Contains(before, trace) {
					left = append(left, trace)
				}
			}
			if len(left) == 0 {
				t.Logf("nothing left after %v", time.Since(killed).Round(time.Millisecond))
				return
			}
			if time.Since(killed) > serverDeathLimit {
				t.Fatalf("left after %v: %q", serverDeathLimit, left)
			}
			time.Sleep(5 * time.Millisecond) // the deaths of others' children are told to nobody here
		}
	}
}

// enterableTmp is privateTmp where any user may pass.
func enterableTmp(t *testing.T) string {
	t.Helper()
	tmp, err := os.MkdirTemp("/tmp", "pg") // short: sockets lie below it
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.Remove(tmp) })
	if err := os.Chmod(tmp, 0o755); err != nil {
		t.Fatal(err)
	}
	t.Setenv("TMPDIR", tmp)
	return tmp
}

func TestKilledOnPostgres(t *testing.T) {
	postgrestest.Require(t)
	for _, victim := range []string{"parent", "service", "postmaster", "backend", "checkpointer"} {
		if victim == "checkpointer" && os.Getenv("BENCH_LONG") == "" {
			continue // the postmaster ends as it does after a backend's death: for .ci/long
		}
		t.Run(victim, func(t *testing.T) {
			tmp := enterableTmp(t)
			wantNothing := aftermath(t)
			parent := exec.Command(os.Args[0], "parent", "pooled", Throwaway)
			var said bytes.Buffer
			parent.Stderr = &said
			stdout, err := parent.StdoutPipe()
			if err != nil {
				t.Fatal(err)
			}
			if err := parent.Start(); err != nil {
				t.Fatal(err)
			}
			ended := make(chan struct{})
			defer func() { <-ended }()
			defer parent.Process.Kill()
			line, err := bufio.NewReader(stdout).ReadString('\n')
			go func() { parent.Wait(); close(ended) }()
			if err != nil {
				t.Fatal(err, said.String())
			}
			var child int
			var url string
			if _, err := fmt.Sscan(line, &child, &url); err != nil {
				t.Fatal(line, err)
			}
			press(t, url)
			all := family(t, parent.Process.Pid)
			pid := map[string]int{"parent": parent.Process.Pid, "service": child}
			for _, p := range all {
				switch {
				case p.parent == child && strings.Contains(p.title, "postgres"):
					pid["postmaster"] = p.pid
				case strings.HasPrefix(p.title, "postgres: bench "):
					pid["backend"] = p.pid
				case strings.HasPrefix(p.title, "postgres: checkpointer"):
					pid["checkpointer"] = p.pid
				}
			}
			if len(pid) != 5 {
				t.Fatalf("found only %v in %+v", pid, all)
			}
			if err := syscall.Kill(pid[victim], syscall.SIGKILL); err != nil {
				t.Fatal(err)
			}
			wantNothing(all, tmp)
			<-ended
			if victim == "postmaster" || victim == "backend" || victim == "checkpointer" {
				if !strings.Contains(said.String(), "bench: PostgreSQL ended by itself: ") {
					t.Errorf("why it ended is not said: %s", said.String())
				}
			}
		})
	}
}

// Killed before it is ready: every process of the tree, at several moments of initdb and while the tables are filled. All
// pairs of a moment and a process are for .ci/long; else each moment comes once, and each process.
func TestKilledOnTheWayToPostgres(t *testing.T) {
	postgrestest.Require(t)
	for i, moment := range []struct {
		after string // a line of progress
		wait  time.Duration
	}{{"starting", 0}, {"starting", 60 * time.Millisecond}, {"starting", 200 * time.Millisecond}, {"filling", 0}} {
		for j, victim := range []string{"youngest", "service", "server", "parent"} {
			if os.Getenv("BENCH_LONG") == "" && j != i {
				continue
			}
			if moment.after == "filling" && victim == "youngest" {
				continue // a backend: see TestKilledOnPostgres
			}
			t.Run(fmt.Sprintf("%s+%v/%s", moment.after, moment.wait, victim), func(t *testing.T) {
				tmp := enterableTmp(t)
				wantNothing := aftermath(t)
				parent := exec.Command(os.Args[0], "parent", "pooled", Throwaway)
				stderr, err := parent.StderrPipe()
				if err != nil {
					t.Fatal(err)
				}
				stdout, err := parent.StdoutPipe()
				if err != nil {
					t.Fatal(err)
				}
				if err := parent.Start(); err != nil {
					t.Fatal(err)
				}
				defer parent.Process.Kill()
				lines := bufio.NewScanner(stderr)
				for lines.Scan() && !strings.HasPrefix(lines.Text(), moment.after) {
				}
				time.Sleep(moment.wait) // initdb tells nobody how far it is
				all := awaitServer(t, parent.Process.Pid)
				pid := map[string]int{
					"parent": all[0].pid, "service": all[1].pid, "server": all[2].pid, "youngest": all[len(all)-1].pid,
				}[victim]
				_ = syscall.Kill(pid, syscall.SIGKILL) // one of initdb's may just have ended
				go func() {
					for lines.Scan() {
					}
				}()
				// initdb takes a probe that was killed for a smaller limit, and goes on.
				if url, _ := bufio.NewReader(stdout).ReadString('\n'); url != "" {
					all = family(t, parent.Process.Pid)
					parent.Process.Kill()
				}
				go parent.Wait()
				wantNothing(all, tmp)
			})
		}
	}
}

// awaitServer returns the tree once it has a process of PostgreSQL in it: parent, service, and initdb or the postmaster.
func awaitServer(t *testing.T, parent int) []person {
	t.Helper()
	for deadline := time.Now().Add(time.Minute); ; {
		if all := family(t, parent); len(all) >= 3 && strings.Contains(all[2].title, "/postgres") {
			return all
		}
		if time.Now().After(deadline) {
			t.Fatal("no server was seen")
		}
	}
}

func TestServicesOnPostgres(t *testing.T) {
	postgrestest.Require(t)
	timings := map[string]*regexp.Regexp{
		"pooled":   regexp.MustCompile(`^pool;dur=[0-9.]+, db;dur=[0-9.]+$`),
		"unpooled": regexp.MustCompile(`^connect;dur=[0-9.]+, db;dur=[0-9.]+$`),
	}
	for name, want := range timings {
		t.Run(name, func(t *testing.T) {
			tmp := enterableTmp(t)
			wantNothing := aftermath(t)
			c := startService(t, name, StartOptions{ServeOptions: ServeOptions{DB: Throwaway}})
			for _, path := range []string{"/products/1/stock", "/products/10000/stock", "/products/10000", "/categories/300/summary"} {
				resp, body := get(t, c.URL+path)
				if resp.StatusCode != http.StatusOK || !json.Valid([]byte(body)) {
					t.Fatalf("%s: %s %s", path, resp.Status, body)
				}
				if got := resp.Header.Get("Server-Timing"); !want.MatchString(got) {
					t.Errorf("%s: Server-Timing %q", path, got)
				}
			}
			all := family(t, c.PID)
			postmaster := slices.IndexFunc(all, func(p person) bool { return p.parent == c.PID && strings.Contains(p.title, "postgres") })
			if postmaster < 0 {
				t.Fatalf("the postmaster is no child of the service: %+v", all)
			}
			status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", all[postmaster].pid))
			if err != nil || regexp.MustCompile(`(?m)^Uid:\t0\t`).Match(status) {
				t.Errorf("it runs as root: %v", err)
			}
			dir, err := os.Stat(filepath.Join(one(t, filepath.Join(tmp, "bench-*")), "postgres"))
			if err != nil || dir.Mode().Perm() != 0o700 {
				t.Errorf("its directory: %v, %v, want mode 0700", dir.Mode(), err)
			}
			if err := c.Stop(); err != nil {
				t.Error(err)
			}
			wantNothing(all, tmp)
		})
	}
}

func one(t *testing.T, pattern string) string {
	t.Helper()
	list, err := filepath.Glob(pattern)
	if err != nil || len(list) != 1 {
		t.Fatalf("%s: %v, %v, want one", pattern, list, err)
	}
	return list[0]
}

// The same queries answer the same over both databases.
func TestPostgresAnswersAsSQLite(t *testing.T) {
	postgrestest.Require(t)
	enterableTmp(t)
	sqlite := startService(t, "uncached", StartOptions{})
	postgres := startService(t, "uncached", StartOptions{ServeOptions: ServeOptions{DB: Throwaway}})
	for i := range 20 {
		for _, path := range []string{"/products/%d", "/products/%d/stock", "/categories/%d/summary"} {
			path := fmt.Sprintf(path, 1+i*13)
			_, want := get(t, sqlite.URL+path)
			if _, got := get(t, postgres.URL+path); got != want {
				t.Errorf("%s:\nPostgreSQL %sSQLite     %s", path, got, want)
			}
		}
	}
}

// As an ordinary user, too: this test runs again as one, where it is root. In .ci/long so does what is killed on the way there.
func TestPostgresAsOrdinaryUser(t *testing.T) {
	postgrestest.Require(t)
	tmp := enterableTmp(t)
	if os.Geteuid() != 0 {
		c := startService(t, "pooled", StartOptions{ServeOptions: ServeOptions{DB: Throwaway}})
		if resp, body := get(t, c.URL+"/products/1/stock"); resp.StatusCode != http.StatusOK {
			t.Error(resp.Status, body)
		}
		return
	}
	const nobody = 65534
	if err := os.Chown(tmp, nobody, nobody); err != nil {
		t.Fatal(err)
	}
	binary := filepath.Join(tmp, "test")
	defer os.Remove(binary)
	program, err := os.ReadFile(os.Args[0])
	if err == nil {
		err = os.WriteFile(binary, program, 0o755)
	}
	if err != nil {
		t.Fatal(err)
	}
	tests := "^TestPostgresAsOrdinaryUser$"
	if os.Getenv("BENCH_LONG") != "" {
		tests = "^Test(PostgresAsOrdinaryUser|KilledOnTheWayToPostgres)$"
	}
	cmd := exec.Command(binary, "-test.run="+tests, "-test.v", fmt.Sprintf("-test.short=%v", testing.Short()))
	cmd.Dir = tmp
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: nobody, Gid: nobody}}
	if out, err := cmd.CombinedOutput(); err != nil || !strings.Contains(string(out), "--- PASS: TestPostgresAsOrdinaryUser") {
		t.Errorf("%v: %s", cmp.Or(err, fmt.Errorf("it did not run")), out)
	}
}
