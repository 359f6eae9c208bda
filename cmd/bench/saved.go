package main

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/seed-5a006608/bench/loadgen"
)

// Where runs are saved, and how many are kept.
const (
	savedDir  = ".bench"
	keptSaved = 100
)

// save writes the runs below .bench, which only this user may read and git ignores, and returns the file's path.
func save(runs []*loadgen.Run, profile string, now time.Time) (string, error) {
	return keep(profile, now, func(path string) error {
		if err := saveProfiles(runs, path); err != nil {
			return err
		}
		return loadgen.WriteFile(path, runs)
	})
}

// keep has a file written below .bench that is named after the time and what it holds, and returns its path.
func keep(what string, now time.Time, write func(path string) error) (string, error) {
	if err := makeSavedDir(savedDir); err != nil {
		return "", err
	}
	base := fmt.Sprintf("%s-%s", now.Format("20060102-150405"), fileName(what))
	path := filepath.Join(savedDir, base+".json")
	for i := 2; ; i++ {
		if _, err := os.Lstat(path); os.IsNotExist(err) {
			break
		}
		path = filepath.Join(savedDir, fmt.Sprintf("%s-%d.json", base, i))
	}
	if err := write(path); err != nil {
		return "", err
	}
	return path, prune()
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

// prune removes the oldest saved runs. Their names begin with the date, so the order of names is that of time.
func prune() error {
	names, err := filepath.Glob(filepath.Join(savedDir, "[0-9]*-*.json"))
	if err != nil {
		return err
	}
	slices.Sort(names)
	for _, old := range names[:max(0, len(names)-keptSaved)] {
		if err := os.Remove(old); err != nil {
			return err
		}
		if err := removeProfiles(old); err != nil {
			return err
		}
	}
	return nil
}
