package usage

import (
	"os"
	"testing"
)

func TestMemory(t *testing.T) {
	if got, ok := Memory(os.Getpid()); ok != (got > 1<<20) {
		t.Errorf("%d bytes, %v", got, ok)
	}
	if got, ok := Memory(0); ok || got != 0 {
		t.Errorf("no process has %d bytes", got)
	}
}
