//go:build unix

package process

import (
	"errors"
	"os"
	"os/exec"
	"os/signal"
	"syscall"
)

// ownGroup gives the child a process group of its own: Ctrl-C in a terminal then reaches the parent alone, which decides
// when the child may go, and what the child starts can be killed with it.
func ownGroup(cmd *exec.Cmd) {
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
}

// inherit passes f to the child and returns the number it has there.
func inherit(cmd *exec.Cmd, f *os.File) int {
	cmd.ExtraFiles = append(cmd.ExtraFiles, f)
	return 2 + len(cmd.ExtraFiles)
}

// inherited returns the pipe that this process was given as descriptor fd. It is not passed on to what it starts.
func inherited(fd int) (*os.File, error) {
	var st syscall.Stat_t
	if err := syscall.Fstat(fd, &st); err != nil {
		return nil, err
	}
	if st.Mode&syscall.S_IFMT != syscall.S_IFIFO {
		return nil, errors.New("it is something else")
	}
	syscall.CloseOnExec(fd)
	if err := syscall.SetNonblock(fd, true); err != nil { // so that closing it ends a read
		return nil, err
	}
	return os.NewFile(uintptr(fd), "lifeline"), nil
}

// inheritableLock takes a shared lock on a file. Whoever inherits the descriptor has a part in the lock.
func inheritableLock(path string) (*os.File, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_SH|syscall.LOCK_NB); err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return f, nil
}

// terminate asks the process to end, waking it if it was stopped.
func terminate(p *os.Process) {
	p.Signal(syscall.SIGTERM)
	p.Signal(syscall.SIGCONT)
}

// killGroup kills the process, unless it is dead, and all it started that is still in its group.
func killGroup(p *os.Process) {
	syscall.Kill(-p.Pid, syscall.SIGKILL)
}

// ours says whether the file belongs to this process's user.
func ours(info os.FileInfo) bool {
	st, ok := info.Sys().(*syscall.Stat_t)
	return ok && int(st.Uid) == os.Getuid()
}

// terminateOwnGroup asks all processes of this one's group to end, but for this one itself.
func terminateOwnGroup(*os.Process) {
	signal.Ignore(syscall.SIGTERM)
	syscall.Kill(0, syscall.SIGTERM)
	syscall.Kill(0, syscall.SIGCONT)
}

// killOwnGroup kills all processes of this one's group, and this one.
func killOwnGroup(*os.Process) { syscall.Kill(0, syscall.SIGKILL) }
