package main

import (
	"io"
	"net"
	"strings"
	"testing"
)

// A server that sends more than its Content-Length makes net/http log a line for each answer. None of it may reach the
// terminal, where the server could write what it likes.
func TestWhatAServerSendsUnaskedIsNotShown(t *testing.T) {
	t.Parallel()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	go func() {
		for {
			c, err := listener.Accept()
			if err != nil {
				return
			}
			go func() {
				defer c.Close()
				request := make([]byte, 4096)
				for {
					if _, err := c.Read(request); err != nil {
						return
					}
					if _, err := io.WriteString(c, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nokmine"); err != nil {
						return
					}
				}
			}()
		}
	}()
	b := start(t, "sustained", "http://"+listener.Addr().String(), "-r", "100/s", "-d", "300ms", "--quiet", "--engine", "http", "-o", "json=run.json")
	b.exit(t, exitOK)
	if q := b.run(t).Requests; q.Due != 30 || q.Succeeded == 0 {
		t.Errorf("requests %+v", q)
	}
	if text := b.stderr.String(); strings.Contains(text, "Unsolicited") || strings.Contains(text, "mine") {
		t.Errorf("stderr: %s", text)
	}
}
