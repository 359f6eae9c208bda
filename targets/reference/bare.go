package reference

import (
	"bytes"
	"context"
	"net"
	"sync"
)

// bareAnswer is as short as HTTP allows an answer with a body to be.
var bareAnswer = []byte("HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nok\n")

var blankLine = []byte("\r\n\r\n")

// maxBareRequest bounds what a connection may send before its request is whole.
const maxBareRequest = 8 << 10

// ServeBare answers requests on ln until ctx ends with next to no work, so that whoever drives it is the limit and not
// the server: it looks for the blank line that ends a request's header and writes a fixed answer. It knows no delay, no
// log and no bodies of requests. ready is called when connections are accepted.
func ServeBare(ctx context.Context, ln net.Listener, ready func()) error {
	defer context.AfterFunc(ctx, func() { ln.Close() })()
	var connections sync.WaitGroup
	defer connections.Wait()
	ready()
	for {
		conn, err := ln.Accept()
		if err != nil {
			if ctx.Err() != nil {
				return nil
			}
			return err
		}
		connections.Go(func() {
			defer context.AfterFunc(ctx, func() { conn.Close() })()
			defer conn.Close()
			answerBare(conn)
		})
	}
}

// answerBare answers a connection's requests, pipelined ones too, until either side has enough.
func answerBare(conn net.Conn) {
	unread := make([]byte, 0, maxBareRequest)
	for {
		n, err := conn.Read(unread[len(unread):cap(unread)])
		if err != nil {
			return
		}
		unread = unread[:len(unread)+n]
		for {
			end := bytes.Index(unread, blankLine)
			if end < 0 {
				break
			}
			if _, err := conn.Write(bareAnswer); err != nil {
				return
			}
			unread = unread[:copy(unread, unread[end+len(blankLine):])]
		}
		if len(unread) == cap(unread) {
			return
		}
	}
}
