package process

import (
	"context"
	"errors"
	"fmt"
	"os/signal"
	"syscall"
)

// ErrParentGone is the cause of a context that [Lifeline] cancelled.
var ErrParentGone = errors.New("the process that started this one wants it no more")

// Lifeline is the child's side: the context it returns is cancelled when the pipe inherited as descriptor fd (on Windows
// a handle) ends, because the parent called [Process.Stop] or died. stop releases the descriptor.
//
// From then on the lifeline alone decides how long this process lives. SIGPIPE is ignored: with the parent goes the
// reader of standard error, and a line logged on the way out must not be fatal. SIGHUP is ignored: the kernel sends it to
// a child that was stopped by SIGSTOP when its parent dies, before it wakes it.
func Lifeline(ctx context.Context, fd int) (_ context.Context, stop func(), _ error) {
	pipe, err := inherited(fd)
	if err != nil {
		return nil, nil, fmt.Errorf("lifeline %d is not a pipe inherited from a parent: %w", fd, err)
	}
	signal.Ignore(syscall.SIGPIPE, syscall.SIGHUP)
	ctx, cancel := context.WithCancelCause(ctx)
	go func() {
		var b [1]byte
		for {
			if _, err := pipe.Read(b[:]); err != nil {
				cancel(ErrParentGone)
				return
			}
		}
	}()
	return ctx, func() {
		cancel(context.Canceled)
		pipe.Close()
	}, nil
}
