//go:build !linux

package nethttp

import (
	"net"
	"sync/atomic"
)

// stampedConn is a connection of Linux, which alone stamps what is received.
type stampedConn struct {
	net.Conn
	last atomic.Int64
}

func withStamps(c net.Conn) net.Conn { return c }

// hasEnded reports nothing here: net/http reads from each idle connection, and is as good.
func (c *stampedConn) hasEnded() bool { return false }
