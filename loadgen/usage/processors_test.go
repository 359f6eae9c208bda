package usage

import (
	"runtime"
	"slices"
	"testing"
)

func TestSplit(t *testing.T) {
	for _, tc := range []struct {
		cpus, target, generator []int
		why                     string
	}{
		{nil, nil, nil, "none known"},
		{[]int{3}, nil, nil, "one cannot be shared out"},
		{[]int{0, 1}, []int{0}, []int{1}, "the smallest that can"},
		{[]int{2, 3, 5, 7}, []int{2, 3, 5}, []int{7}, "numbers as the affinity mask has them, with gaps"},
	} {
		given := slices.Clone(tc.cpus)
		target, generator := Split(tc.cpus)
		if !slices.Equal(target, tc.target) || !slices.Equal(generator, tc.generator) {
			t.Errorf("Split(%v) = %v, %v, want %v, %v (%s)", tc.cpus, target, generator, tc.target, tc.generator, tc.why)
		}
		// The shares must be the caller's own: growing one may not write into the other.
		_ = append(target, -1)
		if !slices.Equal(tc.cpus, given) || !slices.Equal(generator, tc.generator) {
			t.Errorf("Split(%v): appending to the target's share changed %v, %v", given, tc.cpus, generator)
		}
	}
}

// A control group that leaves 2 of 8 processors leaves 2 to share out.
func TestUsableIsWhatTheControlGroupLeaves(t *testing.T) {
	all, was := Processors(), granted
	defer func() { granted = was }()
	for n := 1; n <= len(all)+1; n++ {
		granted = n
		if got, want := Usable(), all[:min(n, len(all))]; !slices.Equal(got, want) {
			t.Errorf("%d granted of %v: %v, want %v", n, all, got, want)
		}
	}
}

func TestProcessorsAreRisingAndSome(t *testing.T) {
	cpus := Processors()
	if len(cpus) == 0 || cpus[0] < 0 {
		t.Fatalf("Processors() = %v, want at least one, from 0 up", cpus)
	}
	for i := 1; i < len(cpus); i++ {
		if cpus[i] <= cpus[i-1] {
			t.Errorf("Processors() = %v, want them rising", cpus)
		}
	}
	if runtime.GOOS != "linux" && len(cpus) != runtime.NumCPU() {
		t.Errorf("Processors() has %d, want all %d", len(cpus), runtime.NumCPU())
	}
}
