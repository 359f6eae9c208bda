package main

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/seed-5a006608/bench/loadgen/exchange/exchangetest"
)

// Service times are those that a packet capture shows, over TLS too, whose keys the server of the test writes down: at 5,000/s the P50
// within 10 us, the P99 within 5 % or 15 us.
func TestServiceTimeBesideACapture(t *testing.T) {
	long(t, "captures 50,000 requests three times")
	if os.Geteuid() != 0 {
		t.Skip("only root may capture")
	}
	for _, program := range []string{"dumpcap", "tshark"} {
		if _, err := exec.LookPath(program); err != nil {
			if os.Getenv("CI") == "true" {
				t.Fatal(err)
			}
			t.Skipf("needs %s: %v", program, err)
		}
	}
	for name, tc := range map[string]struct {
		secure bool
		flags  []string
	}{"http": {}, "https": {true, []string{"-k", "--http", "1.1"}}, "HTTP2": {true, []string{"-k", "--http", "2"}}} {
		t.Run(name, func(t *testing.T) {
			measured(t, func(t *testing.T, m *trial) {
				dir := t.TempDir()
				keys, err := os.Create(filepath.Join(dir, "keys"))
				if err != nil {
					t.Fatal(err)
				}
				defer keys.Close()
				s := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, "answer") }))
				s.Config.ErrorLog = log.New(io.Discard, "", 0)
				s.EnableHTTP2 = true
				if tc.secure {
					s.TLS, _ = exchangetest.Certificate(t)
					s.TLS.KeyLogWriter = keys
					s.StartTLS()
				} else {
					s.Start()
				}
				defer s.Close()
				_, port, _ := net.SplitHostPort(s.Listener.Addr().String())
				packets := filepath.Join(dir, "packets")
				captured := capture(t, packets, port)
				b := start(t, append([]string{"sustained", s.URL, "-r", "5000/s", "-d", "10s", "-o", "json=run.json"}, tc.flags...)...)
				b.exit(t, exitOK)
				captured()
				run := b.run(t)
				truth := serviceTimes(t, packets, keys.Name(), port, tc.secure)
				if n := int(run.Requests.Succeeded); n == 0 || len(truth) < n*99/100 {
					m.errorf("%d succeeded, %d are in the capture", n, len(truth))
					return
				}
				got, p50, p99 := run.Overall.ServiceTime, truth[len(truth)/2], truth[len(truth)*99/100]
				t.Logf("P50 %v, captured %v; P99 %v, captured %v", got.P50NS, p50, got.P99NS, p99)
				if (got.P50NS-p50).Abs() > 10*time.Microsecond || (got.P99NS-p99).Abs() > max(p99/20, 15*time.Microsecond) {
					m.errorf("P50 %v, captured %v; P99 %v, captured %v", got.P50NS, p50, got.P99NS, p99)
				}
			})
		})
	}
}

// capture begins to write the packets of a port to a file, and returns what ends that.
func capture(t *testing.T, file, port string) (end func()) {
	t.Helper()
	c := exec.Command("dumpcap", "-i", "lo", "-B", "64", "-f", "tcp port "+port, "-w", file)
	c.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	said, err := c.StderrPipe()
	if err == nil {
		err = c.Start()
	}
	if err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(said)
	for lines.Scan() && !strings.HasPrefix(lines.Text(), "File: ") { // it captures from then on
	}
	return func() {
		_ = c.Process.Signal(syscall.SIGINT)
		for lines.Scan() {
		}
		if err := c.Wait(); err != nil {
			t.Fatal("dumpcap: ", err)
		}
	}
}

// serviceTimes reads a capture, and returns in order how long each request took from its packet to the one that completes its answer.
func serviceTimes(t *testing.T, packets, keys, port string, secure bool) (list []time.Duration) {
	t.Helper()
	args := []string{"-r", packets, "-n", "-Y", "http or http2", "-T", "fields", "-E", "aggregator=,"}
	for _, field := range []string{"frame.time_epoch", "tcp.stream", "tcp.dstport", "http2.streamid", "http2.type", "http2.flags"} {
		args = append(args, "-e", field)
	}
	if secure {
		args = append(args, "-o", "tls.keylog_file:"+keys, "-d", "tcp.port=="+port+",tls")
	} else {
		args = append(args, "-d", "tcp.port=="+port+",http")
	}
	out, err := exec.Command("tshark", args...).Output()
	if err != nil {
		t.Fatal("tshark: ", err)
	}
	asked := map[string]time.Duration{} // when, by connection and stream
	for line := range bytes.Lines(out) {
		f := strings.Split(strings.TrimSuffix(string(line), "\n"), "\t")
		at, to := instant(t, f[0]), f[2] == port
		streams, kinds, flags := strings.Split(f[3], ","), strings.Split(f[4], ","), strings.Split(f[5], ",")
		for i, stream := range streams {
			request, answered := to, !to // of HTTP/1.1, whose packets hold one message
			if f[3] != "" {
				flag, _ := strconv.ParseUint(flags[i], 0, 8)
				message := kinds[i] == "0" || kinds[i] == "1" // data, header
				request, answered = to && kinds[i] == "1", !to && message && flag&1 != 0
			}
			key := f[1] + " " + stream
			if begun, ok := asked[key]; answered && ok {
				list = append(list, at-begun)
				delete(asked, key)
			}
			if request {
				asked[key] = at
			}
		}
	}
	slices.Sort(list)
	return list
}

// instant reads seconds since 1970.
func instant(t *testing.T, text string) time.Duration {
	t.Helper()
	seconds, fraction, _ := strings.Cut(text, ".")
	d, err := time.ParseDuration(seconds + "s")
	part, wrong := strconv.ParseUint((fraction + "000000000")[:9], 10, 64)
	if err != nil || wrong != nil {
		t.Fatalf("no instant: %q", text)
	}
	return d + time.Duration(part)
}
