package wire

import (
	"bytes"
	"testing"

	"pgregory.net/rapid"
)

// TestCleanLen: looking at eight bytes at once finds what looking at each does.
func TestCleanLen(t *testing.T) {
	slow := func(value []byte) int {
		i := bytes.IndexFunc(value, func(r rune) bool { return r < ' ' && r != '\t' || r == 0x7f })
		if i < 0 {
			return len(value)
		}
		return i
	}
	for c := range 256 {
		for at := range 20 {
			value := bytes.Repeat([]byte{'a'}, 20)
			value[at] = byte(c)
			if got, want := cleanLen(value), slow(value); got != want {
				t.Fatalf("%q: %d, want %d", value, got, want)
			}
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		value := rapid.SliceOf(rapid.SampledFrom([]byte("\x00\t\t\t\x1f !aaaa~\x7f\x80\x9f\xa0\xff"))).Draw(t, "value")
		if got, want := cleanLen(value), slow(value); got != want {
			t.Fatalf("%q: %d, want %d", value, got, want)
		}
	})
}
