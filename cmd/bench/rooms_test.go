package main

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

var (
	packageComment = regexp.MustCompile(`(?m)^// Package .*\n(?://.*\n)*`)
	fileNamed      = regexp.MustCompile(`[a-z0-9_*]+\.go\b`)
)

// A package comment that maps files maps them all: each is named there, by itself or with others as in run_*.go, and what is named
// is there.
func TestRoomsMapTheirFiles(t *testing.T) {
	rooms := 0
	err := filepath.WalkDir("../..", func(path string, d fs.DirEntry, err error) error {
		if err != nil || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return err
		}
		text, err := os.ReadFile(path)
		names := fileNamed.FindAllString(packageComment.FindString(string(text)), -1)
		if err != nil || len(names) == 0 {
			return err
		}
		rooms++
		unnamed := map[string]bool{}
		files, err := filepath.Glob(filepath.Join(filepath.Dir(path), "*.go"))
		for _, file := range files {
			if !strings.HasSuffix(file, "_test.go") && file != path {
				unnamed[file] = true
			}
		}
		for _, name := range names {
			there, err := filepath.Glob(filepath.Join(filepath.Dir(path), name))
			if err != nil || len(there) == 0 {
				t.Errorf("%s names %s, which is not there: %v", path, name, err)
			}
			for _, file := range there {
				delete(unnamed, file)
			}
		}
		for file := range unnamed {
			t.Errorf("%s does not name %s", path, filepath.Base(file))
		}
		return err
	})
	if err != nil || rooms < 18 {
		t.Errorf("%d packages map their files, %v", rooms, err)
	}
}
