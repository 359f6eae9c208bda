package runfile

import (
	"bytes"
	"compress/gzip"
	"context"
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
	return ReplaceFileUntil(context.Background(), path, render)
}

// ReplaceFileUntil is [ReplaceFile] that waits for the reader of a pipe only as long as ctx lasts.
func ReplaceFileUntil(ctx context.Context, path string, render func(io.Writer) error) error {
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
		if info.Mode()&os.ModeNamedPipe == 0 {
			ctx = context.WithoutCancel(ctx) // a device waits for nobody
		}
		return pour(ctx, path, b.Bytes())
	}
	// Renaming onto a link would replace the link and leave what it points to as it was.
	if target, err := filepath.EvalSymlinks(path); err == nil {
		path = target
	}
	return maybe.WriteFile(path, b.Bytes(), 0o644)
}

// pour writes to a device or a pipe. Opening a pipe waits until somebody reads it, and cannot be called off: what still waits
// when ctx ends is left behind.
func pour(ctx context.Context, path string, data []byte) error {
	done := make(chan error, 1)
	go func() {
		f, err := os.OpenFile(path, os.O_WRONLY, 0)
		if err == nil {
			_, err = f.Write(data)
			err = errors.Join(err, f.Close())
		}
		done <- err
	}()
	select {
	case err := <-done:
		return err
	case <-ctx.Done():
		return errors.New("nobody read all of it until the interrupt: start its reader first")
	}
}
