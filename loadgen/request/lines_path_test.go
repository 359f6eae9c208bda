package request

import (
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// What is shown of a path is what is shown of the URL that it is of.
func TestAppendPathOf(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		path := rapid.StringOfN(rapid.RuneFrom([]rune("/ab?&=#ü%")), 0, 20, -1).Draw(t, "path")
		if path != "" && strings.IndexByte("/?#", path[0]) < 0 {
			path = "/" + path
		}
		if got, want := string(appendPathOf(nil, []byte(path))), pathOf("http://h"+path); got != want {
			t.Fatalf("%q: %q, want %q", path, got, want)
		}
	})
}
