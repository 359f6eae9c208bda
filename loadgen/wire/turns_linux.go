//go:build amd64 || arm64

package wire

import "sync"

// turns lets so many handshakes compute at once. One that has begun goes before those that have not, which have no goroutine yet: it holds
// keys and a stack, some 25 KB, until it is over.
type turns struct {
	mu    sync.Mutex
	free  int
	again []chan struct{} // each of one that goes on
	fresh []func()
}

// begin calls work in a goroutine that has a turn, when there is one. The turn is over with pass.
func (t *turns) begin(work func()) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.free == 0 {
		t.fresh = append(t.fresh, work)
		return
	}
	t.free--
	go work()
}

// pass gives a turn to the next.
func (t *turns) pass() {
	t.mu.Lock()
	defer t.mu.Unlock()
	switch {
	case len(t.again) > 0:
		close(t.again[0])
		t.again = t.again[1:]
	case len(t.fresh) > 0:
		go t.fresh[0]()
		t.fresh[0] = nil
		t.fresh = t.fresh[1:]
	default:
		t.free++
	}
}

// resume waits for another turn.
func (t *turns) resume() {
	t.mu.Lock()
	if t.free > 0 {
		t.free--
		t.mu.Unlock()
		return
	}
	next := make(chan struct{})
	t.again = append(t.again, next)
	t.mu.Unlock()
	<-next
}
