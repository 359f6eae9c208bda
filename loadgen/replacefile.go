package loadgen

import (
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/google/renameio/v2/maybe"
)

// ReplaceFile writes what render writes to the file at path, packed where its name ends in .gz. A regular file is
// replaced only when the new one is whole on the disk; a device or a pipe is written as it is. Nothing is touched where
// render fails.
func ReplaceFile(path string, render func(io.Writer) error) error {
	var b bytes.Buffer
	var w io.Writer = &b
	var packed *gzip.Writer
	if strings.HasSuffix(path, ".gz") {
		packed = gzip.NewWriter(&b)
		w = packed
	}
	if err := render(w); err != nil {
		return err
	}
	if packed != nil {
		if err := packed.Close(); err != nil {
			return err
		}
	}
	if info, err := os.Stat(path); err == nil && !info.Mode().IsRegular() {
		if info.IsDir() {
			return fmt.Errorf("%s: is a directory: name a file in it", path)
		}
		f, err := os.OpenFile(path, os.O_WRONLY, 0)
		if err != nil {
			return err
		}
		_, err = f.Write(b.Bytes())
		return errors.Join(err, f.Close())
	}
	// Renaming onto a link would replace the link and leave what it points to as it was.
	if target, err := filepath.EvalSymlinks(path); err == nil {
		path = target
	}
	return maybe.WriteFile(path, b.Bytes(), 0o644)
}
