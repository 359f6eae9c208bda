package process

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/gofrs/flock"
)

const (
	privatePrefix = "bench-"
	lockName      = ".in-use"

	removeAgain = 20 // times
	removePause = 10 * time.Millisecond

	releaseLimit = 2 * time.Second
	releasePause = 5 * time.Millisecond
)

// PrivateDir is a directory of mode 0700 below [os.TempDir] for one child's files. Parent and child both hold a shared
// lock on a file in it; it is abandoned when neither does.
type PrivateDir struct {
	Path string

	lock *flock.Flock
}

// NewPrivateDir makes a private directory, after removing those of this user that nobody holds any more.
func NewPrivateDir() (*PrivateDir, error) {
	sweep(os.TempDir())
	for {
		path, err := os.MkdirTemp("", privatePrefix+"*")
		if err != nil {
			return nil, fmt.Errorf("make a private directory: %w", err)
		}
		d, err := lockIn(path, os.O_CREATE|os.O_RDONLY)
		if errors.Is(err, os.ErrNotExist) {
			continue // another process's sweep found the lock before it was taken
		}
		if err != nil {
			os.RemoveAll(path)
			return nil, fmt.Errorf("make a private directory: %w", err)
		}
		return d, nil
	}
}

// JoinPrivateDir locks the private directory at path too: it is the child's side of the one its parent made.
func JoinPrivateDir(path string) (*PrivateDir, error) {
	d, err := lockIn(path, os.O_RDONLY)
	if err != nil {
		return nil, fmt.Errorf("join the private directory %s: %w", path, err)
	}
	return d, nil
}

// lockIn takes a shared lock in the directory. The error is os.ErrNotExist if the directory is being swept.
func lockIn(path string, flag int) (*PrivateDir, error) {
	lock := flock.New(filepath.Join(path, lockName), flock.SetFlag(flag))
	locked, err := lock.TryRLock()
	if err != nil {
		return nil, err
	}
	held, err := lock.Stat()
	if err == nil && locked {
		var named os.FileInfo
		if named, err = os.Stat(lock.Path()); err == nil && os.SameFile(held, named) {
			return &PrivateDir{Path: path, lock: lock}, nil
		}
	}
	lock.Close()
	return nil, os.ErrNotExist
}

// LockPrivateDir returns another lock on the private directory at path, for what this process starts to inherit: while
// any of that lives, the directory is not abandoned. It is nil where the system has no such locks.
func LockPrivateDir(path string) (*os.File, error) {
	f, err := inheritableLock(filepath.Join(path, lockName))
	if err != nil {
		return nil, fmt.Errorf("lock the private directory %s: %w", path, err)
	}
	return f, nil
}

// awaitRelease returns when nobody else holds the directory any more, after a while in any case. clear is called until
// then, to help with it, and once after.
func (d *PrivateDir) awaitRelease(clear func(dir string, waited time.Duration)) {
	for began := time.Now(); ; time.Sleep(releasePause) {
		waited := time.Since(began)
		clear(d.Path, waited)
		if free, err := d.lock.TryLock(); free || err != nil || waited > releaseLimit {
			clear(d.Path, waited)
			return
		}
	}
}

// Remove removes the directory and all in it. It may be called more than once, and by both sides.
func (d *PrivateDir) Remove() error {
	unlocked := d.lock.Close()
	removed := os.RemoveAll(d.Path)
	for range removeAgain { // a server that is just dying may have made a file meanwhile
		if removed == nil {
			break
		}
		time.Sleep(removePause)
		removed = os.RemoveAll(d.Path)
	}
	return errors.Join(unlocked, removed)
}

// sweep removes the private directories below tmp that were left by processes killed together with their parent. What
// lacks the lock file is not one of ours, whatever its name.
func sweep(tmp string) {
	entries, err := os.ReadDir(tmp)
	if err != nil {
		return
	}
	for _, e := range entries {
		info, err := e.Info()
		if err != nil || !e.IsDir() || !strings.HasPrefix(e.Name(), privatePrefix) || !ours(info) {
			continue
		}
		path := filepath.Join(tmp, e.Name())
		lock := flock.New(filepath.Join(path, lockName), flock.SetFlag(os.O_RDONLY))
		if free, err := lock.TryLock(); err == nil && free {
			os.RemoveAll(path)
		}
		lock.Close()
	}
}
