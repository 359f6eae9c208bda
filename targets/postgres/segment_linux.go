package postgres

import (
	"errors"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"golang.org/x/sys/unix"
)

// freeSegment frees the System V segment that a killed server left, once no backend holds it: each notices by itself
// that the postmaster is gone. The server keeps the segment's number in its lock file, which it removes at an orderly end.
func freeSegment(dataDir string) {
	id, err := segmentIn(filepath.Join(dataDir, "postmaster.pid"))
	if err != nil {
		return
	}
	var d unix.SysvShmDesc
	for deadline := time.Now().Add(hardStop); time.Now().Before(deadline); time.Sleep(5 * time.Millisecond) {
		if _, err := unix.SysvShmCtl(id, unix.IPC_STAT, &d); err != nil {
			return // it was freed
		}
		if d.Nattch == 0 {
			break
		}
	}
	unix.SysvShmCtl(id, unix.IPC_RMID, nil)
}

// segmentIn reads the number of the segment from the lock file: its seventh line is "KEY ID" (PostgreSQL,
// src/include/utils/pidfile.h).
func segmentIn(lockFile string) (id int, err error) {
	b, err := os.ReadFile(lockFile)
	if err != nil {
		return 0, err
	}
	lines := strings.Split(string(b), "\n")
	if len(lines) < 7 {
		return 0, errors.New("it has no segment yet")
	}
	_, text, _ := strings.Cut(strings.TrimSpace(lines[6]), " ")
	return strconv.Atoi(strings.TrimSpace(text))
}
