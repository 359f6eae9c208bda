//go:build !unix

package usage

import (
	"os"
	"time"
)

// OwnUsage is the processor time that all threads of this process have used; their context switches are not known.
func OwnUsage() (cpu time.Duration, switches uint64, ok bool) {
	self, err := newSystem().read(os.Getpid())
	return self.cpu, 0, err == nil
}
