package usage

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"os/exec"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
)

// samplerPuppet in the environment makes the test binary a process that does as its standard input says.
const samplerPuppet = "BENCH_TEST_SAMPLER_PUPPET"

func init() {
	if os.Getenv(samplerPuppet) == "" {
		return
	}
	if err := obey(os.Stdin, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	os.Exit(0)
}

// obey carries out one order a line and answers each with a line, until its input ends.
func obey(orders io.Reader, answers io.Writer) error {
	var child *puppet
	for lines := bufio.NewScanner(orders); lines.Scan(); {
		answer := "done"
		var err error
		switch order, rest, _ := strings.Cut(lines.Text(), " "); order {
		case "burn":
			burn(100 * time.Millisecond)
		case "cpu": // its own, without its children's
			own, _, _ := OwnUsage()
			answer = strconv.FormatInt(int64(own), 10)
		case "spawn":
			child, err = newPuppet()
		case "child":
			answer, err = child.order(rest)
		case "reap": // ends the child, waits for it and says what it used
			child.in.Close()
			err = child.cmd.Wait()
			answer = strconv.FormatInt(int64(child.cmd.ProcessState.UserTime()+child.cmd.ProcessState.SystemTime()), 10)
		}
		if err != nil {
			return err
		}
		fmt.Fprintln(answers, answer)
	}
	return nil
}

type puppet struct {
	cmd *exec.Cmd
	in  io.WriteCloser
	out *bufio.Scanner
}

func newPuppet() (*puppet, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	cmd := exec.Command(self)
	cmd.Env = append(os.Environ(), samplerPuppet+"=1", "GORACE=atexit_sleep_ms=0")
	cmd.Stderr = os.Stderr
	in, err := cmd.StdinPipe()
	if err != nil {
		return nil, err
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	return &puppet{cmd, in, bufio.NewScanner(out)}, nil
}

func (p *puppet) order(order string) (string, error) {
	if _, err := fmt.Fprintln(p.in, order); err != nil {
		return "", err
	}
	if !p.out.Scan() {
		return "", fmt.Errorf("puppet ended at %q: %v", order, p.out.Err())
	}
	return p.out.Text(), nil
}

func startPuppet(t *testing.T) *puppet {
	t.Helper()
	p, err := newPuppet()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { p.in.Close(); p.cmd.Wait() })
	return p
}

func (p *puppet) must(t *testing.T, order string) string {
	t.Helper()
	answer, err := p.order(order)
	if err != nil {
		t.Fatal(err)
	}
	return answer
}

func (p *puppet) mustTime(t *testing.T, order string) time.Duration {
	t.Helper()
	n, err := strconv.ParseInt(p.must(t, order), 10, 64)
	if err != nil {
		t.Fatal(err)
	}
	return time.Duration(n)
}

// The truth about a real tree of processes is what the kernel tells the one that waits for them.
func TestSamplerCountsTheWholeTreeOnce(t *testing.T) {
	root := startPuppet(t)
	atStart := root.mustTime(t, "cpu") // and it has begun
	s := NewSampler(root.cmd.Process.Pid)
	var counted, reaped, second time.Duration
	sample := func() {
		second += time.Second
		s.Sample(second)
		samples := s.Resources().Target
		if len(samples) == 0 || samples[len(samples)-1].AtNS != second {
			t.Fatalf("no sample of the target at %v: %v", second, s.Lacking())
		}
		counted += samples[len(samples)-1].CPUNS
	}
	// With nothing but the root alive, what was counted since the start has to be what was used since.
	check := func(what string) {
		t.Helper()
		truth := root.mustTime(t, "cpu") - atStart + reaped
		sample()
		most := root.mustTime(t, "cpu") - atStart + reaped // the root goes on a little after its answer
		// Reaped time comes in clock ticks, one of user and one of system, and rusage in µs.
		if counted < truth-2*clockTick || counted > most+time.Millisecond {
			t.Errorf("%s: the tree used %v by the samples, %v to %v in truth", what, counted, truth, most)
		}
	}

	root.must(t, "spawn")
	root.must(t, "child burn")
	reaped += root.mustTime(t, "reap")
	check("a child that came and went between two samples")

	root.must(t, "spawn")
	root.must(t, "child burn")
	before := counted
	sample()
	if counted-before < 100*time.Millisecond {
		t.Errorf("a living child burnt 100ms, the sample says %v for the tree", counted-before)
	}
	root.must(t, "child burn")
	root.must(t, "burn")
	reaped += root.mustTime(t, "reap")
	check("a child that was sampled, went on and was reaped")
	check("the same, settled")
	check("the same, a second later")

	root.must(t, "spawn")
	root.must(t, "child spawn")
	root.must(t, "child child burn")
	sample()
	root.must(t, "child reap")
	reaped += root.mustTime(t, "reap") // its own children's time is in it
	check("a grandchild, reaped by a child that was reaped itself")
	check("the same, settled")
	check("the same, a second later")
}

func TestSamplerSeesTheTargetsState(t *testing.T) {
	root := startPuppet(t)
	root.must(t, "burn")
	s := NewSampler(root.cmd.Process.Pid)
	s.Sample(1 * time.Second)
	root.must(t, "spawn")
	root.must(t, "child burn")
	s.Sample(2 * time.Second)
	samples := s.Resources().Target
	if len(samples) != 2 {
		t.Fatalf("%d samples of the target, want 2: %v", len(samples), s.Lacking())
	}
	alone, both := samples[0], samples[1]
	if alone.RSS == 0 || both.RSS <= alone.RSS || both.Threads <= alone.Threads || alone.Threads < 1 {
		t.Errorf("alone %+v, with a child %+v: want more memory and threads with it", alone, both)
	}
	if alone.Descriptors < 3 || both.Descriptors < alone.Descriptors+2+3 {
		t.Errorf("alone %d descriptors, with a child %d: want its own three and two pipes to it more", alone.Descriptors, both.Descriptors)
	}
	if newProcfs(systemProc).keepsSchedules() && both.Switches == 0 {
		t.Error("a process was started and ran without one context switch")
	}

	before, ok := s.TargetCPU()
	root.must(t, "child burn")
	after, okAfter := s.TargetCPU()
	if !ok || !okAfter || after-before < 100*time.Millisecond {
		t.Errorf("targetCPU went from %v to %v (%v, %v), want 100ms more", before, after, ok, okAfter)
	}

	root.must(t, "reap")
	root.in.Close()
	if err := root.cmd.Wait(); err != nil {
		t.Fatal(err)
	}
	s.Sample(3 * time.Second)
	if n := len(s.Resources().Target); n != 2 {
		t.Errorf("%d samples of a target that has ended, want the 2 from before", n)
	}
	if got, ok := s.TargetCPU(); ok {
		t.Errorf("targetCPU of a target that has ended = %v, want none", got)
	}
}

// Two threads that never rest on one processor wait half of their time for each other.
func TestSamplerSeesRunDelay(t *testing.T) {
	if !newProcfs(systemProc).keepsSchedules() {
		t.Skip("this kernel does not count how long threads wait for a processor")
	}
	cpus := keepProcessors(t)
	if err := Pin(cpus[:1]); err != nil {
		t.Fatal(err)
	}
	s := NewSampler(0)
	const burnt = 60 * time.Millisecond
	start, _ := s.GeneratorCPU()
	var threads sync.WaitGroup
	for range 2 {
		threads.Go(func() {
			runtime.LockOSThread()
			defer runtime.UnlockOSThread()
			for now := start; now < start+burnt; now, _ = s.GeneratorCPU() {
			}
		})
	}
	threads.Wait()
	s.Sample(time.Second)
	got := s.Resources().Generator[0]
	if got.RunDelayNS < burnt/4 {
		t.Errorf("two busy threads on one processor used %v and waited %v for it, want about as long", got.CPUNS, got.RunDelayNS)
	}
	if got.Switches == 0 {
		t.Error("they took turns without one context switch")
	}
}
