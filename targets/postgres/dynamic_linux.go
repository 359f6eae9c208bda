package postgres

import (
	"encoding/binary"
	"fmt"
	"os"
	"syscall"

	"golang.org/x/sys/unix"
)

// The servers of initdb, whose settings are not ours to choose, keep POSIX shared memory in /dev/shm. A System V segment
// names the piece that lists the others (PostgreSQL, PGShmemHeader in src/include/storage/pg_shmem.h and
// dsm_control_header in src/backend/storage/ipc/dsm.c), on machines with 8-byte pointers as follows.
const (
	segmentMagic  = 679834894
	controlAt     = 24 // the handle of the list, 4 bytes; 0: no list
	segmentLength = 28 // bytes of a segment that are read

	listMagic  = 0x9a503d32
	itemCount  = 4  // place of their number, 4 bytes
	itemsAt    = 16 // beginning of the items
	itemLength = 40 // an item begins with its handle, 4 bytes
	usersAt    = 4  // and how many use it, 4 bytes; 0: the item is free
	maxItems   = 1000
)

// removeDynamic removes the POSIX shared memory of a server that was killed, and nobody else's.
func (s segment) removeDynamic() {
	memory, err := unix.SysvShmAttach(s.id, 0, unix.SHM_RDONLY)
	if err != nil {
		return
	}
	defer unix.SysvShmDetach(memory)
	if len(memory) < segmentLength || binary.NativeEndian.Uint32(memory) != segmentMagic {
		return
	}
	control := binary.NativeEndian.Uint32(memory[controlAt:])
	if control == 0 {
		return
	}
	list, err := os.ReadFile(s.dynamic(control))
	if err != nil {
		return
	}
	for _, handle := range handlesIn(list) {
		s.remove(handle)
	}
	s.remove(control)
}

// handlesIn reads the list of the other pieces.
func handlesIn(list []byte) (handles []uint32) {
	if len(list) < itemsAt || binary.NativeEndian.Uint32(list) != listMagic {
		return nil
	}
	for i := range min(int(binary.NativeEndian.Uint32(list[itemCount:])), maxItems) {
		at := itemsAt + i*itemLength
		if at+itemLength > len(list) {
			break
		}
		if users := binary.NativeEndian.Uint32(list[at+usersAt:]); users > 0 {
			handles = append(handles, binary.NativeEndian.Uint32(list[at:]))
		}
	}
	return handles
}

func (s segment) dynamic(handle uint32) string { return fmt.Sprintf("/dev/shm/PostgreSQL.%d", handle) }

// remove removes one piece, if it is the server's user's.
func (s segment) remove(handle uint32) {
	var st syscall.Stat_t
	if path := s.dynamic(handle); syscall.Lstat(path, &st) == nil && int(st.Uid) == s.owner {
		_ = os.Remove(path)
	}
}
