package usage

import (
	"errors"
	"time"
)

// process is what one look at a process finds.
type process struct {
	pid     int
	started uint64 // tells it from a later process of the same number; in the system's own unit
	parent  int

	cpu    time.Duration // user and system time of all its threads, ended ones too
	reaped time.Duration // the same of the children it has waited for, and of theirs

	rss     uint64 // bytes
	threads int
}

// errNoProcess is what a processTable returns for a process that has ended.
var errNoProcess = errors.New("no such process")

// processTable reads the processes of a system. Tests put a made-up one in its place.
type processTable interface {
	// read looks at one process. errNoProcess means: no such process; any other error means: it could not be read.
	read(pid int) (process, error)
	// children lists the children of a process just read. It may miss some, which a later walk then finds.
	children(of process) []int
}

// reapTolerance is how far a parent's reaped time may lag behind the time of the child it reaped: the kernel prints user
// and system time each rounded down to a clock tick of 10 ms, where a living process's time is known to the nanosecond.
const reapTolerance = 20 * time.Millisecond

// tree follows a process and all that descends from it, so that no processor time is lost when a process ends and none
// counts twice when its parent reaps it. Descendants whose parent has ended are followed further.
//
// The time of the tree is Σ (cpu + reaped) over its living processes + retired, where retired is the time of those that
// ended without being reaped within the tree. Two rules keep it from counting twice: a parent is read before its
// children, so that one reaped between the two reads is missing rather than doubled; and what ended is settled only at
// the walk after the one that missed it, when its reaper's reaped time has surely been read later. What may then be
// missing for one walk makes the sum fall, so the highest sum so far is what counts. What an orphan used between the
// last walk that saw it and its end is lost.
type tree struct {
	root    process
	table   processTable
	members map[int]*member // living at the last walk, by number
	missed  []*member       // ended between the last two walks, not yet settled
	retired time.Duration
	highest time.Duration
}

// member is a process of the tree as the last walk that saw it found it.
type member struct {
	process
	state  memberState
	credit time.Duration // growth of reaped that is not yet matched with processes that ended
}

type memberState int

const (
	living    memberState = iota
	justEnded             // since the walk before
	ended
)

// newTree begins to follow the process root.
func newTree(root int, table processTable) (*tree, error) {
	first, err := table.read(root)
	if err != nil {
		return nil, err
	}
	t := &tree{root: first, table: table}
	if _, _, err := t.walk(); err != nil {
		return nil, err
	}
	return t, nil
}

// walk looks at every process of the tree and returns those it found living, and the processor time that the tree has used
// since its root was started. The error is errNoProcess once the root has ended; after another, the next walk may work.
func (t *tree) walk() (found []process, total time.Duration, err error) {
	found, err = t.look()
	if err != nil {
		return nil, 0, err
	}
	t.settle(found)
	total = t.retired
	for _, p := range found {
		total += p.cpu + p.reaped
	}
	t.highest = max(t.highest, total)
	return found, t.highest, nil
}

// look reads the living processes, each after its parent: first what descends from the root, then members that were
// left without their parent, and what descends from those.
func (t *tree) look() ([]process, error) {
	found := make([]process, 0, len(t.members)+1)
	seen := make(map[int]bool, len(t.members)+1)
	// Between a listing and the look at it a process may have ended, and a stranger have got its number.
	take := func(pid int, ours func(process) bool) error {
		p, err := t.table.read(pid)
		if errors.Is(err, errNoProcess) || err == nil && !ours(p) {
			return nil
		}
		if err == nil {
			seen[pid] = true
			found = append(found, p)
		}
		return err
	}
	next := 0
	descend := func() error {
		for ; next < len(found); next++ {
			for _, pid := range t.table.children(found[next]) {
				if seen[pid] {
					continue
				}
				if err := take(pid, func(p process) bool { return seen[p.parent] || t.follows(p) }); err != nil {
					return err
				}
			}
		}
		return nil
	}

	if err := take(t.root.pid, func(p process) bool { return p.started == t.root.started }); err != nil {
		return nil, err
	}
	if len(found) == 0 {
		return nil, errNoProcess
	}
	if err := descend(); err != nil {
		return nil, err
	}

	tried := make(map[int]bool)
	var orphan func(pid int) error
	orphan = func(pid int) error {
		m := t.members[pid]
		if m == nil || seen[pid] || tried[pid] {
			return nil
		}
		tried[pid] = true
		if err := orphan(m.parent); err != nil || seen[pid] {
			return err
		}
		if err := take(pid, t.follows); err != nil {
			return err
		}
		return descend()
	}
	for pid := range t.members {
		if err := orphan(pid); err != nil {
			return nil, err
		}
	}
	return found, nil
}

// follows says whether a process was of the tree at the last walk.
func (t *tree) follows(p process) bool {
	m := t.members[p.pid]
	return m != nil && m.started == p.started
}

// settle brings the members up to date and retires the time of those that ended and were reaped by no member.
func (t *tree) settle(found []process) {
	// By number, those that live and those that ended since: the ancestors of what is settled may be of either.
	lineage := make(map[int]*member, len(t.missed)+len(t.members))
	for _, m := range t.missed {
		lineage[m.pid] = m
	}
	now := make(map[int]*member, len(found))
	for _, p := range found {
		now[p.pid] = &member{process: p}
		if t.follows(p) {
			was := t.members[p.pid]
			now[p.pid].credit = was.credit + max(0, p.reaped-was.reaped)
		}
	}
	var missed []*member
	for pid, was := range t.members {
		if m := now[pid]; m == nil || m.started != was.started {
			was.state = justEnded
			missed = append(missed, was)
			lineage[pid] = was
		}
	}
	for pid, m := range now {
		lineage[pid] = m
	}

	var unsettled []*member
	for _, m := range t.missed {
		if !t.retire(m.process, lineage) {
			unsettled = append(unsettled, m)
		}
	}
	for _, m := range missed {
		m.state = ended
	}
	t.members, t.missed = now, append(unsettled, missed...)
	if len(t.missed) == 0 {
		// What else was reaped had come and gone between two walks: its parent's reaped time says it all.
		for _, m := range now {
			m.credit = 0
		}
	}
}

// retire matches the time of an ended process with what its ancestors, nearest first, have reaped since it was last
// seen, and keeps the rest. More than one of them counts because a subreaper may have waited for it in its parent's
// place; those that ended do because what they are owed themselves holds what they had reaped. False, and nothing done,
// when one of them ended only since the last walk: what it had reaped may not have been seen anywhere yet.
func (t *tree) retire(gone process, lineage map[int]*member) bool {
	var line []*member
	for m := lineage[gone.parent]; m != nil; m = lineage[m.parent] {
		if len(line) > len(lineage) {
			break // numbers taken again made the line a ring
		}
		if m.state == justEnded {
			return false
		}
		line = append(line, m)
	}
	owed := gone.cpu + gone.reaped
	for _, m := range line {
		matched := min(owed, m.credit)
		m.credit -= matched
		owed -= matched
	}
	if owed > reapTolerance {
		t.retired += owed
	}
	return true
}
