package main

import (
	"bufio"
	"bytes"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/seed-5a006608/bench/loadgen/runfile"
)

// started is a bench that runs in a process and a directory of its own.
type started struct {
	*exec.Cmd
	dir    string
	stdout lockedBuffer
	stderr lockedBuffer
	done   chan struct{} // closed when the process has ended
}

// lockedBuffer is written by the process's copying goroutine and read by the test.
type lockedBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *lockedBuffer) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *lockedBuffer) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

// skipShort skips a test of real processes with -short, which is for what is quick.
func skipShort(t testing.TB) {
	t.Helper()
	if testing.Short() {
		t.Skip("starts real processes")
	}
}

// long leaves a test to .ci/long that takes longer than a change may wait for.
func long(t testing.TB, why string) {
	t.Helper()
	if os.Getenv("BENCH_LONG") == "" {
		t.Skip(why + ": .ci/long runs it")
	}
}

// start starts bench with its temporary files in a directory of the test's own. With -short it skips the test.
func start(t testing.TB, args ...string) *started {
	t.Helper()
	return startWith(t, nil, args...)
}

// startWith is start with further variables of the environment. t.Setenv is not for tests that run side by side.
func startWith(t testing.TB, env []string, args ...string) *started {
	t.Helper()
	skipShort(t)
	path, err := exec.LookPath("bench")
	if err != nil {
		t.Fatal(err)
	}
	return startProgram(t, path, env, args...)
}

// startProgram starts a program that becomes bench. With -short it skips the test.
func startProgram(t testing.TB, path string, env []string, args ...string) *started {
	t.Helper()
	skipShort(t)
	b := &started{Cmd: exec.Command(path, args...), dir: t.TempDir(), done: make(chan struct{})}
	temp := filepath.Join(b.dir, "tmp")
	if err := os.Mkdir(temp, 0o700); err != nil {
		t.Fatal(err)
	}
	b.Dir = b.dir
	b.Env = append(append(os.Environ(), "TMPDIR="+temp, "BENCH_CACHE_DIR="+cacheDir(t)), env...)
	b.Stdout, b.Stderr = &b.stdout, &b.stderr
	if err := b.Start(); err != nil {
		t.Fatal(err)
	}
	go func() {
		_ = b.Wait() // the exit code says it
		close(b.done)
	}()
	t.Cleanup(func() {
		_ = b.Process.Kill()
		<-b.done
	})
	return b
}

// exit waits for the end and wants that exit code.
func (b *started) exit(t testing.TB, want int) {
	t.Helper()
	select {
	case <-b.done:
	case <-time.After(2 * time.Minute):
		t.Fatalf("%v is still running", b.Args)
	}
	if got := b.ProcessState.ExitCode(); got != want {
		t.Fatalf("%v: exit %d, want %d\nstdout: %s\nstderr: %s", b.Args, got, want, b.stdout.String(), b.stderr.String())
	}
}

// run reads the run that bench wrote to run.json.
func (b *started) run(t testing.TB) *runfile.Run {
	t.Helper()
	f, err := runfile.ReadFile(filepath.Join(b.dir, "run.json"))
	if err != nil {
		t.Fatal(err)
	}
	return f.Runs[0]
}

// left lists the temporary files that are there.
func (b *started) left(t testing.TB) []string {
	t.Helper()
	entries, err := os.ReadDir(filepath.Join(b.dir, "tmp"))
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, e := range entries {
		names = append(names, e.Name())
	}
	return names
}

// spoken is how a bundled target and bench speak to each other.
type spoken struct {
	serving []string // flags of bench serve
	driving []string // flags of what drives a URL
	bundled []string // flags of what drives a target by its name
}

var (
	overHTTP  spoken
	overTLS   = spoken{[]string{"--tls"}, []string{"-k"}, []string{"--tls"}}
	overHTTP2 = spoken{[]string{"--tls", "--http2"}, []string{"-k", "--http", "2"}, []string{"--tls", "--http", "2"}}
)

// service is a bundled target in a process of its own.
type service struct {
	*started
	url string
}

// serve starts a bundled target and returns when it has printed its URL. With -short it skips the test.
func serve(t testing.TB, args ...string) service {
	t.Helper()
	skipShort(t)
	path, err := exec.LookPath("bench")
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(path, append([]string{"serve"}, args...)...)
	cmd.Env = append(os.Environ(), "TMPDIR="+t.TempDir(), "BENCH_CACHE_DIR="+cacheDir(t))
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		t.Fatalf("serve %v printed no URL: %v", args, err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		var exit *exec.ExitError
		if err := cmd.Wait(); err != nil && !errors.As(err, &exit) {
			t.Error(err)
		}
	})
	return service{&started{Cmd: cmd}, strings.TrimSpace(line)}
}

// soon is when something that takes a moment certainly does not happen any more, however busy the machine.
const soon = 30 * time.Second

// within waits until ok, or fails the test after a time that the thing never takes.
func within(t testing.TB, limit time.Duration, what string, ok func() bool) {
	t.Helper()
	deadline := time.Now().Add(limit)
	for !ok() {
		if time.Now().After(deadline) {
			t.Fatalf("after %v: %s", limit, what)
		}
		time.Sleep(10 * time.Millisecond) // there is no event for another process's end that this one did not start
	}
}
