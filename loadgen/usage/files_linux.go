package usage

import (
	"errors"

	"golang.org/x/sys/unix"
)

// kernelFiles reads the small files that the kernel makes up as they are read, in /proc and the control groups. It
// spares what os.ReadFile does for real files (asking for the size, offering the descriptor to the poller, a new buffer):
// a sample reads dozens of them on the processor that sends the requests.
type kernelFiles struct {
	buf []byte
}

// read returns the content of a file, good until the next call.
func (k *kernelFiles) read(path string) ([]byte, error) {
	fd, err := unix.Open(path, unix.O_RDONLY|unix.O_CLOEXEC, 0)
	if err != nil {
		return nil, err
	}
	defer unix.Close(fd)
	if k.buf == nil {
		k.buf = make([]byte, 4096)
	}
	for n := 0; ; {
		if n == len(k.buf) {
			k.buf = append(k.buf, make([]byte, len(k.buf))...)
		}
		got, err := unix.Read(fd, k.buf[n:])
		switch {
		case errors.Is(err, unix.EINTR):
			continue
		case err != nil:
			return nil, err
		case got == 0:
			return k.buf[:n], nil
		}
		n += got
	}
}
