//go:build linux

// Responder is the barest HTTP server there can be: one thread that waits, reads and writes a fixed answer, whatever was
// asked, so that a load generator driven against it meets its own ceiling and not a server's. It prints its URL, and
// serves until it is killed.
//
//	responder [-addr 127.0.0.1:0] [-body 128] [-version TEXT] [-tls]
//
// Over TLS, which is Go's, there is a goroutine for each connection.
package main

import (
	"flag"
	"fmt"
	"net"
	"net/netip"
	"os"
	"runtime"
	"strings"
	"syscall"
	"unsafe"

	"golang.org/x/sys/unix"
)

func main() {
	addr := flag.String("addr", "127.0.0.1:0", "address to listen on")
	size := flag.Int("body", 128, "bytes of the answer's body")
	version := flag.String("version", "", "text of a header X-Version")
	secure := flag.Bool("tls", false, "serve https, with a certificate that nobody has signed")
	flag.Parse()
	header := "Connection: keep-alive\r\n"
	if *version != "" {
		header += "X-Version: " + *version + "\r\n"
	}
	answer := fmt.Appendf(nil, "HTTP/1.1 200 OK\r\n%sContent-Length: %d\r\n\r\n%s", header, *size, strings.Repeat("x", *size))
	run := serve
	if *secure {
		run = serveTLS
	}
	fmt.Fprintln(os.Stderr, "responder:", run(*addr, answer))
	os.Exit(1)
}

// serve returns only with an error.
func serve(addr string, answer []byte) error {
	runtime.LockOSThread()
	at, err := netip.ParseAddrPort(addr)
	if err != nil {
		return err
	}
	listener, err := unix.Socket(unix.AF_INET, unix.SOCK_STREAM|unix.SOCK_NONBLOCK|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return err
	}
	if err := unix.SetsockoptInt(listener, unix.SOL_SOCKET, unix.SO_REUSEADDR, 1); err != nil {
		return err
	}
	if err := unix.Bind(listener, &unix.SockaddrInet4{Port: int(at.Port()), Addr: at.Addr().As4()}); err != nil {
		return err
	}
	if err := unix.Listen(listener, 4096); err != nil {
		return err
	}
	bound, err := unix.Getsockname(listener)
	if err != nil {
		return err
	}
	port := bound.(*unix.SockaddrInet4).Port
	fmt.Printf("http://%s/\n", net.JoinHostPort(at.Addr().String(), fmt.Sprint(port)))

	set, err := unix.EpollCreate1(unix.EPOLL_CLOEXEC)
	if err != nil {
		return err
	}
	if err := unix.EpollCtl(set, unix.EPOLL_CTL_ADD, listener, &unix.EpollEvent{Events: unix.EPOLLIN, Fd: int32(listener)}); err != nil {
		return err
	}
	var (
		events [512]unix.EpollEvent
		buffer [16 << 10]byte
	)
	for {
		n, err := unix.EpollWait(set, events[:], -1)
		if err == unix.EINTR {
			continue
		}
		if err != nil {
			return err
		}
		for _, e := range events[:n] {
			fd := int(e.Fd)
			if fd == listener {
				accept(set, listener)
				continue
			}
			// A request is taken to come whole in one read, as those of a load generator do.
			got, _, errno := syscall.RawSyscall(unix.SYS_READ, uintptr(fd), uintptr(unsafe.Pointer(&buffer[0])), uintptr(len(buffer)))
			if errno == unix.EAGAIN {
				continue
			}
			if errno != 0 || got == 0 {
				unix.Close(fd)
				continue
			}
			// Pipelined requests are answered too: wrk and ab send none, but a test may.
			syscall.RawSyscall6(unix.SYS_SENDTO, uintptr(fd), uintptr(unsafe.Pointer(&answer[0])), uintptr(len(answer)), unix.MSG_NOSIGNAL, 0, 0)
		}
	}
}

func accept(set, listener int) {
	for {
		fd, _, err := unix.Accept4(listener, unix.SOCK_NONBLOCK|unix.SOCK_CLOEXEC)
		if err != nil {
			return
		}
		_ = unix.SetsockoptInt(fd, unix.IPPROTO_TCP, unix.TCP_NODELAY, 1)
		if err := unix.EpollCtl(set, unix.EPOLL_CTL_ADD, fd, &unix.EpollEvent{Events: unix.EPOLLIN, Fd: int32(fd)}); err != nil {
			unix.Close(fd)
		}
	}
}
