package main

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/seed-5a006608/bench/loadgen/runfile"
)

// The directory of saved runs, and their greatest number.
const (
	savedDir  = ".bench"
	keptSaved = 100
)

// encodeRuns writes runs to a file of that path below .bench, and their profiles beside it.
func encodeRuns(runs []*runfile.Run) func(path string, w io.Writer) error {
	return func(path string, w io.Writer) error {
		if err := saveProfiles(runs, path); err != nil {
			return err
		}
		return runfile.Encode(w, runs)
	}
}

// keep has a file written below .bench, which only this user may read and git ignores. It is named after the time and what it
// holds; keep returns its path. Others may be writing there too: no file of theirs is replaced, and no unfinished file is
// visible.
func keep(what string, now time.Time, write func(path string, w io.Writer) error) (string, error) {
	if err := makeSavedDir(savedDir); err != nil {
		return "", err
	}
	c, err := claimName(fmt.Sprintf("%s-%s", now.Format("20060102-150405"), fileName(what)))
	if err != nil {
		return "", err
	}
	defer c.release()
	if err := write(c.path, c.partial); err != nil {
		return "", err
	}
	if err := c.publish(); err != nil {
		return "", err
	}
	return c.path, prune(now)
}

// makeSavedDir makes .bench or a directory below it, which only this user may read and git ignores.
func makeSavedDir(dir string) error {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	ignore := filepath.Join(savedDir, ".gitignore")
	if _, err := os.Stat(ignore); !os.IsNotExist(err) {
		return err
	}
	return os.WriteFile(ignore, []byte("*\n"), 0o600)
}

// fileName keeps of a profile's name what a file's name may hold everywhere.
func fileName(s string) string {
	s = strings.Map(func(r rune) rune {
		switch {
		case r >= 'a' && r <= 'z', r >= 'A' && r <= 'Z', r >= '0' && r <= '9', r == '-', r == '_':
			return r
		default:
			return '-'
		}
	}, s)
	return strings.Trim(s[:min(len(s), 40)], "-")
}

// prune removes the oldest saved runs. Their names begin with the date, so the order of names is that of time. What
// another bench has removed meanwhile is gone as well.
func prune(now time.Time) error {
	names, err := filepath.Glob(filepath.Join(savedDir, "[0-9]*-*.json"))
	if err != nil {
		return err
	}
	slices.Sort(names)
	for _, old := range names[:max(0, len(names)-keptSaved)] {
		if err := removeIfThere(old); err != nil {
			return err
		}
		if err := removeProfiles(old); err != nil {
			return err
		}
	}
	return removeAbandoned(now)
}

// removeIfThere removes a file that may be gone already.
func removeIfThere(path string) error {
	if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}
