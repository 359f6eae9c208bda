package selfcheck

import (
	"testing"
	"time"
)

// Every deadline that passed counts once, however late the thread was woken, and none before its time.
func TestIdleThread(t *testing.T) {
	begun := time.Now()
	stop, err := WatchIdleThread()
	if err != nil {
		t.Fatal(err)
	}
	time.Sleep(20 * time.Millisecond) // how long it is watched, not a wait for anything
	late := stop()
	if most := int(time.Since(begun)/idleEvery) + 1; len(late) < 1 || len(late) > most {
		t.Errorf("woken %d times, want 1 to %d", len(late), most)
	}
	for _, l := range late {
		if l < 0 {
			t.Errorf("woken %v early", -l)
		}
	}
}
