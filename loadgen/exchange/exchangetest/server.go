package exchangetest

import (
	"bufio"
	"io"
	"net"
	"net/http"
	"sync"
	"testing"
)

// OK is a whole answer.
const OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"

// Listen serves each connection, the n-th from 0, by a function, and closes it after that. It returns the server's address.
func Listen(t testing.TB, each func(n int, c net.Conn, in *bufio.Reader)) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ServeOn(t, listener, each)
	return listener.Addr().String()
}

// ServeOn is Listen for a listener.
func ServeOn(t testing.TB, listener net.Listener, each func(n int, c net.Conn, in *bufio.Reader)) {
	var serving sync.WaitGroup
	serving.Go(func() {
		for n := 0; ; n++ {
			c, err := listener.Accept()
			if err != nil {
				return
			}
			serving.Go(func() {
				defer c.Close()
				each(n, c, bufio.NewReader(c))
			})
		}
	})
	t.Cleanup(func() {
		listener.Close()
		serving.Wait()
	})
}

// ReadRequest reads a request and its body, and reports whether one came.
func ReadRequest(in *bufio.Reader) bool {
	r, err := http.ReadRequest(in)
	if err != nil {
		return false
	}
	_, err = io.Copy(io.Discard, r.Body)
	return err == nil
}
