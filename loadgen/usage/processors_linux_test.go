package usage

import (
	"os"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"testing"

	"golang.org/x/sys/unix"
)

// keepProcessors gives the test's process its processors back afterwards.
func keepProcessors(t *testing.T) []int {
	t.Helper()
	before, procs := Processors(), runtime.GOMAXPROCS(0)
	t.Cleanup(func() {
		if err := Pin(before); err != nil {
			t.Errorf("Pin(%v) back: %v", before, err)
		}
		runtime.GOMAXPROCS(procs)
	})
	return before
}

func TestProcessorsAreTheAffinityMask(t *testing.T) {
	// Another way to the same figure: the kernel's own words.
	status, err := os.ReadFile("/proc/thread-self/status")
	if err != nil {
		t.Fatal(err)
	}
	_, rest, _ := strings.Cut(string(status), "Cpus_allowed_list:")
	list, _, _ := strings.Cut(strings.TrimSpace(rest), "\n")
	want := 0
	for _, r := range strings.Split(list, ",") {
		first, last, isRange := strings.Cut(r, "-")
		if !isRange {
			last = first
		}
		a, errA := strconv.Atoi(first)
		b, errB := strconv.Atoi(last)
		if errA != nil || errB != nil {
			t.Fatalf("Cpus_allowed_list %q", list)
		}
		want += b - a + 1
	}
	if got := Processors(); len(got) != want {
		t.Errorf("Processors() = %v, want the %d of %q", got, want, list)
	}
}

func TestPinReachesEveryThread(t *testing.T) {
	before := keepProcessors(t)
	last := before[len(before)-1:]

	// Threads held by locked goroutines, and goroutines that keep making new threads while Pin is at work.
	hold, held := make(chan struct{}), make(chan struct{})
	const holders = 8
	for range holders {
		go func() {
			runtime.LockOSThread()
			held <- struct{}{}
			<-hold
		}()
	}
	for range holders {
		<-held
	}
	stop, stopped := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(stopped)
		for {
			select {
			case <-stop:
				return
			default:
			}
			done := make(chan struct{})
			go func() { runtime.LockOSThread(); close(done) }() // locked to its end: the thread ends with it
			<-done
		}
	}()

	err := Pin(last)
	close(stop)
	<-stopped
	defer close(hold)
	if err != nil {
		t.Fatal(err)
	}
	tasks, err := os.ReadDir("/proc/self/task")
	if err != nil {
		t.Fatal(err)
	}
	pinned := 0
	for _, task := range tasks {
		tid, err := strconv.Atoi(task.Name())
		if err != nil {
			t.Fatal(err)
		}
		var set unix.CPUSet
		if err := unix.SchedGetaffinity(tid, &set); err != nil {
			continue // ended since
		}
		if set.Count() != 1 || !set.IsSet(last[0]) {
			t.Errorf("thread %d may use %d processors, want only processor %d", tid, set.Count(), last[0])
		}
		pinned++
	}
	if pinned < holders {
		t.Errorf("looked at %d threads, want at least the %d held", pinned, holders)
	}
	if got := Processors(); !slices.Equal(got, last) {
		t.Errorf("Processors() after Pin(%v) = %v", last, got)
	}
	if got := runtime.GOMAXPROCS(0); got < 2 {
		t.Errorf("GOMAXPROCS = %d after Pin, want 2 or more", got)
	}
	if got := len(before); StartProcessors != got {
		t.Errorf("startProcessors = %d after Pin, want the %d of the start", StartProcessors, got)
	}
}

func TestPinRefuses(t *testing.T) {
	keepProcessors(t)
	for _, tc := range []struct {
		cpus []int
		want string
	}{
		{nil, "no processor"},
		{[]int{-1}, "processor -1"},
		{[]int{1 << 20}, "processor 1048576"},
		{[]int{1000}, "granted"}, // in the mask's range, but not on this host
	} {
		err := Pin(tc.cpus)
		if err == nil || !strings.Contains(err.Error(), tc.want) {
			t.Errorf("Pin(%v) = %v, want an error naming %q", tc.cpus, err, tc.want)
		}
	}
}
