package usage

import (
	"context"
	"testing"
	"time"
)

func TestIdleUse(t *testing.T) {
	root := startPuppet(t)
	pid := root.cmd.Process.Pid
	root.mustTime(t, "cpu") // it has begun, and waits for orders
	if busy, ok := IdleUse(t.Context(), pid, 200*time.Millisecond); !ok || busy < 0 || busy > 0.1 {
		t.Errorf("a process that waits uses %v processors, %v", busy, ok)
	}
	// One that burns 100 ms of processor time within what is waited for, however slowly it gets them.
	before, done := root.mustTime(t, "cpu"), make(chan struct{})
	ctx, over := context.WithCancel(t.Context())
	defer over()
	go func() {
		for ctx.Err() == nil {
			if _, err := root.order("burn"); err != nil {
				break
			}
		}
		close(done)
	}()
	const length = 400 * time.Millisecond
	busy, ok := IdleUse(t.Context(), pid, length)
	over()
	<-done
	if used := root.mustTime(t, "cpu") - before; !ok || busy <= 0 || busy*float64(length) > 1.1*float64(used) {
		t.Errorf("a process that burnt %v used %v processors over %v, %v", used, busy, length, ok)
	}

	if busy, ok := IdleUse(t.Context(), 0, length); ok {
		t.Errorf("no process uses %v", busy)
	}
	if busy, ok := IdleUse(ctx, pid, time.Hour); ok {
		t.Errorf("cancelled it tells %v", busy)
	}
	root.in.Close()
	root.cmd.Wait()
	if busy, ok := IdleUse(t.Context(), pid, time.Millisecond); ok {
		t.Errorf("a process that has ended uses %v", busy)
	}
}
