package main

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
)

// beforeDriving finds out what would keep the results from being written, while nothing has been driven yet. Where they
// cannot be kept below .bench the run is worth having all the same: that is a warning, unless keeping was asked for.
func beforeDriving[T any](o *driveOptions, outs outputs[T], stderr io.Writer) error {
	if err := outs.check(); err != nil {
		return err
	}
	if o.noSave {
		return nil
	}
	return o.notKept(canMake(savedDir), stderr)
}

// notKept takes an error of keeping what was measured: it is returned if keeping was asked for with --no-save=false, and
// else told, after which nothing is kept.
func (o *driveOptions) notKept(err error, stderr io.Writer) error {
	switch {
	case err == nil:
		return nil
	case o.given.Changed("no-save"):
		return fmt.Errorf("what is measured cannot be kept: %w (--no-save does without)", err)
	}
	fmt.Fprintf(stderr, "bench: warning: what is measured is not kept: %s (--no-save does without)\n", oneLine(err))
	o.noSave = true
	return nil
}

// check tries whether each output can be written, and leaves no trace.
func (o outputs[T]) check() error {
	var failed error
	for _, out := range o {
		if out.path == "-" {
			continue
		}
		if err := canWrite(out.path); err != nil {
			failed = together(failed, fmt.Errorf("-o %s=%s: cannot be written: %w", out.kind, out.path, unwritable(out.path, err)))
		}
	}
	return failed
}

// unwritable words the system's errors of writing a file for a message that names it already.
func unwritable(path string, err error) error {
	dir := filepath.Dir(path)
	if _, missing := os.Stat(dir); errors.Is(missing, fs.ErrNotExist) {
		return fmt.Errorf("there is no directory %s: make it first", dir)
	}
	return cause(err)
}

// canWrite says what keeps a file from being written or replaced. A pipe is not opened: its reader may not be there yet.
func canWrite(path string) error {
	if target, err := filepath.EvalSymlinks(path); err == nil {
		path = target
	}
	info, err := os.Stat(path)
	switch {
	case err == nil && info.IsDir():
		return errors.New("it is a directory: name a file in it")
	case err == nil && !info.Mode().IsRegular():
		return nil
	}
	return canCreateIn(filepath.Dir(path))
}

// canMake says what keeps a directory from being made, or files from being made in the one that is there.
func canMake(dir string) error {
	info, err := os.Stat(dir)
	switch {
	case err == nil && info.IsDir():
		return canCreateIn(dir)
	case err == nil:
		return fmt.Errorf("%s: is no directory", dir)
	case errors.Is(err, fs.ErrNotExist) && filepath.Dir(dir) != dir:
		return canMake(filepath.Dir(dir))
	}
	return err
}

// canCreateIn makes a file in a directory, and removes it.
func canCreateIn(dir string) error {
	f, err := os.CreateTemp(dir, ".bench-*")
	if err != nil {
		return &fs.PathError{Op: "create a file in", Path: dir, Err: cause(err)} // nobody has heard of the temporary one
	}
	name := f.Name()
	if err := f.Close(); err != nil {
		return err
	}
	return os.Remove(name)
}
