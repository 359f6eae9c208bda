package rig

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
)

// reservation is a set of processors that this bench pins itself and its target to, and no other bench does meanwhile.
type reservation struct{ locks []io.Closer }

// reserveProcessors reserves so many of the list that no other bench has reserved, or as many as there are, and at least two of them,
// for a target and bench need one each; with fewer it reserves none. note says what another bench has, or is empty.
func reserveProcessors(cpus []int, most int) (free []int, c reservation, note string) {
	var taken []int
	by := 0
	for _, cpu := range cpus {
		if len(free) == most {
			break
		}
		lock, err := lockProcessor(cpu)
		switch other, isTaken := errors.AsType[*takenError](err); {
		case isTaken:
			taken, by = append(taken, cpu), other.pid
			continue
		case err == nil && lock != nil:
			c.locks = append(c.locks, lock)
		}
		free = append(free, cpu) // where there are no locks, it is as if nobody else were there
	}
	if len(taken) == 0 {
		return free, c, ""
	}
	other := "another bench"
	if by > 0 {
		other += fmt.Sprintf(" (process %d)", by)
	}
	if len(free) < 2 {
		c.release()
		return nil, reservation{}, fmt.Sprintf("%s and its target are pinned to processors %s: this one shares them, unpinned, and what both measure is disturbed by the other", other, numbers(taken))
	}
	return free, c, fmt.Sprintf("%s and its target are pinned to processors %s: this one takes %s", other, numbers(taken), numbers(free))
}

func numbers(cpus []int) string {
	return strings.Trim(strings.ReplaceAll(fmt.Sprint(cpus), " ", ", "), "[]")
}

func (c reservation) release() {
	for _, l := range slices.Backward(c.locks) {
		l.Close()
	}
}

// takenError says that another process has locked a processor.
type takenError struct{ pid int } // 0: not known

func (e *takenError) Error() string { return fmt.Sprintf("taken by process %d", e.pid) }
