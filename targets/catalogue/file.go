package catalogue

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/gofrs/flock"
	"github.com/google/renameio/v2/maybe"
)

// CacheDirVar is the environment variable that names the directory catalogues are kept in.
const CacheDirVar = "BENCH_CACHE_DIR"

// File keeps the catalogue of a Spec, generated once, in a directory: the database file, read-only, and its SHA-256
// beside it (about 1.5 GB/s here, so that the tens of megabytes are checked whenever they are used). Any number of
// processes may use the directory at once: one builds, the others wait for it.
type File struct {
	Spec     Spec
	Dir      string            // "" means $BENCH_CACHE_DIR, else bench in the user's cache directory
	Progress func(line string) // is told when building takes time; may be nil
}

// Copy writes a verified copy of the catalogue to path, building it first if it is not there or damaged.
func (f File) Copy(ctx context.Context, path string) error {
	if f.Progress == nil {
		f.Progress = func(string) {}
	}
	dir, err := f.dir()
	if err != nil {
		return err
	}
	stored := filepath.Join(dir, f.name())
	if copyVerified(ctx, path, stored) == nil {
		return nil
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return fmt.Errorf("keep the catalogue: %w; set %s to another directory", err, CacheDirVar)
	}
	lock := flock.New(stored + ".lock")
	if free, err := lock.TryLock(); err == nil && !free {
		f.Progress("waiting for another process that builds the product catalogue " + stored)
	}
	if _, err := lock.TryLockContext(ctx, 20*time.Millisecond); err != nil {
		return fmt.Errorf("lock the catalogue %s: %w", stored, err)
	}
	defer lock.Close()
	switch err := copyVerified(ctx, path, stored); { // another process may have built it meanwhile
	case err == nil:
		return nil
	case errors.Is(err, errDamaged):
		f.Progress(fmt.Sprintf("the catalogue %s is damaged and is built again", stored))
	case !errors.Is(err, os.ErrNotExist):
		return fmt.Errorf("copy the catalogue: %w", err)
	}
	if err := f.store(ctx, stored); err != nil {
		return fmt.Errorf("build the catalogue %s: %w", stored, err)
	}
	if err := copyVerified(ctx, path, stored); err != nil {
		return fmt.Errorf("copy the catalogue: %w", err)
	}
	return nil
}

func (f File) dir() (string, error) {
	if f.Dir != "" {
		return f.Dir, nil
	}
	if dir := os.Getenv(CacheDirVar); dir != "" {
		return dir, nil
	}
	dir, err := os.UserCacheDir()
	if err != nil {
		return "", fmt.Errorf("no directory to keep the catalogue in: %w; set %s to one", err, CacheDirVar)
	}
	return filepath.Join(dir, "bench"), nil
}

// name says what is in the file, so that another version's or another size's is another file.
func (f File) name() string {
	s := f.Spec
	return fmt.Sprintf("catalogue-v%d-%d-%d-%d-%d.sqlite", generation, s.Seed, s.Products, s.Categories, s.Reviews)
}

// store builds the catalogue and puts it in its place when it is whole. The lock must be held. Nothing is synced: what a
// power cut leaves does not match its checksum.
func (f File) store(ctx context.Context, stored string) error {
	f.Progress(fmt.Sprintf("building the product catalogue (%d products, %d reviews): once, a few seconds", f.Spec.Products, f.Spec.Reviews))
	began := time.Now()
	partial := stored + ".partial"
	if err := os.Remove(partial); err != nil && !errors.Is(err, os.ErrNotExist) {
		return err
	}
	defer os.Remove(partial)
	if err := build(ctx, f.Spec, partial); err != nil {
		if ctx.Err() != nil {
			err = ctx.Err() // the database may have named what the end had closed
		}
		return err
	}
	sum := sha256.New()
	size, err := copyFile(ctx, sum, partial)
	if err != nil {
		return err
	}
	if err := maybe.WriteFile(stored+".sha256", []byte(hex.EncodeToString(sum.Sum(nil))+"\n"), 0o644); err != nil {
		return err
	}
	if err := os.Chmod(partial, 0o444); err != nil {
		return err
	}
	if err := os.Rename(partial, stored); err != nil {
		return err
	}
	f.Progress(fmt.Sprintf("built in %.1f s; %s (%d MB) is kept", time.Since(began).Seconds(), stored, size>>20))
	return nil
}

var errDamaged = errors.New("the checksum does not match")

// copyVerified copies stored to path, checking it on the way; only a verified copy is left. The error is errDamaged or
// os.ErrNotExist if it must be built.
func copyVerified(ctx context.Context, path, stored string) (err error) {
	want, err := os.ReadFile(stored + ".sha256")
	if err != nil {
		return err
	}
	out, err := os.OpenFile(path, os.O_CREATE|os.O_WRONLY|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	defer func() {
		if err = errors.Join(err, out.Close()); err != nil {
			os.Remove(path)
		}
	}()
	sum := sha256.New()
	if _, err := copyFile(ctx, io.MultiWriter(out, sum), stored); err != nil {
		return err
	}
	if hex.EncodeToString(sum.Sum(nil)) != strings.TrimSpace(string(want)) {
		return errDamaged
	}
	return nil
}

// copyFile writes the file at path to w, unless ctx ends meanwhile.
func copyFile(ctx context.Context, w io.Writer, path string) (int64, error) {
	in, err := os.Open(path)
	if err != nil {
		return 0, err
	}
	defer in.Close()
	var n int64
	for buf := make([]byte, 1<<20); ; {
		read, err := in.Read(buf)
		if _, err := w.Write(buf[:read]); err != nil {
			return n, err
		}
		n += int64(read)
		if errors.Is(err, io.EOF) {
			return n, nil
		}
		if err = errors.Join(err, ctx.Err()); err != nil {
			return n, err
		}
	}
}
