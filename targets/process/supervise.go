package process

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"runtime"
	"syscall"
	"time"
)

// superviseGrace is how long a supervised command may take to end; less than what [Process.Stop] waits for its supervisor.
const superviseGrace = 2 * time.Second

// Supervise runs a command of the user's in the system's shell until it ends, or ctx does. It is for a child that [Start]
// started with a lifeline and thus with a process group of its own: a command knows of no lifeline, so this process holds it,
// and when it ends asks all that the command started to end, waits, and kills what is left. On Linux that holds for what has
// left the group too, and a command that succeeds and leaves a daemon is up for as long as that. The error says how a command
// ended that was not asked to.
func Supervise(ctx context.Context, lifeline int, command string) error {
	ctx, _, release, err := Lifeline(ctx, lifeline)
	if err != nil {
		return err
	}
	defer release()
	ctx, deaf := signal.NotifyContext(ctx, syscall.SIGTERM)
	defer deaf()
	shell := []string{"sh", "-c"}
	if runtime.GOOS == "windows" {
		shell = []string{"cmd", "/C"}
	}
	adopt()
	cmd := exec.Command(shell[0], append(shell[1:], command)...)
	cmd.Stdout, cmd.Stderr = os.Stdout, os.Stderr
	if err := cmd.Start(); err != nil {
		return fmt.Errorf("start the command: %w", err)
	}
	ended := make(chan error, 1)
	go func() {
		err := cmd.Wait()
		if err == nil {
			awaitAdopted()
		}
		ended <- err
	}()
	select {
	case err = <-ended:
		if ctx.Err() != nil {
			err = nil
		} else if err == nil {
			err = errors.New("it ended")
		}
		if err != nil {
			killStrays()
			return fmt.Errorf("the command: %w", err)
		}
	case <-ctx.Done():
		terminateStrays()
		terminateOwnGroup(cmd.Process)
		select {
		case <-ended:
		case <-time.After(superviseGrace):
		}
	}
	killStrays()
	killOwnGroup(cmd.Process)
	return nil
}
