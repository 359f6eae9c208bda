package rig

import (
	"fmt"
	"net"
	"os"
	"strings"
	"testing"
)

// What still answers after its command was stopped is named.
func TestWhatOutlivesACommandIsNamed(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	target := Target{host: l.Addr().String(), Flag: "--a-cmd"}
	if err := target.outlived(); err == nil || !strings.Contains(err.Error(), fmt.Sprintf("the command of --a-cmd was stopped: process %d (", os.Getpid())) {
		t.Error(err)
	}
	l.Close()
	if err := target.outlived(); err != nil {
		t.Error(err)
	}
}
