package rig

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
)

// Where two or more are free, those are taken.
func TestFreeProcessorsAreTaken(t *testing.T) {
	t.Setenv("TMPDIR", t.TempDir())
	other, err := lockProcessor(2)
	if err != nil {
		t.Fatal(err)
	}
	defer other.Close()
	free, c, note := reserveProcessors([]int{0, 1, 2, 3}, 4)
	if !slices.Equal(free, []int{0, 1, 3}) || note != fmt.Sprintf("another bench (process %d) and its target are pinned to processors 2: this one takes 0, 1, 3", os.Getpid()) {
		t.Errorf("%v %q", free, note)
	}
	if none, _, note := reserveProcessors([]int{0, 1, 2, 3}, 4); none != nil || !strings.Contains(note, "processors 0, 1, 2, 3: this one shares them") {
		t.Errorf("%v %q", none, note)
	}
	c.release()
	if two, c, _ := reserveProcessors([]int{0, 1, 2, 3}, 2); !slices.Equal(two, []int{0, 1}) {
		t.Errorf("%v, want the two that the control group leaves", two)
	} else {
		c.release()
	}
	other.Close()
	if free, c, note := reserveProcessors([]int{0, 1, 2, 3}, 4); len(free) != 4 || note != "" {
		t.Errorf("%v %q", free, note)
	} else {
		c.release()
	}
}
