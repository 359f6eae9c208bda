package runfile

import (
	"context"
	"io"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// A pipe takes what is written once there is a reader, and is given up without one.
func TestAPipeIsWrittenUntilTheContextEnds(t *testing.T) {
	path := filepath.Join(t.TempDir(), "pipe")
	if err := syscall.Mkfifo(path, 0o600); err != nil {
		t.Fatal(err)
	}
	render := func(w io.Writer) error {
		_, err := io.WriteString(w, "answer")
		return err
	}
	read := make(chan string)
	go func() {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Error(err)
		}
		read <- string(text)
	}()
	if err := ReplaceFile(path, render); err != nil {
		t.Error(err)
	}
	if got := <-read; got != "answer" {
		t.Errorf("read %q", got)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := ReplaceFileUntil(ctx, path, render); err == nil || !strings.Contains(err.Error(), "nobody read all of it") {
		t.Error(err)
	}
	// What was left behind ends with its reader.
	if _, err := os.ReadFile(path); err != nil {
		t.Error(err)
	}
}
