package main

import (
	"errors"
	"io/fs"
	"path/filepath"
	"strings"
	"testing"
)

// What keeps a file from being made names what the user gave, and not the temporary file that was tried.
func TestWhatCannotBeWrittenIsNamed(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "missing")
	for name, err := range map[string]error{"canWrite": canWrite(filepath.Join(dir, "x.json")), "canCreateIn": canCreateIn(dir)} {
		if !errors.Is(err, fs.ErrNotExist) || !strings.Contains(err.Error(), dir+":") || strings.Contains(err.Error(), ".bench-") {
			t.Errorf("%s: %v", name, err)
		}
	}
}
