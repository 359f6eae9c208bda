package process

import (
	"errors"
	"os"
	"os/exec"
	"syscall"
)

// ownGroup keeps Ctrl-C from the child. Windows has no group to kill with one call: what a child starts there must hold
// a lifeline of its own.
func ownGroup(cmd *exec.Cmd) {
	cmd.SysProcAttr = &syscall.SysProcAttr{CreationFlags: syscall.CREATE_NEW_PROCESS_GROUP}
}

// inherit passes f to the child and returns the handle it has there.
func inherit(cmd *exec.Cmd, f *os.File) int {
	h := syscall.Handle(f.Fd())
	syscall.SetHandleInformation(h, syscall.HANDLE_FLAG_INHERIT, syscall.HANDLE_FLAG_INHERIT)
	cmd.SysProcAttr.AdditionalInheritedHandles = append(cmd.SysProcAttr.AdditionalInheritedHandles, h)
	return int(h)
}

// inherited returns the pipe that this process was given as a handle.
func inherited(fd int) (*os.File, error) {
	kind, err := syscall.GetFileType(syscall.Handle(fd))
	if err != nil {
		return nil, err
	}
	if kind != syscall.FILE_TYPE_PIPE {
		return nil, errors.New("it is something else")
	}
	return os.NewFile(uintptr(fd), "lifeline"), nil
}

// inheritableLock returns none: a lock of Windows is one process's.
func inheritableLock(string) (*os.File, error) { return nil, nil }

// terminate does nothing: a process without a console cannot be asked, the lifeline has to tell it.
func terminate(*os.Process) {}

func killGroup(p *os.Process) { p.Kill() }

// ours is true: the temporary directory of Windows belongs to one user.
func ours(os.FileInfo) bool { return true }

// terminateOwnGroup ends the command: Windows has no way to ask it.
func terminateOwnGroup(p *os.Process) { p.Kill() }

func killOwnGroup(p *os.Process) { p.Kill() }
