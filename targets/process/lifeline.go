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

// Lifeline is the child's side: the context asked is cancelled when [Process.Stop] was called or the parent died, and held
// when nobody waits for this process any more, not even to see it clean up: the pipe inherited as descriptor fd (on Windows
// a handle) has ended. stop releases the descriptor.
//
// From then on the lifeline alone decides how long this process lives. SIGPIPE is ignored: with the parent goes the
// reader of standard error, and a line logged on the way out must not be fatal. SIGHUP is ignored: the kernel sends it to
// a child that was stopped by SIGSTOP when its parent dies, before it wakes it.
func Lifeline(ctx context.Context, fd int) (asked, held context.Context, stop func(), _ error) {
	pipe, err := inherited(fd)
	if err != nil {
		return nil, nil, nil, fmt.Errorf("lifeline %d is not a pipe inherited from a parent: %w", fd, err)
	}
	signal.Ignore(syscall.SIGPIPE, syscall.SIGHUP)
	held, release := context.WithCancelCause(context.WithoutCancel(ctx))
	asked, cancel := context.WithCancelCause(ctx)
	go func() {
		var b [1]byte
		for {
			_, err := pipe.Read(b[:])
			cancel(ErrParentGone) // a byte asks, the end no longer waits
			if err != nil {
				release(ErrParentGone)
				return
			}
		}
	}()
	return asked, held, func() {
		cancel(context.Canceled)
		pipe.Close()
	}, nil
}
