package process

import (
	"context"
	"errors"
	"os"
	"path"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"
)

// stubborn is a command that ignores every request to end, as does what it starts, whose number it prints.
const stubborn = `trap '' TERM; sleep 1000 & echo http://127.0.0.1:1/$!; wait; wait`

func superviseSpec(t *testing.T, command string) Spec {
	t.Helper()
	t.Setenv("COMMAND", command)
	s := spec("supervise", nil)
	s.StopGrace = time.Minute
	return s
}

func TestSupervisedCommandIsStopped(t *testing.T) {
	for name, command := range map[string]string{
		"willing":  `sleep 1000 & echo http://127.0.0.1:1/$!; wait`,
		"stubborn": stubborn,
	} {
		t.Run(name, func(t *testing.T) {
			if name == "stubborn" && testing.Short() {
				t.Skip("waits for the whole grace")
			}
			p := start(t, superviseSpec(t, command))
			pid, err := strconv.Atoi(path.Base(p.URL))
			if err != nil {
				t.Fatal(err)
			}
			ended := watch(t, pid)
			if err := p.Stop(); err != nil {
				t.Error(err)
			}
			ended()
		})
	}
}

// What has left the process group ends too, whether the command waits for it or leaves it as a daemon.
func TestSupervisedStraysAreStopped(t *testing.T) {
	for name, command := range map[string]string{
		"group of its own": `setsid sh -c 'echo http://127.0.0.1:1/$$; exec sleep 1000' & wait`,
		"daemon":           `setsid sh -c 'echo http://127.0.0.1:1/$$; exec sleep 1000' &`,
		"stubborn daemon":  `setsid sh -c 'trap "" TERM; sleep 1000 & echo http://127.0.0.1:1/$!; wait; wait' &`,
	} {
		t.Run(name, func(t *testing.T) {
			if name == "stubborn daemon" && testing.Short() {
				t.Skip("waits for the whole grace")
			}
			p := start(t, superviseSpec(t, command))
			pid, err := strconv.Atoi(path.Base(p.URL))
			if err != nil {
				t.Fatal(err)
			}
			ended := watch(t, pid)
			if err := p.Stop(); err != nil {
				t.Error(err)
			}
			ended()
		})
	}
}

// A bench that is killed cannot stop anything: the supervisor does.
func TestSupervisedCommandEndsWithTheParent(t *testing.T) {
	file := filepath.Join(t.TempDir(), "pid")
	t.Setenv("COMMAND", "sleep 1000 & echo $! > "+file+"; echo http://127.0.0.1:1/; wait")
	parent, _, _ := startParentOf(t, "supervise")
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	pid, err := strconv.Atoi(strings.TrimSpace(string(text)))
	if err != nil {
		t.Fatal(err)
	}
	ended := watch(t, pid)
	if err := parent.Kill(); err != nil {
		t.Fatal(err)
	}
	ended()
}

func TestReadyDecidesWhenAChildServes(t *testing.T) {
	s := superviseSpec(t, "exec sleep 1000")
	s.URL, s.Ready = "http://127.0.0.1:2", func(context.Context) error { return nil }
	if p := start(t, s); p.URL != s.URL {
		t.Errorf("URL %q, want %q", p.URL, s.URL)
	}
	for _, tc := range []struct {
		name, command, want string
		ready               func(context.Context) error
	}{
		{"refused", "exec sleep 1000", "start child: it answers 503", func(context.Context) error { return errors.New("it answers 503") }},
		{"dead", "echo no such file >&2; exit 7", "child ended before it was ready: exit status 3: no such file; the command: exit status 7",
			func(ctx context.Context) error { <-ctx.Done(); return ctx.Err() }},
		{"late", "exec sleep 1000", "child was not ready after 200ms", func(ctx context.Context) error { <-ctx.Done(); return ctx.Err() }},
	} {
		s := superviseSpec(t, tc.command)
		s.Ready = tc.ready
		if tc.name == "late" {
			s.StartTimeout = 200 * time.Millisecond
		}
		p, err := Start(t.Context(), s)
		if err == nil {
			p.Stop()
		}
		if err == nil || !strings.HasPrefix(err.Error(), tc.want) {
			t.Errorf("%s: %v, want %s", tc.name, err, tc.want)
		}
	}
}
