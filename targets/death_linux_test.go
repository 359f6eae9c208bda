package targets

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// deathLimit is when something is certainly left after somebody was killed: it takes a moment, and longer on a busy machine.
const deathLimit = 30 * time.Second

// press keeps requests that take long under way at url until the test ends.
func press(t *testing.T, url string) {
	transport := &http.Transport{}
	client := http.Client{Transport: transport}
	var wg sync.WaitGroup
	var begun sync.WaitGroup
	begun.Add(64)
	for i := range 64 {
		wg.Go(func() {
			for n := 0; ; n++ {
				resp, err := client.Get(fmt.Sprintf("%s/categories/%d/summary", url, 1+(i*7+n)%300))
				if n == 0 {
					begun.Done()
				}
				if err != nil {
					return // it was killed
				}
				io.Copy(io.Discard, resp.Body)
				resp.Body.Close()
			}
		})
	}
	begun.Wait()
	t.Cleanup(func() {
		wg.Wait()
		transport.CloseIdleConnections()
	})
}

func sharedMemory(t *testing.T) []string {
	t.Helper()
	names, err := filepath.Glob("/dev/shm/*")
	if err != nil {
		t.Fatal(err)
	}
	return names
}

func TestServiceKilledUnderLoad(t *testing.T) {
	tmp := privateTmp(t)
	shm := sharedMemory(t)
	c, err := Start(t.Context(), "uncached", StartOptions{})
	if err != nil {
		t.Fatal(err)
	}
	press(t, c.URL)
	if err := syscall.Kill(c.PID, syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	select {
	case <-c.Done():
	case <-time.After(deathLimit):
		t.Fatalf("its death was not noticed within %v", deathLimit)
	}
	if err := c.Err(); err == nil || !strings.Contains(err.Error(), "uncached ended by itself: signal: killed") {
		t.Errorf("Err = %v", err)
	}
	wantEmpty(t, tmp)
	if now := sharedMemory(t); !slices.Equal(now, shm) {
		t.Errorf("/dev/shm holds %v, before %v", now, shm)
	}
}

func TestParentKilledUnderLoad(t *testing.T) {
	tmp := privateTmp(t)
	shm := sharedMemory(t)
	parent := exec.Command(os.Args[0], "parent", "uncached")
	parent.Stderr = os.Stderr
	stdout, err := parent.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := parent.Start(); err != nil {
		t.Fatal(err)
	}
	defer parent.Wait()
	defer parent.Process.Kill()
	line, err := bufio.NewReader(stdout).ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	var child int
	var url string
	if _, err := fmt.Sscan(line, &child, &url); err != nil {
		t.Fatal(line, err)
	}
	pidfd, err := unix.PidfdOpen(child, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer unix.Close(pidfd)
	press(t, url)
	if dirs, _ := filepath.Glob(filepath.Join(tmp, "bench-*")); len(dirs) != 1 {
		t.Errorf("private directories: %v, want one", dirs)
	}
	parent.Process.Kill()
	killed := time.Now()
	for {
		n, err := unix.Poll([]unix.PollFd{{Fd: int32(pidfd), Events: unix.POLLIN}}, int(deathLimit.Milliseconds()))
		if err == unix.EINTR {
			continue
		}
		if n != 1 {
			syscall.Kill(child, syscall.SIGKILL)
			t.Fatalf("the service was alive %v after its parent", deathLimit)
		}
		break
	}
	t.Logf("gone after %v", time.Since(killed))
	wantEmpty(t, tmp)
	if now := sharedMemory(t); !slices.Equal(now, shm) {
		t.Errorf("/dev/shm holds %v, before %v", now, shm)
	}
	if conn, err := net.Dial("tcp", strings.TrimPrefix(url, "http://")); err == nil {
		conn.Close()
		t.Error("its port still answers")
	}
}

// On its processors and no other; the runtime counts them.
func TestServiceOnChosenProcessors(t *testing.T) {
	c := startService(t, "reference", StartOptions{CPUs: []int{0}})
	if _, metrics := get(t, c.URL+"/metrics"); !strings.Contains(metrics, "go_sched_gomaxprocs_threads 1\n") {
		t.Error("the service's GOMAXPROCS is not 1")
	}
}

func TestNoDescriptorsLeak(t *testing.T) {
	count := func() int {
		http.DefaultClient.CloseIdleConnections()
		fds, err := os.ReadDir("/proc/self/fd")
		if err != nil {
			t.Fatal(err)
		}
		return len(fds)
	}
	round := func() {
		c, err := Start(t.Context(), "reference", StartOptions{})
		if err != nil {
			t.Fatal(err)
		}
		get(t, c.URL+"/healthz")
		if err := c.Stop(); err != nil {
			t.Fatal(err)
		}
	}
	round()
	before := count()
	for range 3 {
		round()
	}
	if after := count(); after > before {
		t.Errorf("%d descriptors open, %d before", after, before)
	}
}
