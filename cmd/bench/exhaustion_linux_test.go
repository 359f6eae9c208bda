package main

import (
	"bufio"
	"bytes"
	"crypto/tls"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"syscall"
	"testing"

	"github.com/seed-5a006608/bench/loadgen/exchange/exchangetest"
	"github.com/seed-5a006608/bench/loadgen/runfile"
	"golang.org/x/sys/unix"
)

// fewFiles runs bench where it may open no more than so many files.
func fewFiles(t *testing.T, files int, args ...string) (stderr string, code int) {
	t.Helper()
	skipShort(t)
	cmd := exec.Command("sh", append([]string{"-c", fmt.Sprintf(`ulimit -n %d && exec bench "$@"`, files), "sh"}, args...)...)
	cmd.Dir = t.TempDir()
	var said bytes.Buffer
	cmd.Stderr = &said
	_ = cmd.Run() // the exit code says it
	return said.String(), cmd.ProcessState.ExitCode()
}

// Connections that this process cannot hold are refused before anything is sent, and the limit is named.
func TestTooFewDescriptors(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		files, code int
		args, want  string
	}{
		{64, exitUsage, "-c 1000", "bench: this process may open 64 files, which leaves none for connections; run `ulimit -n 2048` first\n"},
		{64, exitFailed, "", "bench: this process may open 64 files, which leaves none for connections; run `ulimit -n 512` first\n"},
		{200, exitUsage, "-c 1000", "bench: connections 1000: this process may open 200 files; run `ulimit -n 2048` first, or use 76\n"},
	} {
		args := append([]string{"sustained", "reference", "-r", "10/s", "-d", "1s", "-q"}, strings.Fields(tc.args)...)
		if said, code := fewFiles(t, tc.files, args...); code != tc.code || said != tc.want {
			t.Errorf("%d files, %q: exit %d, %q, want %d, %q", tc.files, tc.args, code, said, tc.code, tc.want)
		}
	}
}

// ownNetwork gives the calling test, and what it starts, a network of its own with so few local ports. Its thread, which
// is in it, ends with the test's goroutine.
func ownNetwork(t *testing.T, first, last int) {
	t.Helper()
	if os.Geteuid() != 0 {
		t.Skip("only root may make a network")
	}
	runtime.LockOSThread()
	if err := unix.Unshare(unix.CLONE_NEWNET); err != nil {
		t.Skip("this system lets nobody make a network: ", err)
	}
	fd, err := unix.Socket(unix.AF_INET, unix.SOCK_DGRAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer unix.Close(fd)
	lo, err := unix.NewIfreq("lo")
	if err != nil {
		t.Fatal(err)
	}
	lo.SetUint16(unix.IFF_UP | unix.IFF_RUNNING)
	if err := unix.IoctlIfreq(fd, unix.SIOCSIFFLAGS, lo); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile("/proc/sys/net/ipv4/ip_local_port_range", fmt.Appendf(nil, "%d %d", first, last), 0); err != nil {
		t.Skip("this system's range of ports may not be set: ", err)
	}
}

// patient serves one request on each connection and leaves it to the client to close that: who closes first is whose port
// is held. Without secure it speaks no TLS.
func patient(t *testing.T, secure *tls.Config) (url string) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	scheme := "http://"
	if secure != nil {
		scheme = "https://"
	}
	var served sync.WaitGroup
	served.Go(func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return // closed at the test's end
			}
			served.Go(func() {
				defer conn.Close() // without a word of TLS, which would be answered by a reset that frees the port
				if secure != nil {
					conn = tls.Server(conn, secure)
				}
				r := bufio.NewReader(conn)
				if _, err := http.ReadRequest(r); err != nil {
					return // the preflight's connection
				}
				if _, err := io.WriteString(conn, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"); err == nil {
					_, _ = r.ReadByte() // the client's close
				}
			})
		}
	})
	t.Cleanup(func() {
		l.Close()
		served.Wait()
	})
	return scheme + l.Addr().String()
}

// A hundred local ports, and a new connection for each request: bench says before what is to come, and after that it
// was its own limit.
func TestTooFewPorts(t *testing.T) {
	t.Parallel()
	certificate, _ := exchangetest.Certificate(t)
	for name, secure := range map[string]*tls.Config{"run": nil, "run over TLS": certificate} {
		t.Run(name, func(t *testing.T) { runOutOfPorts(t, secure) })
	}
	t.Run("refused", func(t *testing.T) {
		ownNetwork(t, 40_000, 40_099)
		b := start(t, "sustained", "reference", "-c", "1000", "-q")
		b.exit(t, exitUsage)
		if said := b.stderr.String(); !strings.Contains(said, "connections 1000: this system has 100 local ports") {
			t.Error(said)
		}
	})
}

func runOutOfPorts(t *testing.T, secure *tls.Config) {
	ownNetwork(t, 40_000, 40_099)
	flags := []string{"-r", "500/s", "-d", "2s", "--no-keepalive", "-o", "json=run.json", "--threshold", "errors<1%"}
	if secure != nil {
		flags = append(flags, "-k")
	}
	b := start(t, append([]string{"sustained", patient(t, secure)}, flags...)...)
	b.exit(t, exitLimited)
	run := b.run(t)
	if run.Verdict.Kind != runfile.GeneratorLimited || !strings.Contains(run.Verdict.Evidence[0], "bench ran out of local ports, so ") {
		t.Errorf("%s %q", run.Verdict.Kind, run.Verdict.Evidence)
	}
	for _, e := range run.Errors {
		if e.Kind != runfile.OutOfPorts {
			t.Errorf("counted against the target: %+v", e)
		}
	}
	notes := strings.Join(run.Environment.Notes, "\n")
	for _, want := range []string{
		"connections lowered from 256 to 36: this system has 100 local ports to connect to one address from",
		"without keep-alive up to 500 connections are closed within 1 s, and each may keep its local port for that long; there are 100",
	} {
		if !strings.Contains(notes, want) {
			t.Errorf("notes %q, want %q", notes, want)
		}
	}
	if want := "Keep connections alive, or give this system more local ports"; !strings.Contains(b.stdout.String(), want) {
		t.Errorf("no remedy in %s", b.stdout.String())
	}
}

// measuredRun drives a short run and returns its file.
func measuredRun(t *testing.T) string {
	t.Helper()
	b := start(t, "sustained", "reference", "-r", "50/s", "-d", "1s", "-q", "--no-save", "-o", "json=run.json")
	b.exit(t, exitOK)
	return filepath.Join(b.dir, "run.json")
}

func TestFullDevice(t *testing.T) {
	t.Parallel()
	args := []string{"report", measuredRun(t)}
	for _, f := range runsShown.formats {
		args = append(args, "-o", f.kind+"=/dev/full")
	}
	b := start(t, args...)
	b.exit(t, exitFailed)
	for _, f := range runsShown.formats {
		if text := fmt.Sprintf("-o %s=/dev/full: not written: no space left on device", f.kind); !strings.Contains(b.stderr.String(), text) {
			t.Errorf("%q is not in %q", text, b.stderr.String())
		}
	}
}

// On a full disk every kind of output says that it was not written, and the file that was there before stays.
func TestFullDisk(t *testing.T) {
	t.Parallel()
	run, disk := measuredRun(t), t.TempDir()
	if err := unix.Mount("tmpfs", disk, "tmpfs", 0, "size=16k"); err != nil {
		t.Skip("only who may mount can make a disk full: ", err)
	}
	t.Cleanup(func() {
		if err := unix.Unmount(disk, 0); err != nil {
			t.Error(err)
		}
	})
	args := []string{"report", run}
	want := []string{"full"}
	for _, f := range runsShown.formats {
		name := f.kind + ".old"
		want = append(want, name)
		if err := os.WriteFile(filepath.Join(disk, name), []byte("old"), 0o600); err != nil && f.kind == "json" {
			t.Fatal(err)
		}
	}
	if err := os.WriteFile(filepath.Join(disk, "full"), make([]byte, 1<<20), 0o600); err == nil {
		t.Fatal("the disk is not full")
	}
	for _, f := range runsShown.formats {
		args = append(args, "-o", f.kind+"="+filepath.Join(disk, f.kind+".old"))
	}
	before := contents(t, disk)
	b := start(t, append(args, "--verbose")...)
	b.exit(t, exitFailed)
	for _, f := range runsShown.formats {
		if text := fmt.Sprintf("-o %s=%s: not written: no space left on device", f.kind, filepath.Join(disk, f.kind+".old")); !strings.Contains(b.stderr.String(), text) {
			t.Errorf("%q is not in %q", text, b.stderr.String())
		}
	}
	after := contents(t, disk)
	if len(after) != len(want) {
		t.Errorf("%d files, want %q", len(after), want)
	}
	for name, text := range before {
		if after[name] != text {
			t.Errorf("%s was %d bytes, and is %d", name, len(text), len(after[name]))
		}
	}
}

func contents(t *testing.T, dir string) map[string]string {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	all := map[string]string{}
	for _, e := range entries {
		data, err := os.ReadFile(filepath.Join(dir, e.Name()))
		if err != nil {
			t.Fatal(err)
		}
		all[e.Name()] = string(data)
	}
	return all
}

// A reader that leaves, as head does, ends neither the run nor the writing of its files; a device that is full is said.
func TestReaderLeaves(t *testing.T) {
	t.Parallel()
	skipShort(t)
	path, err := exec.LookPath("bench")
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	// Both streams go to a pipe whose reader has gone before anything is written.
	gone := func(args ...string) *exec.Cmd {
		r, w, err := os.Pipe()
		if err != nil {
			t.Fatal(err)
		}
		r.Close()
		defer w.Close()
		cmd := exec.Command(path, args...)
		cmd.Dir, cmd.Stdout, cmd.Stderr = dir, w, w
		_ = cmd.Run() // the exit code says it
		return cmd
	}
	for _, args := range [][]string{
		{"sustained", "reference", "-r", "50/s", "-d", "1s", "--no-save", "-o", "json=run.json"},
		{"report", "run.json", "-o", "csv=run.csv"},
		{"report", "run.json", "-o", "json=-", "-o", "md=run.md"},
		{"list"},
		{"sustained", "--print"},
	} {
		if cmd := gone(args...); cmd.ProcessState.ExitCode() != exitOK {
			t.Errorf("%v: %v", args, cmd.ProcessState)
		}
	}
	for _, name := range []string{"run.json", "run.csv", "run.md"} {
		if info, err := os.Stat(filepath.Join(dir, name)); err != nil || info.Size() == 0 {
			t.Errorf("%s was not written: %v", name, err)
		}
	}
	full, err := os.OpenFile("/dev/full", os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer full.Close()
	var said bytes.Buffer
	cmd := exec.Command(path, "report", "run.json", "-o", "csv=again.csv")
	cmd.Dir, cmd.Stdout, cmd.Stderr = dir, full, &said
	_ = cmd.Run() // the exit code says it
	if code := cmd.ProcessState.ExitCode(); code != exitFailed || said.String() != "bench: the report: not written: "+syscall.ENOSPC.Error()+"\n" {
		t.Errorf("exit %d, %q", code, said.String())
	}
	if _, err := os.Stat(filepath.Join(dir, "again.csv")); err != nil {
		t.Error("a report that cannot be shown keeps back the files: ", err)
	}
}
