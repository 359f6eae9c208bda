package main

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
)

// apart refuses outputs of which one would replace another, or a file that is read.
func (o outputs[T]) apart(inputs []string) error {
	for i, out := range o {
		if out.path == "-" {
			continue
		}
		for _, other := range o[:i] {
			if sameFile(other.path, out.path) {
				return fmt.Errorf("-o %s=%s: -o %s=%s is written to that file too: give each a file of its own", out.kind, out.path, other.kind, other.path)
			}
		}
		for _, input := range inputs {
			if sameFile(input, out.path) {
				return fmt.Errorf("-o %s=%s: would replace %s, which is read: name another file", out.kind, out.path, input)
			}
		}
	}
	return nil
}

// sameFile reports whether two paths are of one file that is or would be on a disk: a device or a pipe takes what several write.
func sameFile(a, b string) bool {
	here, err := os.Stat(a)
	there, otherErr := os.Stat(b)
	switch {
	case a == "" || b == "" || a == "-" || b == "-":
		return false
	case err == nil && otherErr == nil:
		return here.Mode().IsRegular() && os.SameFile(here, there)
	case err == nil || otherErr == nil:
		return false
	}
	return absolute(a) == absolute(b)
}

// absolute is the one way to write the path of a file that is not there yet.
func absolute(path string) string {
	dir := filepath.Dir(path)
	if real, err := filepath.EvalSymlinks(dir); err == nil {
		dir = real
	}
	if full, err := filepath.Abs(dir); err == nil {
		dir = full
	}
	return filepath.Join(dir, filepath.Base(path))
}

// readBy are the ways in which the text of a request names a file: @FILE, {{csv FILE COLUMN}} and ${file:PATH}.
var readBy = regexp.MustCompile(`^@(.+)$|\{\{\s*csv\s+([^\s}]+)|\$\{file:([^}]+)\}`)

// inputs are the files that are read for requests to targets of these names.
func (o *driveOptions) inputs(names []string) []string {
	files := []string{o.targets, o.file, o.base.TLS.CertFile, o.base.TLS.KeyFile, o.base.TLS.CAFile}
	texts := append([]string{o.body, o.template, o.user}, o.headers...)
	for _, text := range append(texts, names...) {
		for _, found := range readBy.FindAllStringSubmatch(text, -1) {
			files = append(files, found[1]+found[2]+found[3])
		}
	}
	return files
}

// inputs are the files that are read for a comparison of these names, or of these saved runs.
func (o *compareOptions) inputs(names []string) []string {
	files := o.driveOptions.inputs(append([]string{o.a, o.b}, names...))
	for _, name := range names {
		if isSaved(name) {
			files = append(files, name)
		}
	}
	if o.gate == nil {
		return files
	}
	for _, name := range []string{o.gate.baseline, o.gate.floor} {
		switch {
		case isPath(name):
			files = append(files, name)
		case name != "":
			for _, end := range baselineEnds {
				files = append(files, filepath.Join(baselinesDir, fileName(name)+end))
			}
		}
	}
	return files
}
