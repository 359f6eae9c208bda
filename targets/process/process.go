// Package process starts a child process that serves something, and guarantees its end: if parent or child dies, however,
// the other notices and cleans up.
//
//   - The child inherits the read end of a pipe, its lifeline, and leaves when the pipe ends ([Lifeline]). A parent
//     killed by SIGKILL closes it too, and pipes exist on every system.
//   - The parent reaps the child, kills what is left of its process group, and removes its private directory
//     ([PrivateDir]), for which it first waits for those that have left the group and still use it ([LockPrivateDir]).
//   - When both are killed at once, the next [NewPrivateDir] sweeps what they left.
//
// The files:
//
//   - process.go: start, stop and end of a child
//   - lifeline.go, supervise.go: the child's side, and a user's command under supervision
//   - privatedir.go: the child's directory; output.go, words.go: its output
//   - affinity_*.go, exit_linux.go, strays_*.go, system_*.go: what depends on the system
//
// The package knows nothing of what a child serves.
package process

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"sync"
	"sync/atomic"
	"time"
)

const (
	defaultStartTimeout = 2 * time.Minute
	defaultStopGrace    = 3 * time.Second
	lastGrace           = 2 * time.Second // for a child that nobody waits for any more

	// outputGrace bounds how long a dead child's output is still read: something it started may have left its process
	// group and hold the pipe open.
	outputGrace = 250 * time.Millisecond
)

// Spec says what to start. Only Name and Path are required.
type Spec struct {
	Name string // the child's name in error messages, such as "target cached"
	Path string // the program
	Args []string
	Env  []string // nil means this process's environment

	// LifelineFlag is the flag that tells the child the number of its lifeline's descriptor, such as "--lifeline": Start
	// appends "--lifeline=N" to Args. Without it the child gets no lifeline and is stopped by signals alone.
	LifelineFlag string

	// CPUs are the processors the child and all it starts may use; nil means those of this process. See [CanPin].
	CPUs []int

	// Private is removed when the child has ended, however it ended.
	Private *PrivateDir

	// Ready returns nil when the child answers at URL; its context ends when the start is given up. nil means that the child
	// prints its URL as the first line of its standard output.
	Ready func(ctx context.Context) error
	URL   string // of a child with Ready

	// Clear is called while something that the dead child started still holds Private ([LockPrivateDir]), again and again,
	// and once when nothing does: it ends such things and frees what they left outside of the directory. May be nil, then
	// nobody is waited for.
	Clear func(dir string, waited time.Duration)
	// OnStderr is told each line the child writes on standard error until it is ready.
	OnStderr func(line string)

	StartTimeout time.Duration // longest wait for the child's URL; default 2 min
	StopGrace    time.Duration // how long Stop lets the child finish before SIGKILL; default 3 s

	// Patience is called when Stop begins and returns a context until whose end Stop waits beyond the grace for a child that
	// has said on standard error what it still does. nil means that Stop never does.
	Patience func() (context.Context, context.CancelFunc)
	// OnStopping is told each line that the child writes on standard error after Stop has begun, where there is Patience.
	OnStopping func(line string)
}

// StopError says that a child that was asked to stop did not end in good order, and thus may have left something.
type StopError struct {
	Name  string // of the child
	Cause error  // error of its end
	Said  string // ": " and what it said last, or nothing
}

func (e *StopError) Error() string {
	return fmt.Sprintf("%s did not end in good order: %v%s", e.Name, e.Cause, e.Said)
}

func (e *StopError) Unwrap() error { return e.Cause }

// Process is a running child. Its methods may be called from any goroutine.
type Process struct {
	PID int
	URL string // what the child printed when it was ready, or its Spec's

	name       string
	grace      time.Duration
	cmd        *exec.Cmd
	private    *PrivateDir
	clear      func(dir string, waited time.Duration)
	patience   func() (context.Context, context.CancelFunc)
	onStopping func(line string)
	lifeline   *os.File // the write end
	stdout     *output
	stderr     *output

	stop     sync.Once
	stopping atomic.Bool   // Stop has begun: the end is wanted
	killed   atomic.Bool   // the child outlived its grace
	done     chan struct{} // closed when the child is reaped and cleaned up after
	err      error         // written before done is closed
}

// Start starts the child and returns once it has printed its URL, http or https, as the first line of its standard
// output, or once its Spec's Ready says so. If the child, ctx or the StartTimeout ends first, nothing is left of the child and the error carries what it
// said last. After Start has returned, ctx no longer matters: [Process.Stop] ends the child.
func Start(ctx context.Context, spec Spec) (*Process, error) {
	p, err := spawn(spec)
	if err != nil {
		if spec.Private != nil {
			spec.Private.Remove()
		}
		return nil, fmt.Errorf("start %s: %w", spec.Name, err)
	}
	limit := cmp.Or(spec.StartTimeout, defaultStartTimeout)
	timeout := time.NewTimer(limit)
	defer timeout.Stop()
	printed, asked := p.stdout.first, (chan error)(nil)
	if spec.Ready != nil {
		asking, cancel := context.WithCancel(ctx)
		printed, asked = nil, make(chan error, 1)
		finished := make(chan struct{})
		go func() {
			defer close(finished)
			asked <- spec.Ready(asking)
		}()
		defer func() { cancel(); <-finished }()
	}
	select {
	case err = <-asked:
		if err == nil {
			p.URL = spec.URL
			p.stderr.mute()
			return p, nil
		}
		err = fmt.Errorf("start %s: %w%s", spec.Name, err, p.stderr.quote())
	case line := <-printed:
		if u, err := url.Parse(line); err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
			p.Stop()
			return nil, fmt.Errorf("%s printed %q where its URL was expected", spec.Name, line)
		}
		p.URL = line
		p.stderr.mute()
		return p, nil
	case <-p.done:
		if own, ok := errors.AsType[*ownEnd](p.err); ok {
			own.when = "before it was ready"
		}
		return nil, p.err
	case <-timeout.C:
		err = fmt.Errorf("%s was not ready after %v%s", spec.Name, limit, p.stderr.quote())
	case <-ctx.Done():
		err = fmt.Errorf("start %s: %w", spec.Name, context.Cause(ctx))
	}
	return nil, errors.Join(err, p.Stop())
}

// spawn starts the child and the goroutines that follow it: one for each output stream, and reap.
func spawn(spec Spec) (*Process, error) {
	p := &Process{
		name:       spec.Name,
		grace:      cmp.Or(spec.StopGrace, defaultStopGrace),
		cmd:        exec.Command(spec.Path, spec.Args...),
		private:    spec.Private,
		clear:      spec.Clear,
		patience:   spec.Patience,
		onStopping: spec.OnStopping,
		done:       make(chan struct{}),
	}
	stdoutR, stdoutW, err1 := os.Pipe()
	stderrR, stderrW, err2 := os.Pipe()
	lifelineR, lifelineW, err3 := os.Pipe()
	defer closeAll(stdoutW, stderrW, lifelineR) // the child has its own copies
	err := errors.Join(err1, err2, err3)
	if err == nil {
		p.cmd.Env, p.cmd.Stdout, p.cmd.Stderr = spec.Env, stdoutW, stderrW
		ownGroup(p.cmd)
		if spec.LifelineFlag != "" {
			p.cmd.Args = append(p.cmd.Args, fmt.Sprintf("%s=%d", spec.LifelineFlag, inherit(p.cmd, lifelineR)))
		}
		err = startOn(spec.CPUs, p.cmd)
	}
	if err != nil {
		closeAll(stdoutR, stderrR, lifelineW)
		return nil, err
	}
	p.PID, p.lifeline = p.cmd.Process.Pid, lifelineW
	p.stdout, p.stderr = readOutput(stdoutR, nil), readOutput(stderrR, spec.OnStderr)
	go p.reap()
	return p, nil
}

func closeAll(files ...*os.File) {
	for _, f := range files {
		f.Close()
	}
}

// ownEnd is a child's end that nobody asked for.
type ownEnd struct {
	name, when string
	cause      error  // nil: it left in good order
	said       string // ": " and what it said last, or nothing
}

func (e *ownEnd) Error() string {
	how := e.said
	if e.cause != nil {
		how = ": " + e.cause.Error() + how
	}
	return e.name + " ended " + e.when + how
}

func (e *ownEnd) Unwrap() error { return e.cause }

// reap waits for the child's end, whoever caused it, and leaves nothing of it.
func (p *Process) reap() {
	err := wait(p.cmd)
	p.stdout.finish()
	p.stderr.finish()
	p.lifeline.Close()
	if p.private != nil {
		if p.clear != nil {
			p.private.awaitRelease(p.clear)
		}
		p.private.Remove()
	}
	switch {
	case p.killed.Load():
		p.err = fmt.Errorf("%s did not stop within %v and was killed", p.name, p.grace)
	case p.stopping.Load():
		if exit, ok := errors.AsType[*exec.ExitError](err); ok && exit.Exited() {
			p.err = &StopError{p.name, err, p.stderr.last()}
		}
	default:
		p.err = &ownEnd{p.name, "by itself", err, p.stderr.quote()}
	}
	close(p.done)
}

// Done is closed when the child has ended and nothing is left of it.
func (p *Process) Done() <-chan struct{} { return p.done }

// Err says why the child ended: nil while it runs and when Stop ended it, else how it died, with the last lines it wrote
// on standard error.
func (p *Process) Err() error {
	select {
	case <-p.done:
		return p.err
	default:
		return nil
	}
}

// Words are the last distinct lines that the child wrote on standard error while it was ready, in the order in which they came
// last, each bounded and without control characters, with how often it came. Lines that differ in numbers alone are one.
func (p *Process) Words() []string {
	p.stderr.mu.Lock()
	defer p.stderr.mu.Unlock()
	return p.stderr.words.lines()
}

// Stop ends the child and returns when nothing is left of it: its lifeline is cut and, where the system has signals, it
// is sent SIGTERM; after its grace the whole process group is killed. With a Spec's Patience the child is only asked at
// first, and what cannot be cleaned up yet is waited for. The error is nil if the child ended in time and in good order,
// a [*StopError] if it says otherwise, and that of [Process.Err] if it had died before. Further calls wait for the same end.
func (p *Process) Stop() error {
	p.stop.Do(func() {
		select {
		case <-p.done:
			return
		default:
		}
		p.stopping.Store(true)
		if p.patience == nil {
			p.lifeline.Close()
			terminate(p.cmd.Process)
			p.killAfter(p.grace)
			return
		}
		patient, release := p.patience()
		defer release()
		spoke := p.stderr.listen(p.onStopping)
		_, _ = p.lifeline.Write([]byte{0}) // it may have died just now
		terminate(p.cmd.Process)
		grace := time.After(p.grace)
		for waiting := true; waiting; {
			select {
			case <-p.done:
				return
			case <-grace:
				waiting = spoke()
			case <-patient.Done():
				waiting = false
			}
		}
		p.lifeline.Close()
		p.killAfter(lastGrace)
	})
	<-p.done
	return p.err
}

// Kill kills the child by SIGKILL and all that is left of its group, and returns when nothing of it is left. What another has
// started for it stays.
func (p *Process) Kill() {
	p.stop.Do(func() {
		p.stopping.Store(true)
		select {
		case <-p.done:
		default:
			killGroup(p.cmd.Process)
		}
	})
	<-p.done
}

// killAfter kills the child and its group unless it ends before.
func (p *Process) killAfter(grace time.Duration) {
	select {
	case <-p.done:
	case <-time.After(grace):
		p.killed.Store(true)
		killGroup(p.cmd.Process)
	}
}
