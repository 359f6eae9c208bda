package reference

import (
	"fmt"
	"os"
	"time"

	"golang.org/x/sys/unix"
)

// timer is a timerfd. Go's poller waits for it as for a socket, so the kernel's high resolution timer wakes the process
// at the nanosecond it was set to, without the slack that sleeping threads get.
type timer struct{ f *os.File }

func (t *timer) open() error {
	fd, err := unix.TimerfdCreate(unix.CLOCK_MONOTONIC, unix.TFD_NONBLOCK|unix.TFD_CLOEXEC)
	if err != nil {
		return fmt.Errorf("make a timer: %w", err)
	}
	t.f = os.NewFile(uintptr(fd), "timerfd")
	return nil
}

func (t *timer) close() { t.f.Close() }

// set makes wait return after d, and no more at the time set before.
func (t *timer) set(d time.Duration) {
	spec := unix.ItimerSpec{Value: unix.NsecToTimespec(max(1, int64(d)))} // 0 would disarm it
	if raw, err := t.f.SyscallConn(); err == nil {
		raw.Control(func(fd uintptr) { unix.TimerfdSettime(int(fd), 0, &spec, nil) })
	}
}

// wait returns nil when the timer goes off, and an error when it is closed.
func (t *timer) wait() error {
	var expirations [8]byte
	_, err := t.f.Read(expirations[:])
	return err
}
