package catalogue

import (
	"context"
	"crypto/sha256"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gofrs/flock"
)

// small takes a few milliseconds to build.
var small = Spec{Seed: 7, Products: 400, Categories: 20, Reviews: 2000}

// kept returns a File in a directory of the test, and the lines it said.
func kept(t *testing.T) (File, *[]string) {
	t.Helper()
	var mu sync.Mutex
	said := new([]string)
	return File{Spec: small, Dir: filepath.Join(t.TempDir(), "cache"), Progress: func(line string) {
		mu.Lock()
		defer mu.Unlock()
		*said = append(*said, line)
	}}, said
}

func copyOf(t *testing.T, f File) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "copy.sqlite")
	if err := f.Copy(t.Context(), path); err != nil {
		t.Fatal(err)
	}
	return path
}

func contentOf(t *testing.T, path string) [32]byte {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return sha256.Sum256(b)
}

func TestFileIsBuiltOnceAndReadOnly(t *testing.T) {
	f, said := kept(t)
	first := contentOf(t, copyOf(t, f))
	if len(*said) != 2 || !strings.HasPrefix((*said)[0], "building the product catalogue") || !strings.HasPrefix((*said)[1], "built in") {
		t.Errorf("said %q", *said)
	}
	stored := filepath.Join(f.Dir, f.name())
	info, err := os.Stat(stored)
	if err != nil {
		t.Fatal(err)
	}
	if info.Mode().Perm() != 0o444 {
		t.Errorf("mode %v, want 0444", info.Mode().Perm())
	}
	if second := contentOf(t, copyOf(t, f)); second != first || second != contentOf(t, stored) {
		t.Error("the copies differ")
	}
	if len(*said) != 2 {
		t.Errorf("built again: %q", *said)
	}
	if left, _ := filepath.Glob(filepath.Join(f.Dir, "*.partial")); left != nil {
		t.Errorf("left behind: %v", left)
	}
}

func TestSameSpecSameBytes(t *testing.T) {
	a, _ := kept(t)
	b, _ := kept(t)
	c, _ := kept(t)
	c.Spec.Seed++
	sum := contentOf(t, copyOf(t, a))
	if contentOf(t, copyOf(t, b)) != sum {
		t.Error("two builds of one spec differ")
	}
	if contentOf(t, copyOf(t, c)) == sum {
		t.Error("the seed makes no difference")
	}
}

func TestDamagedFileIsBuiltAgain(t *testing.T) {
	for name, damage := range map[string]func(stored string) error{
		"a bit flipped": func(stored string) error {
			b, err := os.ReadFile(stored)
			if err != nil {
				return err
			}
			b[len(b)/2] ^= 1
			return errors.Join(os.Chmod(stored, 0o600), os.WriteFile(stored, b, 0o600))
		},
		"cut short": func(stored string) error {
			return errors.Join(os.Chmod(stored, 0o600), os.Truncate(stored, 4096))
		},
		"empty": func(stored string) error {
			return errors.Join(os.Chmod(stored, 0o600), os.Truncate(stored, 0))
		},
		"gone":              os.Remove,
		"checksum gone":     func(stored string) error { return os.Remove(stored + ".sha256") },
		"checksum of other": func(stored string) error { return os.WriteFile(stored+".sha256", []byte("0123\n"), 0o600) },
		"a build cut short": func(stored string) error {
			return errors.Join(os.Remove(stored), os.WriteFile(stored+".partial", []byte("SQLite format 3"), 0o600))
		},
	} {
		t.Run(name, func(t *testing.T) {
			f, said := kept(t)
			want := contentOf(t, copyOf(t, f))
			if err := damage(filepath.Join(f.Dir, f.name())); err != nil {
				t.Fatal(err)
			}
			*said = nil
			if got := contentOf(t, copyOf(t, f)); got != want {
				t.Error("the copy differs from the one before the damage")
			}
			if len(*said) == 0 {
				t.Error("it was not built again")
			}
			*said = nil
			copyOf(t, f)
			if len(*said) != 0 {
				t.Errorf("built again though whole: %q", *said)
			}
		})
	}
}

// Builders that begin at once build once, and all get the same.
func TestConcurrentBuilders(t *testing.T) {
	f, said := kept(t)
	dir := t.TempDir()
	var wg sync.WaitGroup
	sums := make([][32]byte, 8)
	for i := range sums {
		wg.Go(func() {
			path := filepath.Join(dir, string(rune('a'+i)))
			if err := f.Copy(context.Background(), path); err != nil {
				t.Error(err)
				return
			}
			sums[i] = contentOf(t, path)
		})
	}
	wg.Wait()
	for _, sum := range sums {
		if sum != sums[0] {
			t.Fatal("the copies differ")
		}
	}
	built := slices.DeleteFunc(*said, func(s string) bool { return strings.HasPrefix(s, "waiting for another process") })
	if len(built) != 2 {
		t.Errorf("built more than once: %q", built)
	}
}

func TestBuildHearsItsContext(t *testing.T) {
	f, _ := kept(t)
	f.Spec = Default
	f.Spec.Reviews *= 10 // it takes many times as long as noticing that it has begun
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	path := filepath.Join(t.TempDir(), "copy")
	go func() {
		defer cancel()
		partial := filepath.Join(f.Dir, f.name()) + ".partial"
		for begun := time.Now(); time.Since(begun) < time.Minute; time.Sleep(time.Millisecond) {
			if info, err := os.Stat(partial); err == nil && info.Size() > 0 {
				return
			}
		}
	}()
	if err := f.Copy(ctx, path); !errors.Is(err, context.Canceled) {
		t.Errorf("error %v, want context.Canceled", err)
	}
	for _, p := range []string{path, filepath.Join(f.Dir, f.name()), filepath.Join(f.Dir, f.name()) + ".partial"} {
		if _, err := os.Stat(p); !errors.Is(err, os.ErrNotExist) {
			t.Errorf("%s was left: %v", p, err)
		}
	}
}

func TestNowhereToKeepIt(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	t.Setenv("HOME", "")
	t.Setenv("XDG_CACHE_HOME", "")
	t.Setenv(CacheDirVar, "")
	path := filepath.Join(t.TempDir(), "copy")
	for dir, want := range map[string]string{
		"":                         "set BENCH_CACHE_DIR to one",
		filepath.Join(file, "dir"): "set BENCH_CACHE_DIR to another directory",
	} {
		if err := (File{Spec: small, Dir: dir}).Copy(t.Context(), path); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("Dir %q: error %v, want %q", dir, err, want)
		}
	}
	t.Setenv(CacheDirVar, filepath.Join(t.TempDir(), "named"))
	if err := (File{Spec: small}).Copy(t.Context(), path); err != nil {
		t.Errorf("with %s set: %v", CacheDirVar, err)
	}
}

// Who waits for another process's catalogue says so.
func TestWaitingForTheCatalogueIsSaid(t *testing.T) {
	f := File{Spec: small, Dir: t.TempDir()}
	stored := filepath.Join(f.Dir, f.name())
	other := flock.New(stored + ".lock")
	if locked, err := other.TryLock(); err != nil || !locked {
		t.Fatal(locked, err)
	}
	var said []string
	f.Progress = func(line string) {
		if said = append(said, line); len(said) == 1 {
			other.Close()
		}
	}
	if err := f.Copy(t.Context(), filepath.Join(t.TempDir(), "copy")); err != nil {
		t.Fatal(err)
	}
	if said[0] != "waiting for another process that builds the product catalogue "+stored {
		t.Errorf("%q", said)
	}
}
