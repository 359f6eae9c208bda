package main

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"reflect"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/creack/pty"
	"github.com/hinshun/vt10x"
	"golang.org/x/sys/unix"
)

// onTerminal is a program that runs on a terminal of its own, as the leader of its session.
type onTerminal struct {
	*exec.Cmd
	t      testing.TB
	keys   *os.File // what is written is typed
	tty    *os.File
	modes  *unix.Termios // as they were at the start
	screen vt10x.Terminal
	said   lockedBuffer // every byte that was written to the terminal
	done   chan struct{}
}

func startOnTerminal(t testing.TB, env []string, name string, args ...string) *onTerminal {
	t.Helper()
	p := &onTerminal{Cmd: exec.Command(name, args...), t: t, screen: vt10x.New(vt10x.WithSize(100, 100)), done: make(chan struct{})}
	var err error
	if p.keys, p.tty, err = pty.Open(); err != nil {
		t.Fatal(err)
	}
	if err := pty.Setsize(p.tty, &pty.Winsize{Rows: 100, Cols: 100}); err != nil {
		t.Fatal(err)
	}
	p.modes = p.termios()
	p.Dir = t.TempDir()
	p.Env = append(append(os.Environ(), "BENCH_CACHE_DIR="+cacheDir(t), "TERM=xterm", "NO_COLOR="), env...)
	p.Stdin, p.Stdout, p.Stderr = p.tty, p.tty, p.tty
	p.SysProcAttr = &syscall.SysProcAttr{Setsid: true, Setctty: true}
	if err := p.Start(); err != nil {
		t.Fatal(err)
	}
	shown := make(chan struct{})
	go func() {
		defer close(shown)
		_, _ = io.Copy(io.MultiWriter(p.screen, &p.said), p.keys) // until it is closed
	}()
	go func() {
		_ = p.Wait() // the exit code says it
		close(p.done)
	}()
	t.Cleanup(func() {
		_ = p.Process.Kill()
		<-p.done
		p.tty.Close()
		p.keys.Close()
		<-shown
	})
	return p
}

func (p *onTerminal) termios() *unix.Termios {
	p.t.Helper()
	modes, err := unix.IoctlGetTermios(int(p.tty.Fd()), unix.TCGETS)
	if err != nil {
		p.t.Fatal(err)
	}
	return modes
}

// shows waits until the terminal shows a text.
func (p *onTerminal) shows(text string) {
	p.t.Helper()
	defer func() {
		if p.t.Failed() {
			p.t.Logf("the terminal shows\n%s", p.screen.String())
		}
	}()
	within(p.t, time.Minute, "the terminal does not show "+text, func() bool { return strings.Contains(p.screen.String(), text) })
}

// ends waits for the end of the program, and wants the terminal as it was.
func (p *onTerminal) ends() {
	p.t.Helper()
	select {
	case <-p.done:
	case <-time.After(time.Minute):
		p.t.Fatalf("%v is still running, and the terminal shows\n%s", p.Args, p.screen.String())
	}
	fmt.Fprint(p.tty, "the end")
	p.shows("the end")
	if got := p.termios(); !reflect.DeepEqual(got, p.modes) {
		p.t.Errorf("the terminal's modes are %+v, were %+v", got, p.modes)
	}
	usual := vt10x.New()
	if p.screen.Mode() != usual.Mode() || !p.screen.CursorVisible() || p.screen.Cursor().Attr != usual.Cursor().Attr {
		p.t.Errorf("modes %b, cursor %+v", p.screen.Mode(), p.screen.Cursor())
	}
}

func quick(t testing.TB) string {
	s := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	t.Cleanup(s.Close)
	return s.URL
}

// Whatever ends a run leaves the terminal as it was; what ends it in good order, the report in the place of the panel.
func TestTerminalIsWholeAfterASignal(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		why    string
		signal syscall.Signal // 0: Ctrl-C is typed
		report bool
	}{
		{"Ctrl-C", 0, true}, {"SIGTERM", syscall.SIGTERM, true}, {"SIGHUP", syscall.SIGHUP, true},
		{"as a panic ends it", syscall.SIGQUIT, false},
	} {
		t.Run(tc.why, func(t *testing.T) {
			if tc.signal != 0 {
				skipShort(t)
			}
			t.Parallel()
			p := startOnTerminal(t, nil, "bench", "sustained", quick(t), "-r", "50/s", "-d", "5m", "--no-save")
			p.shows("in flight")
			if tc.signal == 0 {
				fmt.Fprint(p.keys, "\x03")
			} else if err := p.Process.Signal(tc.signal); err != nil {
				t.Fatal(err)
			}
			p.ends()
			if shown := p.screen.String(); tc.report && (strings.Contains(shown, "in flight,") || !strings.Contains(p.said.String(), "Interrupted after")) {
				t.Errorf("the terminal shows\n%s", shown)
			}
		})
	}
}

// Suspended, the terminal is the shell's; in the background there are plain lines; in the foreground again there is a new panel, and
// at the end the report.
func TestPanelUnderJobControl(t *testing.T) {
	skipShort(t)
	t.Parallel()
	script := fmt.Sprintf("bench sustained %s -r 50/s -d 5m --no-save; echo it is stopped; bg; read line; fg; echo it has ended", quick(t))
	p := startOnTerminal(t, nil, "sh", "-m", "-c", script)
	p.shows("in flight")
	fmt.Fprint(p.keys, "\x1a")
	p.shows("it is stopped")
	p.shows(" of 300 s: 50/s") // the plain line
	before := strings.Count(p.said.String(), "\x1b[J")
	fmt.Fprint(p.keys, "\n")
	within(t, time.Minute, "there is no panel again", func() bool { return strings.Count(p.said.String(), "\x1b[J") > before })
	fmt.Fprint(p.keys, "\x03")
	p.shows("it has ended")
	p.ends()
	if shown := p.screen.String(); !strings.Contains(shown, "it is stopped") || !strings.Contains(p.said.String(), "bench sustained · ") {
		t.Errorf("the terminal shows\n%s", shown)
	}
}

func TestPanelWithoutColourAndNoPanel(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		env, left, shown string // left: what no sequence ends with
		panel            bool
	}{{"NO_COLOR=1", "m", "in flight", true}, {"TERM=dumb", "JKAm", " of 300 s: 50/s", false}} {
		t.Run(tc.env, func(t *testing.T) {
			if !tc.panel {
				skipShort(t)
			}
			t.Parallel()
			p := startOnTerminal(t, []string{tc.env}, "bench", "sustained", quick(t), "-r", "50/s", "-d", "5m", "--no-save", "--threshold", "p99<1ns")
			p.shows(tc.shown)
			fmt.Fprint(p.keys, "\x03")
			p.ends()
			said := p.said.String()
			if strings.Contains(said, "\x1b[J") != tc.panel {
				t.Errorf("it wrote %q", said)
			}
			for _, sequence := range strings.Split(said, "\x1b[")[1:] {
				if last := strings.TrimLeft(sequence, "0123456789"); strings.ContainsAny(last[:1], tc.left) {
					t.Errorf("it wrote %q", "\x1b["+sequence)
				}
			}
		})
	}
}

// What judges shows a panel too; the report follows in its place, and the terminal is whole.
func TestPanelsOfWhatJudges(t *testing.T) {
	t.Parallel()
	url := quick(t)
	for _, tc := range []struct {
		args  []string
		shown []string
	}{
		{[]string{"selfcheck", "--quick"}, []string{"bench selfcheck  wire: ", "by try"}},
		{[]string{"compare", url, url, "-r", "200/s", "--round", "200ms", "--max-time", "60s"}, []string{"bench compare  ", "round 2 of 4"}},
		{[]string{"gate", url, url, "-r", "200/s", "--round", "200ms", "--max-time", "60s"}, []string{"bench gate  ", "round 2 of 4"}},
		{[]string{"capacity", url, "--max-rate", "2000/s", "--budget", "60s"}, []string{"bench capacity  ", "in flight"}},
	} {
		t.Run(tc.args[0], func(t *testing.T) {
			if tc.args[0] != "capacity" {
				skipShort(t) // their panels are drawn alike
			}
			t.Parallel()
			p := startOnTerminal(t, nil, "bench", append(tc.args, "--quiet=false")...)
			for _, text := range tc.shown {
				p.shows(text)
			}
			fmt.Fprint(p.keys, "\x03")
			p.ends()
			if shown := p.screen.String(); strings.Contains(shown, tc.shown[0]) {
				t.Errorf("the terminal shows\n%s", shown)
			}
		})
	}
}

// A terminal within tmux, which wraps anew what it shows when it is resized.
func TestPanelInTmux(t *testing.T) {
	skipShort(t)
	t.Parallel()
	if _, err := exec.LookPath("tmux"); err != nil {
		t.Skip("tmux is not installed")
	}
	socket := t.TempDir() + "/tmux"
	tmux := func(args ...string) string {
		c := exec.Command("tmux", append([]string{"-S", socket, "-f", os.DevNull}, args...)...)
		c.Env = append(os.Environ(), "BENCH_CACHE_DIR="+cacheDir(t), "TERM=xterm", "LC_ALL=C.UTF-8")
		out, err := c.CombinedOutput()
		if err != nil {
			t.Fatalf("tmux %v: %v: %s", args, err, out)
		}
		return string(out)
	}
	tmux("new-session", "-d", "-x", "80", "-y", "24", "bench sustained "+quick(t)+" -r 50/s -d 5m --no-save; read line")
	t.Cleanup(func() { tmux("kill-server") })
	panel := func(width int) func() bool {
		return func() bool {
			shown := tmux("capture-pane", "-p")
			last := strings.TrimSpace(shown[strings.LastIndex(shown, "hold ")+1:])
			for row := range strings.Lines(last) {
				if utf8.RuneCountInString(row) > width {
					return false
				}
			}
			return strings.Count(last, "rate ") == 1 && strings.Contains(last, "P99") && strings.Contains(last, "in flight")
		}
	}
	within(t, soon, "there is no panel", panel(80))
	for _, size := range [][2]int{{50, 12}, {120, 30}} {
		tmux("resize-window", "-x", strconv.Itoa(size[0]), "-y", strconv.Itoa(size[1]))
		within(t, soon, fmt.Sprintf("there is no panel at %v", size), panel(size[0]))
	}
	tmux("send-keys", "C-c")
	within(t, soon, "the report is not there", func() bool {
		_, report, found := strings.Cut(tmux("capture-pane", "-p", "-S", "-100"), "bench sustained · ")
		return found && strings.Contains(report, "Interrupted after") && !strings.Contains(report, " in flight,")
	})
}
