package rig

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"syscall"

	"golang.org/x/sys/unix"
)

// lockProcessor locks a processor among the benches of this machine that share a temporary directory, by a socket in the
// abstract namespace: the kernel frees it with the process, however that ends, and says whose it is. Nobody is served there.
func lockProcessor(cpu int) (io.Closer, error) {
	where := sha256.Sum256([]byte(os.TempDir()))
	name := fmt.Sprintf("@bench-processor-%d-%x", cpu, where[:8])
	l, err := net.Listen("unix", name)
	if err == nil {
		return l, nil
	}
	if !errors.Is(err, syscall.EADDRINUSE) {
		return nil, err
	}
	return nil, &takenError{peer(name)}
}

// peer is the process that listens at a unix socket, or 0.
func peer(name string) (pid int) {
	conn, err := net.Dial("unix", name)
	if err != nil {
		return 0
	}
	defer conn.Close()
	raw, err := conn.(*net.UnixConn).SyscallConn()
	if err != nil {
		return 0
	}
	_ = raw.Control(func(fd uintptr) {
		if who, err := unix.GetsockoptUcred(int(fd), unix.SOL_SOCKET, unix.SO_PEERCRED); err == nil {
			pid = int(who.Pid)
		}
	})
	return pid
}
