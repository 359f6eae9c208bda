//go:build !linux

package postgres

import (
	"context"
	"fmt"
	"runtime"
	"time"
)

// Start starts nothing: that the server ends with this process can be promised on Linux alone.
func Start(ctx context.Context, _ Options) (*Server, error) { return nil, Installed(ctx) }

// Clear has nothing to clear.
func Clear(dir string, waited time.Duration) {}

// Stop is for Linux.
func (s *Server) Stop() error { return nil }

// Installed says with an error why no server can be started here.
func Installed(context.Context) error {
	return fmt.Errorf("a throwaway PostgreSQL is started on Linux only, this is %s: give the DSN of a server", runtime.GOOS)
}
