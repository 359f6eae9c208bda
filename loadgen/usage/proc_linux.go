package usage

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"strconv"
	"time"

	"golang.org/x/sys/unix"
)

// clockTick is the unit of times in /proc. Linux prints them in USER_HZ, which is 100 on every architecture Go runs on.
const clockTick = 10 * time.Millisecond

// systemProc is where a procfs outside tests reads.
const systemProc = "/proc"

// procfs reads processes and threads from /proc. It does what gopsutil's process package does for portable code because
// that package finds children by reading every process of the system (9 ms a time on a host with 70 of them), knows no
// reaped time and no run-queue delay, and counts the context switches of the first thread only.
type procfs struct {
	root  string // systemProc, but for tests
	files kernelFiles

	// Kernels built without CONFIG_PROC_CHILDREN list no children. There the parents of all processes are kept, so that
	// only those that are new have to be read.
	listsChildren bool
	parents       map[int]int
}

func newProcfs(root string) *procfs {
	p := &procfs{root: root, parents: map[int]int{}}
	_, err := p.files.read(root + "/thread-self/children")
	p.listsChildren = err == nil
	return p
}

// read looks at one process. Its time is that of its clock where the kernel gives that, to the nanosecond, and else
// comes in clock ticks.
func (p *procfs) read(pid int) (process, error) {
	data, err := p.files.read(p.root + "/" + strconv.Itoa(pid) + "/stat")
	if hasEnded(err) {
		return process{}, errNoProcess
	}
	if err != nil {
		return process{}, fmt.Errorf("read process %d: %w", pid, err)
	}
	found, err := parseStat(data)
	if err != nil {
		return process{}, fmt.Errorf("read process %d: %w", pid, err)
	}
	if cpu, ok := processTime(pid); ok && p.root == systemProc {
		found.cpu = cpu
	}
	return found, nil
}

// processTime reads the clock that counts a process's processor time, that of ended threads too.
func processTime(pid int) (time.Duration, bool) {
	var ts unix.Timespec
	err := unix.ClockGettime(processClock(pid), &ts)
	return time.Duration(ts.Nano()), err == nil
}

// processClock is the number of a process's clock, as clock_getcpuclockid(3) of the C library makes it:
// MAKE_PROCESS_CPUCLOCK(pid, CPUCLOCK_SCHED) of the kernel.
func processClock(pid int) int32 { return int32(^pid<<3 | 2) }

// parseStat reads /proc/PID/stat (proc_pid_stat(5)).
func parseStat(data []byte) (process, error) {
	// The name, in parentheses, may itself hold parentheses, spaces and line ends: the last one closes it.
	open, closing := bytes.IndexByte(data, '('), bytes.LastIndexByte(data, ')')
	if open < 0 || closing < open {
		return process{}, errors.New("stat: no command name in parentheses")
	}
	var p process
	pid, err := strconv.Atoi(string(bytes.TrimSpace(data[:open])))
	if err != nil {
		return process{}, fmt.Errorf("stat: process number: %w", err)
	}
	p.pid = pid

	var ticks, reapedTicks uint64
	var rss int64
	rest := data[closing+1:]
	for field := 3; field <= 24; field++ { // numbered as in the manual
		var word []byte
		word, rest = nextField(rest)
		var err error
		switch field {
		case 4:
			p.parent, err = strconv.Atoi(string(word))
		case 14, 15:
			err = addUint(&ticks, word)
		case 16, 17:
			err = addUint(&reapedTicks, word)
		case 20:
			p.threads, err = strconv.Atoi(string(word))
		case 22:
			err = addUint(&p.started, word)
		case 24:
			rss, err = strconv.ParseInt(string(word), 10, 64)
		}
		if err != nil {
			return process{}, fmt.Errorf("stat: field %d: %w", field, err)
		}
	}
	p.cpu = time.Duration(ticks) * clockTick
	p.reaped = time.Duration(reapedTicks) * clockTick
	p.rss = uint64(max(0, rss)) * uint64(os.Getpagesize())
	return p, nil
}

// nextField splits the first word from a line.
func nextField(line []byte) (word, rest []byte) {
	line = bytes.TrimLeft(line, " \t\n")
	if end := bytes.IndexAny(line, " \t\n"); end >= 0 {
		return line[:end], line[end:]
	}
	return line, nil
}

func addUint(sum *uint64, word []byte) error {
	n, err := strconv.ParseUint(string(word), 10, 64)
	*sum += n
	return err
}

// children lists the children of every thread of a process.
func (p *procfs) children(of process) []int {
	if !p.listsChildren {
		return p.scanChildren(of.pid)
	}
	task, tids, err := p.threadsOf(of)
	if err != nil {
		return nil
	}
	var pids []int
	for _, tid := range tids {
		data, err := p.files.read(task + strconv.Itoa(tid) + "/children")
		if err != nil {
			continue // the thread ended; its children went to another thread, and are listed there next time
		}
		for len(data) > 0 {
			var word []byte
			word, data = nextField(data)
			if child, err := strconv.Atoi(string(word)); err == nil {
				pids = append(pids, child)
			}
		}
	}
	return pids
}

// scanChildren finds the children of a process among all processes.
func (p *procfs) scanChildren(of int) []int {
	all, err := numbersIn(p.root)
	if err != nil {
		return nil
	}
	parents := make(map[int]int, len(all))
	var pids []int
	for _, pid := range all {
		parent, ok := p.parents[pid]
		if !ok {
			found, err := p.read(pid)
			if err != nil {
				continue
			}
			parent = found.parent
		}
		parents[pid] = parent
		if parent == of {
			pids = append(pids, pid)
		}
	}
	p.parents = parents
	return pids
}

// numbersIn lists the entries of a directory that are numbers.
func numbersIn(dir string) ([]int, error) {
	names, err := namesIn(dir)
	if err != nil {
		return nil, err
	}
	numbers := make([]int, 0, len(names))
	for _, name := range names {
		if n, err := strconv.Atoi(name); err == nil {
			numbers = append(numbers, n)
		}
	}
	return numbers, nil
}

// namesIn lists a directory, in no order.
func namesIn(dir string) ([]string, error) {
	f, err := os.Open(dir)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return f.Readdirnames(-1)
}

// threadsOf lists the threads of a process, and the directory they are in. One that has but one needs no listing: a tree
// of 50 such processes is sampled in 2.3 ms of processor time rather than 2.9.
func (p *procfs) threadsOf(of process) (dir string, tids []int, err error) {
	dir = p.root + "/" + strconv.Itoa(of.pid) + "/task/"
	if of.threads == 1 {
		return dir, []int{of.pid}, nil
	}
	tids, err = numbersIn(dir)
	return dir, tids, err
}

// seeThreads notes the schedule of every thread of a process.
func (p *procfs) seeThreads(of process, totals *threadTotals) error {
	task, tids, err := p.threadsOf(of)
	if err != nil && !hasEnded(err) {
		return err
	}
	for _, tid := range tids {
		data, err := p.files.read(task + strconv.Itoa(tid) + "/schedstat")
		if hasEnded(err) {
			continue
		}
		if err != nil {
			return err
		}
		now, err := parseSchedstat(data)
		if err != nil {
			return err
		}
		totals.see(tid, now)
	}
	return nil
}

// hasEnded says whether a file could not be read because its process or thread is no more.
func hasEnded(err error) bool {
	return errors.Is(err, unix.ENOENT) || errors.Is(err, unix.ESRCH)
}

// parseSchedstat reads /proc/PID/task/TID/schedstat: nanoseconds on a processor, nanoseconds ready and waiting for one,
// and how often one was given (Documentation/scheduler/sched-stats.rst). A kernel that does not count prints zeros.
func parseSchedstat(data []byte) (schedule, error) {
	var figures [3]uint64
	for i := range figures {
		var word []byte
		word, data = nextField(data)
		if err := addUint(&figures[i], word); err != nil {
			return schedule{}, fmt.Errorf("schedstat: field %d: %w", i+1, err)
		}
	}
	return schedule{delay: time.Duration(figures[1]), switches: figures[2]}, nil
}

// keepsSchedules says whether the kernel counts what parseSchedstat reads: a thread that asks has been given a processor.
func (p *procfs) keepsSchedules() bool {
	data, err := p.files.read(p.root + "/thread-self/schedstat")
	if err != nil {
		return false
	}
	now, err := parseSchedstat(data)
	return err == nil && now.switches > 0
}

// descriptors counts the open descriptors of a process, none once it has ended; false when that may not be looked at.
func (p *procfs) descriptors(pid int) (int, bool) {
	dir := p.root + "/" + strconv.Itoa(pid) + "/fd"
	var st unix.Stat_t
	// Since Linux 6.2 the size of the directory is their number, which also spares listing thousands of them.
	if err := unix.Stat(dir, &st); err == nil && st.Size > 0 {
		return int(st.Size), true
	}
	names, err := namesIn(dir)
	return len(names), err == nil || hasEnded(err)
}

// hostSwitches is how many context switches the host has made since it was started.
func (p *procfs) hostSwitches() (uint64, bool) {
	data, err := p.files.read(p.root + "/stat")
	if err != nil {
		return 0, false
	}
	return parseSwitches(data)
}

// parseSwitches finds the ctxt line of /proc/stat.
func parseSwitches(data []byte) (uint64, bool) {
	_, rest, ok := bytes.Cut(data, []byte("\nctxt "))
	if !ok {
		return 0, false
	}
	word, _ := nextField(rest)
	n, err := strconv.ParseUint(string(word), 10, 64)
	return n, err == nil
}
