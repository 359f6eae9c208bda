//go:build amd64 || arm64

package wire

import (
	"errors"
	"net"
	"slices"
	"testing"
	"testing/synctest"
	"time"
)

// As many compute as have a turn, and one that has begun goes before those that have not, which are begun in order.
func TestTurns(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		turns := turns{free: 1}
		var did []string
		step := func(what string) {
			did = append(did, what)
			time.Sleep(10 * time.Millisecond)
		}
		for i := range 4 {
			name := string(rune('a' + i))
			turns.begin(func() {
				step(name)
				turns.pass()
				time.Sleep(time.Millisecond) // for the peer
				turns.resume()
				step(name)
				turns.pass()
			})
		}
		time.Sleep(time.Second)
		synctest.Wait()
		if want := []string{"a", "b", "a", "b", "c", "d", "c", "d"}; !slices.Equal(did, want) {
			t.Errorf("%q, want %q", did, want)
		}
		if turns.free != 1 || len(turns.again) > 0 || len(turns.fresh) > 0 {
			t.Errorf("at the end %+v", &turns)
		}
	})
}

// A handshake whose connection was closed while it waited to begin is over without computing anything.
func TestAHandshakeThatIsNotBegun(t *testing.T) {
	h := &handshake{fd: -1, turns: new(turns)}
	h.run(nil)
	if !h.over || !errors.Is(h.err, net.ErrClosed) || h.turns.free != 1 {
		t.Errorf("over %v with %v, %d turns", h.over, h.err, h.turns.free)
	}
}
