// Package postgres starts a throwaway PostgreSQL server from the programs on the machine: in a private directory, on a
// unix socket alone, with a random password, never as root, without fsync. Nothing of it is left however the end comes:
//
//   - The kernel sends the server SIGQUIT when this process dies, which makes it leave at once but free its shared memory;
//     SIGKILL would leak that.
//   - When the server itself is killed, this process waits for its backends and frees what it left.
//   - When this process is killed while initdb runs, what initdb started lives on. Whoever started this process waits for
//     [Options].Hold to be let go, and calls [Clear] meanwhile.
//   - Dynamic shared memory lies in files of the data directory, so that /dev/shm holds nothing that could be left.
//
// The files:
//
//   - postgres.go: what is started, and its settings
//   - find_linux.go, owner_linux.go: the programs of an installation, and the user that they run as
//   - server_*.go: start and stop of a server, which is Linux's alone
//   - segment_linux.go, dynamic_linux.go: shared memory that a killed server left
package postgres

import (
	"fmt"
	"os"
	"strings"
	"time"
)

// MinVersion is the oldest major version of PostgreSQL that is started.
const MinVersion = 15

const (
	superuser = "bench" // a user with a random password

	startTimeout = time.Minute
	fastStop     = time.Second // for SIGINT: a checkpoint without fsync
	hardStop     = time.Second // for SIGQUIT
)

// Grace is how long [Server.Stop] lets the server finish before SIGKILL.
const Grace = fastStop + hardStop

// Options say where to start a server.
type Options struct {
	Dir      string            // private; the server's files and its socket go below it
	Hold     *os.File          // a lock that all that is started inherits, so that it is held as long as any of it lives; may be nil
	Progress func(line string) // is told what takes time; may be nil

	// Synchronous has a commit return only once it is written, so that what was acknowledged outlives the server's end.
	Synchronous bool
}

// Server is a running server.
type Server struct {
	DSN     string // for a connection as superuser; it holds the password
	Version string // such as "15.12"

	data    string      // directory
	log     string      // file
	process *os.Process // the postmaster
	done    chan struct{}
	err     *ExitError // written before done is closed
}

// ExitError says that the server ended, and what it said last.
type ExitError struct {
	Cause error  // of [os/exec.Cmd.Wait], or nil
	Said  string // ": " and its last lines, or nothing
}

func (e *ExitError) Error() string {
	how := "exit status 0"
	if e.Cause != nil {
		how = e.Cause.Error()
	}
	return "PostgreSQL ended by itself: " + how + e.Said
}

func (e *ExitError) Unwrap() error { return e.Cause }

// Done is closed when the server has ended, however, and its shared memory is freed.
func (s *Server) Done() <-chan struct{} { return s.done }

// Err says how the server ended, once Done is closed.
func (s *Server) Err() *ExitError { return s.err }

// lastLines returns ": " and the end of what was said, in one line, or nothing. What clients were told is left out.
func lastLines(text string) string {
	const most = 3
	var lines []string
	for _, line := range strings.FieldsFunc(text, func(r rune) bool { return r == '\n' || r == '\r' }) {
		if !strings.HasPrefix(line, "FATAL:  the database system is ") && !strings.HasPrefix(line, "FATAL:  terminating connection ") {
			lines = append(lines, line)
		}
	}
	if len(lines) == 0 {
		return ""
	}
	return ": " + strings.Join(lines[max(0, len(lines)-most):], "; ")
}

// settings are the server's, each as NAME=VALUE. It serves for minutes and its data can be made again, so nothing is
// synced to disk. What a crash of one backend leaves is not recovered: a run over a server that restarted measures that.
func settings(socketDir string, synchronous bool) []string {
	commit := "synchronous_commit=off"
	if synchronous {
		commit = "synchronous_commit=on"
	}
	return []string{
		"listen_addresses=",
		"unix_socket_directories=" + `"` + strings.ReplaceAll(socketDir, `"`, `""`) + `"`,
		"unix_socket_permissions=0700",
		"fsync=off",
		commit,
		"full_page_writes=off",
		"dynamic_shared_memory_type=mmap",
		"restart_after_crash=off",
		"max_connections=400", // unpooled opens as many as requests come
		"shared_buffers=64MB",
		"log_min_messages=log", // leaves out errors of queries
		"log_checkpoints=off",
		"log_line_prefix=",
		"logging_collector=off",
	}
}

// dsn is a libpq connection string.
func dsn(socketDir, password string) string {
	quote := strings.NewReplacer(`\`, `\\`, `'`, `\'`)
	return fmt.Sprintf("host='%s' port=5432 user=%s password=%s dbname=postgres sslmode=disable target_session_attrs=any",
		quote.Replace(socketDir), superuser, password)
}
