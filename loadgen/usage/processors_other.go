//go:build !linux

package usage

import (
	"fmt"
	"runtime"
)

// Processors returns the numbers of the processors this process may use, in rising order: on Linux those of its
// affinity mask, elsewhere all of them.
func Processors() []int { return firstProcessors(runtime.NumCPU()) }

// processorQuota is what control groups grant, of which this system has none.
func processorQuota() *float64 { return nil }

// Pin restricts this whole process to the given processors on Linux; here it returns an error.
func Pin([]int) error {
	return fmt.Errorf("%s cannot pin a process to processors: bench and its target share them all", runtime.GOOS)
}
