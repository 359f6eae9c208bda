package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"time"
)

// openTime bounds how long a browser's starter is waited for; most return at once, and one that stays is the browser itself.
const openTime = 2 * time.Second

// browsers are the commands that open a file in the user's browser, by system.
var browsers = map[string][]string{"darwin": {"open"}, "windows": {"rundll32", "url.dll,FileProtocolHandler"}}

// opened is where a report is written that is to be opened: a file of its own that stays, as the browser reads it later.
func opened() (path string, err error) {
	dir, err := os.MkdirTemp("", "bench-report-")
	if err != nil {
		return "", fmt.Errorf("--open: %w", err)
	}
	return filepath.Join(dir, "report.html"), nil
}

// openFile opens a file in the user's browser, that of $BROWSER where it is set, and says where the file is.
func openFile(path string, s streams) error {
	command, known := browsers[runtime.GOOS]
	if own := os.Getenv("BROWSER"); own != "" {
		command = []string{own}
	} else if !known {
		command = []string{"xdg-open"}
	}
	program, err := exec.LookPath(command[0])
	if err != nil {
		fmt.Fprintf(s.err, "no browser is found here (%s, or $BROWSER): open %s\n", command[0], path)
		return nil
	}
	fmt.Fprintf(s.err, "opening %s\n", path)
	c := exec.Command(program, append(command[1:], path)...)
	if err := c.Start(); err != nil {
		return fmt.Errorf("--open: %s: %w", command[0], cause(err))
	}
	ended := make(chan error, 1)
	go func() { ended <- c.Wait() }()
	ctx, done := context.WithTimeout(context.Background(), openTime)
	defer done()
	select {
	case err := <-ended:
		if err != nil {
			return fmt.Errorf("--open: %s %s: %w", command[0], path, err)
		}
	case <-ctx.Done():
	}
	return nil
}
