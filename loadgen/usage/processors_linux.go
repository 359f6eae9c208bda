package usage

import (
	"errors"
	"fmt"
	"os"
	"runtime"
	"strconv"

	"golang.org/x/sys/unix"
)

// Processors returns the numbers of the processors this process may use, in rising order: on Linux those of its
// affinity mask, elsewhere all of them.
func Processors() []int {
	var set unix.CPUSet
	if err := unix.SchedGetaffinity(0, &set); err != nil {
		return firstProcessors(runtime.NumCPU())
	}
	cpus := make([]int, 0, set.Count())
	for cpu := 0; len(cpus) < cap(cpus); cpu++ {
		if set.IsSet(cpu) {
			cpus = append(cpus, cpu)
		}
	}
	return cpus
}

// GrantedProcessors is how many processors' time the control groups grant to this process, as a fraction; 0: no limit.
func GrantedProcessors() float64 { return leastQuota(cpuGroups()) }

// processorQuota returns how many processors' time the control groups grant to this process, where that is less than it may run
// on; 0: no limit, or one that cannot be reached; nil: no control group seen.
func processorQuota() *float64 {
	groups := cpuGroups()
	if groups == nil {
		return nil
	}
	return reachable(leastQuota(groups), startAffinity)
}

// maxPinPasses bounds Pin: each pass pins the threads that the pass before had missed, so even two are rare.
const maxPinPasses = 100

// Pin restricts this whole process to the given processors, every thread that it has and every one it will start, and
// keeps GOMAXPROCS at 2 or more: on one processor a goroutine locked to its thread would else keep all others waiting.
// Pin(Processors()), called before, is what undoes it. Systems other than Linux return an error.
func Pin(cpus []int) error {
	if len(cpus) == 0 {
		return errors.New("no processor to pin bench to")
	}
	var want unix.CPUSet
	for _, cpu := range cpus {
		want.Set(cpu)
		if cpu < 0 || !want.IsSet(cpu) { // Set passes over what lies beyond the mask
			return fmt.Errorf("pin bench to processor %d: there is no such processor here", cpu)
		}
	}

	// A thread inherits the mask of the one that starts it. So once a whole pass has met no thread with another mask,
	// none can appear any more, except that the kernel's listing may skip a thread when the one before it in the list
	// ends meanwhile: hence two clean passes.
	for pass, clean := 0, 0; clean < 2; pass++ {
		if pass == maxPinPasses {
			return fmt.Errorf("pin bench to processors %v: new threads appeared without it for %d passes", cpus, pass)
		}
		changed, err := pinThreads(&want)
		if err != nil {
			return fmt.Errorf("pin bench to processors %v: %w; it may use %v", cpus, err, Processors())
		}
		clean++
		if changed {
			clean = 0
		}
	}
	// Set explicitly, even where it does not change: the runtime would lower its own default to 1 when it notices the
	// new mask.
	runtime.GOMAXPROCS(max(2, min(runtime.GOMAXPROCS(0), len(cpus))))
	return nil
}

// pinThreads gives every thread now listed the wanted mask and says whether any lacked it.
func pinThreads(want *unix.CPUSet) (changed bool, err error) {
	entries, err := os.ReadDir("/proc/self/task")
	if err != nil {
		return false, err
	}
	for _, entry := range entries {
		tid, err := strconv.Atoi(entry.Name())
		if err != nil {
			continue
		}
		var has unix.CPUSet
		if err := unix.SchedGetaffinity(tid, &has); err == nil && has == *want {
			continue
		}
		switch err := unix.SchedSetaffinity(tid, want); {
		case errors.Is(err, unix.ESRCH): // it ended since it was listed
		case errors.Is(err, unix.EINVAL):
			return changed, errors.New("none of them is granted to this process")
		case err != nil:
			return changed, err
		default:
			// The kernel drops processors that the control group withholds: what it granted has to be what was asked.
			if err := unix.SchedGetaffinity(tid, &has); err == nil && has != *want {
				return changed, errors.New("not all of them are granted to this process")
			}
			changed = true
		}
	}
	return changed, nil
}
