//go:build linux

package main

import (
	"bufio"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// The processors of the two sides.
const (
	serverCPU    = 0
	generatorCPU = 1
)

// server is what is driven, in a process group of its own.
type server struct {
	url     string
	command *exec.Cmd
	pids    []int // whose processor time is the server's
}

// serve starts a server that speaks a version of TLS, or with "" none, and HTTP/1.1 or HTTP/2.
func serve(kind, version string, http2 bool, dir string) (*server, error) {
	switch kind {
	case "responder":
		return serveResponder(dir)
	case "nginx":
		return serveNginx(dir, version, http2)
	}
	return nil, fmt.Errorf("there is no server %q: it is responder or nginx", kind)
}

func pinned(args ...string) *exec.Cmd {
	c := exec.Command("taskset", append([]string{"-c", strconv.Itoa(serverCPU)}, args...)...)
	c.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
	c.Stderr = os.Stderr
	return c
}

func serveResponder(dir string) (*server, error) {
	program := filepath.Join(dir, "responder")
	if out, err := exec.Command("go", "build", "-o", program, "./loadgen/wire/peers/responder").CombinedOutput(); err != nil {
		return nil, fmt.Errorf("%w\n%s", err, out)
	}
	c := pinned(program)
	out, err := c.StdoutPipe()
	if err == nil {
		err = c.Start()
	}
	if err != nil {
		return nil, err
	}
	line, err := bufio.NewReader(out).ReadString('\n')
	return &server{strings.TrimSpace(line), c, []int{c.Process.Pid}}, err
}

const nginxConf = `daemon off; worker_processes 1; pid %[1]s/nginx.pid; error_log stderr crit;
events { worker_connections 4096; }
http { access_log off; keepalive_requests 100000000; client_body_temp_path %[1]s; proxy_temp_path %[1]s;
fastcgi_temp_path %[1]s; uwsgi_temp_path %[1]s; scgi_temp_path %[1]s;
server { listen 127.0.0.1:%[2]d reuseport%[4]s; location / { return 200 "%[3]s"; } } }
`

// secureConf is what makes nginx speak a version of TLS, with the certificate and the key that certify makes.
const secureConf = ` ssl; ssl_protocols TLSv%[1]s; ssl_certificate %[2]s/certificate.pem; ssl_certificate_key %[2]s/key.pem`

func certify(dir string) error {
	out, err := exec.Command("openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2",
		"-subj", "/CN=localhost", "-addext", "subjectAltName=IP:127.0.0.1",
		"-keyout", filepath.Join(dir, "key.pem"), "-out", filepath.Join(dir, "certificate.pem")).CombinedOutput()
	if err != nil {
		return fmt.Errorf("openssl: %w\n%s", err, out)
	}
	return nil
}

func serveNginx(parent, version string, http2 bool) (*server, error) {
	dir, err := os.MkdirTemp(parent, "nginx")
	if err != nil {
		return nil, err
	}
	scheme, more := "http", ""
	if version != "" {
		if err := certify(dir); err != nil {
			return nil, err
		}
		scheme, more = "https", fmt.Sprintf(secureConf, version, dir)
	}
	if http2 {
		more = " http2" + more
	}
	free, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	port := free.Addr().(*net.TCPAddr).Port
	free.Close()
	conf := filepath.Join(dir, "nginx.conf")
	if err := os.WriteFile(conf, fmt.Appendf(nil, nginxConf, dir, port, strings.Repeat("x", 128), more), 0o600); err != nil {
		return nil, err
	}
	c := pinned("nginx", "-p", dir, "-c", conf)
	if err := c.Start(); err != nil {
		return nil, err
	}
	s := &server{url: fmt.Sprintf("%s://127.0.0.1:%d/", scheme, port), command: c}
	for range 100 {
		conn, err := net.Dial("tcp", fmt.Sprintf("127.0.0.1:%d", port))
		if err == nil {
			conn.Close()
			s.pids = children(c.Process.Pid)
			return s, nil
		}
		time.Sleep(50 * time.Millisecond)
	}
	s.stop()
	return nil, fmt.Errorf("nginx does not take connections on port %d", port)
}

func (s *server) stop() {
	syscall.Kill(-s.command.Process.Pid, syscall.SIGKILL)
	s.command.Wait()
}

// children returns a process's children.
func children(pid int) []int {
	data, _ := os.ReadFile(fmt.Sprintf("/proc/%d/task/%d/children", pid, pid))
	var list []int
	for _, field := range strings.Fields(string(data)) {
		if child, err := strconv.Atoi(field); err == nil {
			list = append(list, child)
		}
	}
	return list
}

// processorTime is what the server has used so far, in steps of 10 ms.
func (s *server) processorTime() time.Duration {
	var total time.Duration
	for _, pid := range s.pids {
		data, _ := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
		_, rest, _ := strings.Cut(string(data), ") ")
		fields := strings.Fields(rest)
		if len(fields) < 13 {
			continue
		}
		user, _ := strconv.Atoi(fields[11])
		system, _ := strconv.Atoi(fields[12])
		total += time.Duration(user+system) * 10 * time.Millisecond
	}
	return total
}
