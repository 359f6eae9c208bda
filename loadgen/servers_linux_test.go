package loadgen

import (
	"bytes"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/seed-5a006608/bench/loadgen/request"
	"github.com/seed-5a006608/bench/loadgen/runfile"
)

// Requests of the servers that others wrote: a small answer, one that fills a window of HTTP/2, and one to a body that does.
const (
	smallFile  = 100     // bytes
	largeFile  = 100_000 // bytes
	postedBody = 80_000  // bytes
)

// ownServer is a server program that others wrote. It serves the files /small and /large of its directory by https, with the key
// and certificate there, and answers /post with anything.
type ownServer struct {
	name     string
	versions []string
	command  func(t *testing.T, dir, port string) []string
}

const nginxConf = `daemon off; worker_processes 1; pid %[1]s/pid; error_log stderr crit; %[3]s
events { worker_connections 1024; }
http { access_log off; client_body_temp_path %[1]s; proxy_temp_path %[1]s; fastcgi_temp_path %[1]s; uwsgi_temp_path %[1]s; scgi_temp_path %[1]s;
ssl_certificate %[1]s/certificate; ssl_certificate_key %[1]s/key; ssl_protocols %[4]s;
server { listen 127.0.0.1:%[2]s ssl http2; root %[1]s; location /post { return 200 "took"; } } }
`

// nginx is nginx with a version of TLS, as its configuration calls it. It ends each connection with its thousandth request.
func nginx(version string) func(t *testing.T, dir, port string) []string {
	return func(t *testing.T, dir, port string) []string {
		conf, user := filepath.Join(dir, "conf"), ""
		if os.Getuid() == 0 {
			user = "user root;" // the directory is this user's
		}
		if err := os.WriteFile(conf, fmt.Appendf(nil, nginxConf, dir, port, user, version), 0o600); err != nil {
			t.Fatal(err)
		}
		return []string{"nginx", "-p", dir, "-c", conf}
	}
}

const nodeServer = `
const fs = require("fs"), [dir, port] = process.argv.slice(1), read = (name) => fs.readFileSync(dir + "/" + name);
const files = { "/small": read("small"), "/large": read("large"), "/post": "took" };
require("http2").createSecureServer({ key: read("key"), cert: read("certificate"), allowHTTP1: true }, (request, response) => {
	request.resume().on("end", () => response.end(files[request.url]));
}).listen(port, "127.0.0.1");
`

var ownServers = []ownServer{
	{"nginx with TLS 1.2", []string{runfile.HTTP1, runfile.HTTP2}, nginx("TLSv1.2")},
	{"nginx with TLS 1.3", []string{runfile.HTTP1, runfile.HTTP2}, nginx("TLSv1.3")},
	{"nghttpd", []string{runfile.HTTP2}, func(_ *testing.T, dir, port string) []string {
		return []string{"nghttpd", "-a", "127.0.0.1", "-d", dir, port, dir + "/key", dir + "/certificate"}
	}},
	{"node", []string{runfile.HTTP1, runfile.HTTP2}, func(_ *testing.T, dir, port string) []string {
		return []string{"node", "-e", nodeServer, dir, port}
	}},
	{"Go", []string{runfile.HTTP1, runfile.HTTP2}, nil},
}

// start starts the server, and returns its URL. Where it is not installed the test is skipped, but in continuous integration ($CI is
// true), where it fails.
func (s ownServer) start(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	certified := httptest.NewUnstartedServer(http.FileServer(http.Dir(dir)))
	certified.EnableHTTP2 = true
	certified.StartTLS()
	t.Cleanup(certified.Close)
	certificate := certified.TLS.Certificates[0]
	key, err := x509.MarshalPKCS8PrivateKey(certificate.PrivateKey)
	if err != nil {
		t.Fatal(err)
	}
	for name, content := range map[string][]byte{
		"key":         pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: key}),
		"certificate": pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: certificate.Certificate[0]}),
		"small":       bytes.Repeat([]byte("s"), smallFile), "large": bytes.Repeat([]byte("l"), largeFile), "post": []byte("took"),
	} {
		if err := os.WriteFile(filepath.Join(dir, name), content, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if s.command == nil {
		return certified.URL
	}
	free, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := free.Addr().String()
	free.Close()
	_, port, _ := net.SplitHostPort(address)
	command := s.command(t, dir, port)
	if _, err := exec.LookPath(command[0]); err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatal(err)
		}
		t.Skipf("needs %s: %v", command[0], err)
	}
	running(t, exec.Command(command[0], command[1:]...), address)
	return "https://" + address
}

// running has a server program run until the test ends, and returns when it takes connections at an address.
func running(t *testing.T, c *exec.Cmd, address string) {
	t.Helper()
	c.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGTERM, Setpgid: true}
	var said strings.Builder
	c.Stdout, c.Stderr = &said, &said
	started, ended := make(chan error), make(chan error, 1)
	go func() {
		runtime.LockOSThread() // the child ends with the thread that started it
		started <- c.Start()
		ended <- c.Wait()
	}()
	if err := <-started; err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = syscall.Kill(-c.Process.Pid, syscall.SIGKILL) // with its children
		<-ended
	})
	for {
		conn, err := net.Dial("tcp", address)
		if err == nil {
			conn.Close()
			return
		}
		select {
		case err := <-ended:
			ended <- err
			t.Fatalf("%s ended: %v: %s", c.Path, err, said.String())
		case <-time.After(10 * time.Millisecond):
		}
	}
}

// Servers that others wrote are driven without a failure: they end connections in mid-run, have tickets and windows of their own.
func TestServersOfOthers(t *testing.T) {
	t.Parallel()
	length := 600 * time.Millisecond // nginx ends a connection within it
	if os.Getenv("BENCH_LONG") != "" {
		length = 30 * time.Second
	}
	for _, s := range ownServers {
		t.Run(s.name, func(t *testing.T) {
			t.Parallel()
			url := s.start(t)
			for _, version := range s.versions {
				p := steady(url, length)
				p.Profile.Phases[0].From, p.Profile.Phases[0].To = 2000, 2000
				p.HTTP, p.Engine, p.TLS.Insecure, p.Limits.Timeout = version, Engines()[0], true, time.Minute
				p.Requests = []request.Request{
					{URL: url + "/small", Weight: 98}, {URL: url + "/large", Weight: 1},
					{URL: url + "/post", Method: http.MethodPost, Body: strings.Repeat("x", postedBody), Weight: 1},
				}
				run, err := Drive(t.Context(), p, Options{})
				if err != nil {
					t.Fatal(err)
				}
				q := run.Requests
				if q.Succeeded != q.Planned || q.Planned == 0 {
					t.Errorf("HTTP/%s: %+v, errors %+v", version, q, run.Errors)
				}
				if least := q.Succeeded * largeFile / 1000; run.Overall.Bytes.In < least {
					t.Errorf("HTTP/%s: %d bytes came, want %d at least", version, run.Overall.Bytes.In, least)
				}
				t.Logf("HTTP/%s: %+v over %+v", version, q, run.Connections)
			}
		})
	}
}
