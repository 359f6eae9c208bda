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
	packageComment = regexp.MustCompile(`(?m)^// (?:Package|Command) .*\n(?://.*\n)*`)
	fileNamed      = regexp.MustCompile(`[a-z0-9_*]+\.go\b`)
)

// mostUnmapped is how many files a package may have without a map of them.
const mostUnmapped = 4

// A package of several files maps them in its comment: each is named there, by itself or with others as in run_*.go, and what is named
// is there.
func TestRoomsMapTheirFiles(t *testing.T) {
	mapped, files := map[string]bool{}, map[string][]string{} // by directory
	err := filepath.WalkDir("../..", func(path string, d fs.DirEntry, err error) error {
		if err != nil || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return err
		}
		dir := filepath.Dir(path)
		files[dir] = append(files[dir], path)
		text, err := os.ReadFile(path)
		names := fileNamed.FindAllString(packageComment.FindString(string(text)), -1)
		if err != nil || len(names) == 0 {
			return err
		}
		mapped[dir] = true
		unnamed := map[string]bool{}
		all, err := filepath.Glob(filepath.Join(dir, "*.go"))
		for _, file := range all {
			if !strings.HasSuffix(file, "_test.go") && file != path {
				unnamed[file] = true
			}
		}
		for _, name := range names {
			there, err := filepath.Glob(filepath.Join(dir, name))
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
	if err != nil {
		t.Error(err)
	}
	for dir, list := range files {
		if len(list) > mostUnmapped && !mapped[dir] {
			t.Errorf("%s has %d files, and no package comment that maps them", dir, len(list))
		}
	}
}
