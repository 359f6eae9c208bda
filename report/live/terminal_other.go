//go:build !unix

package live

import "os"

// foreground is true where no terminal is taken from a program.
func foreground(int) bool { return true }

// continued tells nothing where no program is suspended.
func continued() (<-chan os.Signal, func()) { return nil, func() {} }
