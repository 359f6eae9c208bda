package main

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"
)

func savedFiles(t *testing.T) []string {
	t.Helper()
	names, err := filepath.Glob(filepath.Join(savedDir, "*.json"))
	if err != nil {
		t.Fatal(err)
	}
	return names
}

// A second run that ends while the first is being written, in the same second, gets a name of its own.
func TestRunsThatEndInOneSecondAreAllKept(t *testing.T) {
	t.Chdir(t.TempDir())
	now := time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)
	var inner string
	outer, err := keep("spike", now, func(_ string, w io.Writer) error {
		var err error
		inner, err = keep("spike", now, func(_ string, w io.Writer) error {
			if seen := savedFiles(t); len(seen) != 0 {
				t.Errorf("%q are seen before they are whole", seen)
			}
			_, err := io.WriteString(w, "inner")
			return err
		})
		if err != nil {
			return err
		}
		_, err = io.WriteString(w, "outer")
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	for path, want := range map[string]string{outer: "outer", inner: "inner"} {
		if data, err := os.ReadFile(path); err != nil || string(data) != want {
			t.Errorf("%s holds %q, want %q (%v)", path, data, want, err)
		}
	}
	if got := savedFiles(t); len(got) != 2 {
		t.Errorf("saved: %q", got)
	}
}

// Many at once, of which most are to be pruned: each write succeeds, and what is kept is whole.
func TestPruningBesideWriters(t *testing.T) {
	t.Chdir(t.TempDir())
	start := time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)
	var group sync.WaitGroup
	for writer := range 8 {
		group.Go(func() {
			for i := range 2 * keptSaved / 8 {
				text := fmt.Sprintf("%d/%d", writer, i)
				path, err := keep("soak", start.Add(time.Duration(i)*time.Second), func(_ string, w io.Writer) error {
					_, err := io.WriteString(w, text)
					return err
				})
				if err != nil {
					t.Errorf("%s: %v", path, err)
				}
			}
		})
	}
	group.Wait()
	files := savedFiles(t)
	if len(files) != keptSaved {
		t.Errorf("%d files are kept, want %d", len(files), keptSaved)
	}
	seen := map[string]bool{}
	for _, f := range files {
		data, err := os.ReadFile(f)
		if err != nil || len(data) == 0 || seen[string(data)] {
			t.Errorf("%s: %q, %v", f, data, err)
		}
		seen[string(data)] = true
	}
}

func TestWhatAKilledBenchBeganIsRemovedInTheEnd(t *testing.T) {
	t.Chdir(t.TempDir())
	if err := makeSavedDir(savedDir); err != nil {
		t.Fatal(err)
	}
	now := time.Now()
	for name, age := range map[string]time.Duration{"old": 2 * abandonedAfter, "new": time.Hour} {
		path := filepath.Join(savedDir, "."+name+partialSuffix)
		if err := os.WriteFile(path, nil, 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.Chtimes(path, now, now.Add(-age)); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := keep("soak", now, encodeRuns(nil)); err != nil {
		t.Fatal(err)
	}
	if left, err := filepath.Glob(filepath.Join(savedDir, ".*"+partialSuffix)); err != nil || len(left) != 1 || filepath.Base(left[0]) != ".new.partial" {
		t.Errorf("left: %q, %v", left, err)
	}
}
