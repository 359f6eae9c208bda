package usage

import (
	"errors"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// simulatedSystem is a made-up kernel: processes fork, use processor time, end and are waited for as they do on Linux,
// and what every process of the tree really used is known. It is a processTable too, in which things happen between
// one read and the next.
type simulatedSystem struct {
	procs     map[int]*simulatedProcess
	lastPID   int
	clock     uint64
	truth     time.Duration // used by the root and all that ever descended from it
	meanwhile func(pid int) // happens before a read of that process; nil: nothing
	tick      time.Duration // of which reaped times are shown as multiples, rounded down; 0: exactly
}

type simulatedProcess struct {
	process
	zombie    bool
	subreaper bool // orphans below it become its children
	stranger  bool // no descendant of the root
}

const (
	simulatedInit = 1
	simulatedRoot = 2
)

func newSimulatedSystem() *simulatedSystem {
	s := &simulatedSystem{procs: map[int]*simulatedProcess{}, lastPID: simulatedRoot}
	s.procs[simulatedInit] = &simulatedProcess{process: process{pid: simulatedInit}, stranger: true, subreaper: true}
	s.procs[simulatedRoot] = &simulatedProcess{process: process{pid: simulatedRoot, parent: simulatedInit, started: 1}}
	s.clock = 1
	return s
}

func (s *simulatedSystem) read(pid int) (process, error) {
	if s.meanwhile != nil {
		s.meanwhile(pid)
	}
	p := s.procs[pid]
	if p == nil {
		return process{}, errNoProcess
	}
	shown := p.process
	if s.tick > 0 {
		shown.reaped = shown.reaped.Truncate(s.tick)
	}
	return shown, nil
}

func (s *simulatedSystem) children(of process) []int {
	var pids []int
	for _, p := range s.procs {
		if p.parent == of.pid {
			pids = append(pids, p.pid)
		}
	}
	slices.Sort(pids)
	return pids
}

func (s *simulatedSystem) fork(parent int) int {
	s.lastPID++
	s.clock++
	s.procs[s.lastPID] = &simulatedProcess{
		process:  process{pid: s.lastPID, parent: parent, started: s.clock},
		stranger: s.procs[parent].stranger,
	}
	return s.lastPID
}

func (s *simulatedSystem) burn(pid int, d time.Duration) {
	s.procs[pid].cpu += d
	if !s.procs[pid].stranger {
		s.truth += d
	}
}

// exit ends a process; its children become those of the nearest subreaper above it. It stays until it is waited for.
func (s *simulatedSystem) exit(pid int) {
	p := s.procs[pid]
	p.zombie = true
	reaper := s.procs[p.parent]
	for !reaper.subreaper || reaper.zombie {
		reaper = s.procs[reaper.parent]
	}
	for _, child := range s.procs {
		if child.parent == pid {
			child.parent = reaper.pid
		}
	}
}

// wait is what the parent of a zombie does. Where it ignores SIGCHLD the child's time is added to nothing.
func (s *simulatedSystem) wait(pid int, ignored bool) {
	p := s.procs[pid]
	delete(s.procs, pid)
	if !ignored {
		s.procs[p.parent].reaped += p.cpu + p.reaped
	}
}

// living are the numbers of the processes of which something can be asked.
func (s *simulatedSystem) pids(which func(*simulatedProcess) bool) []int {
	var pids []int
	for pid, p := range s.procs {
		if pid != simulatedInit && which(p) {
			pids = append(pids, pid)
		}
	}
	slices.Sort(pids)
	return pids
}

// happen lets one thing happen, as rapid draws it. With keep, every process is waited for by one of the tree.
func (s *simulatedSystem) happen(rt *rapid.T, keep bool) {
	alive := s.pids(func(p *simulatedProcess) bool { return !p.zombie })
	pid := rapid.SampledFrom(alive).Draw(rt, "pid")
	switch rapid.SampledFrom([]string{"burn", "fork", "exit", "wait", "subreaper"}).Draw(rt, "event") {
	case "burn":
		s.burn(pid, time.Duration(rapid.IntRange(1, 20).Draw(rt, "100 ms"))*100*time.Millisecond)
	case "fork":
		s.fork(pid)
	case "subreaper":
		s.procs[pid].subreaper = true
	case "exit":
		if pid != simulatedRoot {
			s.exit(pid)
		}
	case "wait":
		if zombies := s.pids(func(p *simulatedProcess) bool { return p.zombie }); len(zombies) > 0 {
			ignored := !keep && rapid.Bool().Draw(rt, "ignored")
			s.wait(rapid.SampledFrom(zombies).Draw(rt, "zombie"), ignored)
		}
	}
}

// Whatever happens, also while the tree is being read: the time of the tree never falls and is never more than what was
// really used. With a root that adopts orphans, so that everything is waited for within the tree, two walks in which
// nothing happens find exactly that.
func TestTreeNeverCountsTwice(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		s := newSimulatedSystem()
		keep := rapid.Bool().Draw(rt, "root adopts orphans")
		s.procs[simulatedRoot].subreaper = keep
		tr, err := newTree(simulatedRoot, s)
		if err != nil {
			rt.Fatal(err)
		}
		var last time.Duration
		walk := func() time.Duration {
			_, total, err := tr.walk()
			if err != nil {
				rt.Fatalf("walk: %v", err)
			}
			if total < last {
				rt.Fatalf("the time of the tree fell from %v to %v", last, total)
			}
			if total > s.truth {
				rt.Fatalf("the time of the tree is %v, but it used %v", total, s.truth)
			}
			last = total
			return total
		}
		for range rapid.IntRange(1, 12).Draw(rt, "walks") {
			for range rapid.IntRange(0, 6).Draw(rt, "events between walks") {
				s.happen(rt, keep)
			}
			if rapid.Bool().Draw(rt, "busy") {
				s.meanwhile = func(int) {
					if rapid.IntRange(0, 3).Draw(rt, "now") == 0 {
						s.happen(rt, keep)
					}
				}
			}
			walk()
			s.meanwhile = nil
		}
		walk()
		if got := walk(); keep && got != s.truth {
			rt.Fatalf("the time of the tree is %v, want %v", got, s.truth)
		}
	})
}

func TestTree(t *testing.T) {
	const ms = time.Millisecond
	for _, tc := range []struct {
		why  string
		play func(s *simulatedSystem, walk func())
		want time.Duration
	}{
		{"a worker that comes and goes between two walks", func(s *simulatedSystem, walk func()) {
			w := s.fork(simulatedRoot)
			s.burn(w, 300*ms)
			s.exit(w)
			s.wait(w, false)
			walk()
		}, 300 * ms},
		{"a worker that was seen and then reaped counts once", func(s *simulatedSystem, walk func()) {
			w := s.fork(simulatedRoot)
			s.burn(w, 300*ms)
			walk()
			s.exit(w)
			walk() // a zombie
			s.wait(w, false)
			walk()
			walk()
		}, 300 * ms},
		{"children left to be reaped by the kernel keep what they were seen to use", func(s *simulatedSystem, walk func()) {
			w := s.fork(simulatedRoot)
			s.burn(w, 300*ms)
			walk()
			s.exit(w)
			s.wait(w, true)
			walk()
			walk()
		}, 300 * ms},
		{"a daemon whose parent has ended is followed further", func(s *simulatedSystem, walk func()) {
			middle := s.fork(simulatedRoot)
			daemon := s.fork(middle)
			walk()
			s.exit(middle)
			s.wait(middle, false)
			s.burn(daemon, 500*ms)
			child := s.fork(daemon)
			s.burn(child, 200*ms)
			walk()
			s.exit(daemon)
			s.wait(daemon, false)
			walk()
			walk()
		}, 700 * ms},
		{"a subreaper takes the child of an ended child, all between two walks", func(s *simulatedSystem, walk func()) {
			s.procs[simulatedRoot].subreaper = true
			middle := s.fork(simulatedRoot)
			leaf := s.fork(middle)
			s.burn(leaf, 400*ms)
			walk()
			s.exit(middle)
			s.wait(middle, false)
			s.exit(leaf)
			s.wait(leaf, false)
			walk()
			walk()
		}, 400 * ms},
		{"a child takes with it into the root's time what it had reaped of a grandchild that was seen", func(s *simulatedSystem, walk func()) {
			child := s.fork(simulatedRoot)
			grandchild := s.fork(child)
			s.burn(grandchild, 400*ms)
			walk()
			s.exit(grandchild)
			s.wait(grandchild, false)
			walk()
			s.exit(child)
			s.wait(child, false)
			walk()
			walk()
		}, 400 * ms},
		{"a child is reaped after its parent was read, and that parent ends in the next walk just so", func(s *simulatedSystem, walk func()) {
			child := s.fork(simulatedRoot)
			grandchild := s.fork(child)
			s.burn(grandchild, 400*ms)
			s.exit(grandchild)
			walk()
			s.meanwhile = func(pid int) {
				if pid == grandchild && s.procs[pid] != nil {
					s.wait(grandchild, false)
				}
			}
			walk()
			s.exit(child)
			s.meanwhile = func(pid int) {
				if pid == child && s.procs[pid] != nil {
					s.wait(child, false)
				}
			}
			walk()
			s.meanwhile = nil
			walk()
			walk()
		}, 400 * ms},
		{"an orphan is read after the orphan that reaps it meanwhile", func(s *simulatedSystem, walk func()) {
			middle := s.fork(simulatedRoot)
			daemon := s.fork(middle)
			worker := s.fork(daemon)
			s.burn(worker, 400*ms)
			s.exit(worker)
			walk()
			s.exit(middle)
			s.wait(middle, false)
			s.meanwhile = func(pid int) {
				if pid == daemon && s.procs[worker] != nil {
					s.wait(worker, false)
				}
			}
			walk()
			s.meanwhile = nil
			walk()
		}, 400 * ms},
		{"what came and went earlier does not stand for what is lost later", func(s *simulatedSystem, walk func()) {
			w := s.fork(simulatedRoot)
			s.burn(w, 300*ms)
			s.exit(w)
			s.wait(w, false)
			walk()
			w = s.fork(simulatedRoot)
			s.burn(w, 300*ms)
			walk()
			s.exit(w)
			s.wait(w, true)
			walk()
			walk()
		}, 600 * ms},
		{"a stranger takes the number of a child between its listing and the look at it", func(s *simulatedSystem, walk func()) {
			w := s.fork(simulatedRoot)
			s.meanwhile = func(pid int) {
				if pid == w {
					s.clock++
					s.procs[w] = &simulatedProcess{process: process{pid: w, parent: simulatedInit, started: s.clock, cpu: time.Hour}, stranger: true}
				}
			}
			walk()
			walk()
		}, 0},
		{"a stranger with the number of an ended worker is no member", func(s *simulatedSystem, walk func()) {
			w := s.fork(simulatedRoot)
			s.burn(w, 100*ms)
			walk()
			s.exit(w)
			s.wait(w, false)
			s.clock++
			s.procs[w] = &simulatedProcess{process: process{pid: w, parent: simulatedInit, started: s.clock, cpu: time.Hour}, stranger: true}
			walk()
			walk()
		}, 100 * ms},
	} {
		for range 50 { // maps come in any order
			s := newSimulatedSystem()
			tr, err := newTree(simulatedRoot, s)
			if err != nil {
				t.Fatal(err)
			}
			var got time.Duration
			walk := func() {
				if _, got, err = tr.walk(); err != nil {
					t.Fatalf("%s: %v", tc.why, err)
				}
				if got > s.truth {
					t.Fatalf("%s: at some walk the tree used %v by its own account, %v in truth", tc.why, got, s.truth)
				}
			}
			tc.play(s, walk)
			s.burn(simulatedRoot, time.Second) // so that the highest sum so far hides nothing
			walk()
			if want := tc.want + time.Second; got != want || s.truth != want {
				t.Errorf("%s: the tree used %v by its own account, %v in truth, want %v", tc.why, got, s.truth, want)
				break
			}
		}
	}
}

// Reaped time is shown in clock ticks, so a child's may arrive short of what was last seen of it. That is no loss: the
// rest is shown with a later child's.
func TestTreeAllowsForClockTicks(t *testing.T) {
	s := newSimulatedSystem()
	s.tick = reapTolerance
	tr, err := newTree(simulatedRoot, s)
	if err != nil {
		t.Fatal(err)
	}
	for range 50 {
		w := s.fork(simulatedRoot)
		s.burn(w, 119*time.Millisecond)
		for range 2 {
			if _, got, _ := tr.walk(); got > s.truth || got < s.truth-reapTolerance {
				t.Fatalf("the tree used %v, want from 20ms less up to the true %v", got, s.truth)
			}
			if s.procs[w] != nil {
				s.exit(w)
				s.wait(w, false)
			}
		}
	}
}

func TestTreeEndsWithItsRoot(t *testing.T) {
	s := newSimulatedSystem()
	s.fork(simulatedRoot)
	tr, err := newTree(simulatedRoot, s)
	if err != nil {
		t.Fatal(err)
	}
	s.exit(simulatedRoot)
	if living, _, err := tr.walk(); err != nil || len(living) != 2 {
		t.Errorf("walk with the root a zombie = %v, %v, want it and its child still", living, err)
	}
	s.wait(simulatedRoot, false)
	if _, _, err := tr.walk(); !errors.Is(err, errNoProcess) {
		t.Errorf("walk after the root ended: %v, want %v", err, errNoProcess)
	}
	s.clock++
	s.procs[simulatedRoot] = &simulatedProcess{process: process{pid: simulatedRoot, parent: simulatedInit, started: s.clock}}
	if _, _, err := tr.walk(); !errors.Is(err, errNoProcess) {
		t.Errorf("walk after another process got the root's number: %v, want %v", err, errNoProcess)
	}
	if _, err := newTree(1000, s); !errors.Is(err, errNoProcess) {
		t.Errorf("newTree of a process that is not there: %v, want %v", err, errNoProcess)
	}
}

// A read that fails for another reason, such as no descriptor being left, ends nothing.
func TestTreeOutlivesAFailedRead(t *testing.T) {
	s := newSimulatedSystem()
	w := s.fork(simulatedRoot)
	s.burn(w, time.Second)
	flaky := &flakyTable{simulatedSystem: s}
	tr, err := newTree(simulatedRoot, flaky)
	if err != nil {
		t.Fatal(err)
	}
	flaky.err = errors.New("too many open files")
	if _, _, err := tr.walk(); !errors.Is(err, flaky.err) {
		t.Errorf("walk = %v, want %v", err, flaky.err)
	}
	flaky.err = nil
	if living, total, err := tr.walk(); err != nil || len(living) != 2 || total != time.Second {
		t.Errorf("walk afterwards = %v, %v, %v, want two processes and 1s", living, total, err)
	}
}

type flakyTable struct {
	*simulatedSystem
	err error
}

func (f *flakyTable) read(pid int) (process, error) {
	if f.err != nil && pid != simulatedRoot {
		return process{}, f.err
	}
	return f.simulatedSystem.read(pid)
}
