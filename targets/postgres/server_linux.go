package postgres

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"syscall"
	"time"

	"github.com/jackc/pgx/v5"
	"golang.org/x/sys/unix"
)

// maxSocketPath is what the kernel takes, without the final zero (unix(7)).
const maxSocketPath = 107

// Start starts a server and returns when it answers. If it fails or ctx ends, nothing but files in the directory is left.
func Start(ctx context.Context, o Options) (*Server, error) {
	p, err := find(ctx)
	if err != nil {
		return nil, err
	}
	own, err := chooseOwner()
	if err != nil {
		return nil, err
	}
	dir, err := own.directory(o.Dir)
	if err != nil {
		return nil, fmt.Errorf("make PostgreSQL's directory: %w", err)
	}
	if socket := filepath.Join(dir, ".s.PGSQL.5432"); len(socket) > maxSocketPath {
		return nil, fmt.Errorf("%s: a socket's path may have %d bytes: set TMPDIR to a shorter one", socket, maxSocketPath)
	}
	if o.Progress != nil {
		o.Progress(fmt.Sprintf("starting a throwaway PostgreSQL %s, with fsync off: its writes are faster than a real server's", p.version))
	}
	s := &Server{Version: p.version, data: dataDir(o.Dir), log: filepath.Join(dir, "log"), done: make(chan struct{})}
	password := rand.Text()
	s.DSN = dsn(dir, password)
	if err := s.initialize(ctx, p, own, dir, password, o.Hold); err != nil {
		return nil, err
	}
	if err := s.launch(p, own, dir, o); err != nil {
		return nil, err
	}
	if err := s.awaitReady(ctx); err != nil {
		return nil, errors.Join(err, s.Stop())
	}
	return s, nil
}

// dataDir is where the server's data lie below [Options].Dir.
func dataDir(dir string) string { return filepath.Join(dir, "postgres", "data") }

// command makes a program run in dir as the owner, in a process group of its own: what kills this one's must not reach
// the server, which has to free its shared memory. The environment is its own too, without this user's PG variables.
func command(ctx context.Context, own *owner, dir string, hold *os.File, death syscall.Signal, program string, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, program, args...)
	cmd.Dir = dir
	cmd.Env = []string{"PATH=" + filepath.Dir(program) + ":/usr/bin:/bin", "LC_ALL=C", "TZ=UTC"}
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Pdeathsig: death, Credential: own.credential()}
	if hold != nil {
		cmd.ExtraFiles = []*os.File{hold}
	}
	return cmd
}

// onThread runs f on a thread that lives until f returns: a child's death signal comes with the end of the thread that
// started it, and the Go runtime ends threads as it likes.
func onThread(f func()) {
	go func() {
		runtime.LockOSThread()
		defer runtime.UnlockOSThread()
		f()
	}()
}

// initialize makes the data directory.
func (s *Server) initialize(ctx context.Context, p programs, own *owner, dir, password string, hold *os.File) error {
	pwfile := filepath.Join(dir, "password")
	if err := own.secret(pwfile, password+"\n"); err != nil {
		return fmt.Errorf("write PostgreSQL's password: %w", err)
	}
	defer os.Remove(pwfile)
	ctx, cancel := context.WithTimeout(ctx, startTimeout)
	defer cancel()
	cmd := command(ctx, own, dir, hold, syscall.SIGKILL, p.initdb, "--pgdata="+s.data, "--username="+superuser, "--pwfile="+pwfile,
		"--auth=scram-sha-256", "--encoding=UTF8", "--no-locale", "--no-sync", "--no-clean", "--no-instructions")
	cmd.WaitDelay = hardStop
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	var err error
	ended := make(chan struct{})
	onThread(func() {
		defer close(ended)
		if err = cmd.Start(); err == nil {
			err = waitForGroup(cmd, s.data)
		}
	})
	<-ended
	freeSegment(s.data)
	switch {
	case err == nil:
		return nil
	case ctx.Err() != nil:
		return fmt.Errorf("initdb: %w", context.Cause(ctx))
	case own != nil && errors.Is(err, fs.ErrPermission):
		return fmt.Errorf("the user %s, as which PostgreSQL runs, may not enter %s: set TMPDIR to a directory that all may enter, such as /tmp", own.name, dir)
	}
	return fmt.Errorf("initdb: %w%s", err, lastLines(out.String()))
}

// waitForGroup waits for a program's end and kills what it started and left, before its number, which is the group's, can
// be another's. Its servers are given the time to end by themselves: one that is killed just as it makes its shared memory
// leaves it.
func waitForGroup(cmd *exec.Cmd, data string) error {
	for unix.Waitid(unix.P_PID, cmd.Process.Pid, nil, unix.WEXITED|unix.WNOWAIT, nil) == unix.EINTR {
	}
	freeSegment(data)
	_ = syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) // mostly the group is empty already
	return cmd.Wait()
}

// launch starts the postmaster and follows it to its end.
func (s *Server) launch(p programs, own *owner, dir string, o Options) error {
	log, err := os.OpenFile(s.log, os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o600)
	if err != nil {
		return fmt.Errorf("make PostgreSQL's log: %w", err)
	}
	defer log.Close() // the server has its own
	args := []string{"-D", s.data}
	for _, setting := range settings(dir, o.Synchronous) {
		args = append(args, "-c", setting)
	}
	cmd := command(context.Background(), own, dir, o.Hold, syscall.SIGQUIT, p.postgres, args...)
	cmd.Stdout, cmd.Stderr = log, log
	started := make(chan error)
	onThread(func() {
		err := cmd.Start()
		started <- err
		if err != nil {
			return
		}
		err = cmd.Wait()
		freeSegment(s.data)
		text, _ := os.ReadFile(s.log)
		s.err = &ExitError{err, lastLines(string(text))}
		close(s.done)
	})
	if err := <-started; err != nil {
		return fmt.Errorf("start PostgreSQL: %w", err)
	}
	s.process = cmd.Process
	return nil
}

// awaitReady returns when the server answers a query.
func (s *Server) awaitReady(ctx context.Context) error {
	ctx, cancel := context.WithTimeoutCause(ctx, startTimeout, fmt.Errorf("PostgreSQL did not answer within %v", startTimeout))
	defer cancel()
	config, err := pgx.ParseConfig(s.DSN)
	if err != nil {
		return errors.New("the throwaway PostgreSQL's own connection string is not understood") // the cause quotes it
	}
	for {
		c, err := pgx.ConnectConfig(ctx, config)
		if err == nil {
			return c.Close(ctx)
		}
		select {
		case <-s.done:
			return s.err
		case <-ctx.Done():
			return context.Cause(ctx)
		case <-time.After(10 * time.Millisecond): // it tells nobody when it listens
		}
	}
}

// Stop ends the server and returns when its processes are gone and its shared memory is freed: by SIGINT, which closes
// its sessions, then by SIGQUIT, which does not wait for them. The error is nil unless it had to be killed.
func (s *Server) Stop() error {
	for _, step := range []struct {
		signal syscall.Signal
		limit  time.Duration
	}{{syscall.SIGINT, fastStop}, {syscall.SIGQUIT, hardStop}} {
		select {
		case <-s.done:
			return nil
		default:
		}
		s.process.Signal(step.signal)
		select {
		case <-s.done:
			return nil
		case <-time.After(step.limit):
		}
	}
	s.process.Kill()
	<-s.done
	return fmt.Errorf("PostgreSQL did not stop within %v and was killed", Grace)
}
