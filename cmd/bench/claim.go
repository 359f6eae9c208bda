package main

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"time"
)

const (
	partialSuffix  = ".partial"
	abandonedAfter = 24 * time.Hour // age from which on an unfinished file has no writer any more
)

// claim is a name below .bench reserved for one file of one bench, by the unfinished file itself.
type claim struct {
	path    string // the name
	partial *os.File
}

// claimName claims base.json, or the first of base-2.json, base-3.json … that is free.
func claimName(base string) (*claim, error) {
	name := base
	for i := 2; ; i++ {
		path := filepath.Join(savedDir, name+".json")
		partial, err := os.OpenFile(filepath.Join(savedDir, "."+name+partialSuffix), os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
		if err != nil && !errors.Is(err, fs.ErrExist) {
			return nil, err
		}
		if err == nil {
			c := &claim{path, partial}
			if _, err := os.Lstat(path); errors.Is(err, fs.ErrNotExist) {
				return c, nil
			}
			c.release()
		}
		name = fmt.Sprintf("%s-%d", base, i)
	}
}

// publish gives the file, which is whole, the claimed name. A file that has it already is not replaced.
func (c *claim) publish() error {
	if err := c.partial.Sync(); err != nil {
		return err
	}
	err := os.Link(c.partial.Name(), c.path)
	if err == nil || errors.Is(err, fs.ErrExist) {
		return err
	}
	return c.copyOut() // a file system without links
}

// copyOut writes a copy of the file under the claimed name.
func (c *claim) copyOut() error {
	from, err := os.Open(c.partial.Name())
	if err != nil {
		return err
	}
	defer from.Close()
	to, err := os.OpenFile(c.path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	_, err = io.Copy(to, from)
	if err = errors.Join(err, to.Sync(), to.Close()); err != nil {
		err = errors.Join(err, os.Remove(c.path))
	}
	return err
}

// release gives the claim up; what was published stays.
func (c *claim) release() {
	_ = c.partial.Close() // what was published has been synced
	_ = os.Remove(c.partial.Name())
}

// removeAbandoned removes what a bench that was killed had begun to write.
func removeAbandoned(now time.Time) error {
	names, err := filepath.Glob(filepath.Join(savedDir, ".*"+partialSuffix))
	if err != nil {
		return err
	}
	for _, name := range names {
		info, err := os.Lstat(name)
		if err != nil || now.Sub(info.ModTime()) < abandonedAfter {
			continue
		}
		if err := removeIfThere(name); err != nil {
			return err
		}
	}
	return nil
}
