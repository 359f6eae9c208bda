package loadgen

import (
	"bufio"
	"io"
	"net"
	"strings"
	"testing"
	"time"
)

// A server that refuses a body need not read it: it may answer after the head, and close at once.
func TestAnAnswerBeforeTheBodyIsRead(t *testing.T) {
	t.Parallel()
	address := listen(t, func(c net.Conn) {
		in := bufio.NewReader(c)
		for line := ""; line != "\r\n"; {
			var err error
			if line, err = in.ReadString('\n'); err != nil {
				return
			}
		}
		io.WriteString(c, "HTTP/1.1 413 Payload Too Large\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
	})
	for _, engine := range Engines() {
		p := steady("http://"+address, 100*time.Millisecond)
		p.Engine = engine
		p.Requests[0].Method, p.Requests[0].Body = "POST", strings.Repeat("x", 8<<20)
		p.Limits.Timeout, p.Limits.Drain = time.Minute, time.Minute // megabytes on a busy machine
		run, err := Drive(t.Context(), p, Options{})
		if err != nil {
			t.Fatal(err)
		}
		if n := run.Requests; len(run.Errors) != 1 || run.Errors[0].Kind != "status 413" || run.Errors[0].Count != n.Due || n.Due == 0 {
			t.Errorf("%s: %+v of %d requests, want status 413 of each", engine, run.Errors, n.Due)
		}
	}
}

// listen handles each connection by a function, and returns where.
func listen(t *testing.T, handle func(net.Conn)) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	go func() {
		for {
			c, err := listener.Accept()
			if err != nil {
				return
			}
			go func() {
				defer c.Close()
				handle(c)
			}()
		}
	}()
	t.Cleanup(func() { listener.Close() })
	return listener.Addr().String()
}
