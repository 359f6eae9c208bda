package postgres

import (
	"errors"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// Clear frees the shared memory that a killed server left in the directory that [Options].Dir named, and ends what a killed
// initdb left running there. It does not wait: what is still in use stays, until Clear is called again. What initdb left
// ends by itself, and in good order, when it finds that nobody writes to it any more; it is killed if that takes longer
// than it should, by the time that the caller has waited.
func Clear(dir string, waited time.Duration) { clearSegment(dataDir(dir), waited > hardStop) }

// freeSegment clears what a server left, once no process holds it: each notices by itself that it is alone.
func freeSegment(data string) {
	for deadline := time.Now().Add(hardStop); !clearSegment(data, false); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(deadline) {
			if s, err := segmentIn(filepath.Join(data, "postmaster.pid")); err == nil {
				_, _ = unix.SysvShmCtl(s.id, unix.IPC_RMID, nil) // it goes with the last that holds it
			}
			return
		}
	}
}

// clearSegment frees the System V segment that a killed server left, and the POSIX shared memory that it names, unless a
// process holds it. With kill, a server without a postmaster, which is one of initdb's, is killed. clear is true when nothing
// is left. The server keeps the segment's number in its lock file, which it removes at an orderly end.
func clearSegment(data string, kill bool) (clear bool) {
	s, err := segmentIn(filepath.Join(data, "postmaster.pid"))
	if err != nil {
		return true
	}
	var d unix.SysvShmDesc
	if _, err := unix.SysvShmCtl(s.id, unix.IPC_STAT, &d); err != nil || int(d.Perm.Cuid) != s.owner {
		return true // it was freed, and its number may be another's by now
	}
	if d.Nattch > 0 {
		if kill && s.alone { // and alone it holds the segment that it made, so the number is still its own
			_ = syscall.Kill(int(d.Cpid), syscall.SIGKILL)
		}
		return false
	}
	s.removeDynamic()
	_, err = unix.SysvShmCtl(s.id, unix.IPC_RMID, nil)
	return err == nil
}

// segment is a System V segment as a server's lock file tells of it.
type segment struct {
	id    int
	alone bool // its server has no postmaster
	owner int  // uid
}

// segmentIn reads the lock file: the first line is the server's process number, negative where it has no postmaster; the
// seventh is "KEY ID" (PostgreSQL, src/include/utils/pidfile.h).
func segmentIn(lockFile string) (segment, error) {
	b, err := os.ReadFile(lockFile)
	if err != nil {
		return segment{}, err
	}
	lines := strings.Split(string(b), "\n")
	if len(lines) < 7 {
		return segment{}, errors.New("it has no segment yet")
	}
	_, text, _ := strings.Cut(strings.TrimSpace(lines[6]), " ")
	id, err := strconv.Atoi(strings.TrimSpace(text))
	if err != nil {
		return segment{}, err
	}
	var st syscall.Stat_t
	if err := syscall.Stat(lockFile, &st); err != nil {
		return segment{}, err
	}
	return segment{id, strings.HasPrefix(lines[0], "-"), int(st.Uid)}, nil
}
