package process

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"
)

func start(t *testing.T, s Spec) *Process {
	t.Helper()
	p, err := Start(t.Context(), s)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { p.Stop() })
	return p
}

func private(t *testing.T) *PrivateDir {
	t.Helper()
	t.Setenv("TMPDIR", t.TempDir())
	d, err := NewPrivateDir()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { d.Remove() })
	return d
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return !errors.Is(err, os.ErrNotExist)
}

func TestStartAndStop(t *testing.T) {
	d := private(t)
	var heard []string
	s := spec("serve", d)
	s.OnStderr = func(line string) { heard = append(heard, line) }
	p := start(t, s)
	if !strings.HasPrefix(p.URL, "http://127.0.0.1:1/") {
		t.Errorf("URL = %q", p.URL)
	}
	if err := p.Err(); err != nil {
		t.Errorf("Err of a running child = %v", err)
	}
	for range 2 {
		if err := p.Stop(); err != nil {
			t.Errorf("Stop = %v, want nil", err)
		}
	}
	<-p.Done()
	if err := p.Err(); err != nil {
		t.Errorf("Err after Stop = %v, want nil", err)
	}
	if exists(d.Path) {
		t.Errorf("%s is still there", d.Path)
	}
	if len(heard) > 1 || len(heard) == 1 && heard[0] != "warming up" {
		t.Errorf("heard %q: only what was said before the URL is told", heard)
	}
}

func TestStartFails(t *testing.T) {
	for _, tc := range []struct {
		role, want string
	}{
		{"exit", "child ended before it was ready: exit status 3: warming up; port 80 is taken"},
		{"panic", "child ended before it was ready: exit status 2: panic: out of cheese"},
		{"babble", `child printed "Hello there" where its URL was expected`},
		{"silent", "child was not ready after 500ms"},
	} {
		t.Run(tc.role, func(t *testing.T) {
			d := private(t)
			s := spec(tc.role, d)
			s.StartTimeout = time.Minute
			if tc.role == "silent" {
				s.StartTimeout = 500 * time.Millisecond
			}
			p, err := Start(t.Context(), s)
			if err == nil {
				p.Stop()
				t.Fatal("no error")
			}
			if !strings.HasPrefix(err.Error(), tc.want) {
				t.Errorf("error %q, want it to begin %q", err, tc.want)
			}
			if exists(d.Path) {
				t.Errorf("%s is still there", d.Path)
			}
		})
	}
}

func TestStartOfNothing(t *testing.T) {
	d := private(t)
	_, err := Start(t.Context(), Spec{Name: "child", Path: "/no/such/program", Private: d})
	if err == nil || err.Error() != "start child: fork/exec /no/such/program: no such file or directory" {
		t.Errorf("error %v", err)
	}
	if exists(d.Path) {
		t.Errorf("%s is still there", d.Path)
	}
}

func TestStartHearsItsContext(t *testing.T) {
	d := private(t)
	ctx, cancel := context.WithCancelCause(t.Context())
	s := spec("silent", d)
	s.OnStderr = func(string) { cancel(errors.New("the user lost patience")) }
	_, err := Start(ctx, s)
	if err == nil || err.Error() != "start child: the user lost patience" {
		t.Errorf("error %v", err)
	}
	if exists(d.Path) {
		t.Errorf("%s is still there", d.Path)
	}
}

func TestStopKillsWhoStays(t *testing.T) {
	d := private(t)
	s := spec("stubborn", d)
	s.StopGrace = 50 * time.Millisecond
	p := start(t, s)
	if err := p.Stop(); err == nil || err.Error() != "child did not stop within 50ms and was killed" {
		t.Errorf("Stop = %v", err)
	}
	if exists(d.Path) {
		t.Errorf("%s is still there", d.Path)
	}
}

// What a child says of its own end is not lost.
func TestStopSaysWhatIsLeft(t *testing.T) {
	err := start(t, spec("leaves", private(t))).Stop()
	var left *StopError
	if !errors.As(err, &left) || !strings.HasSuffix(err.Error(), "did not end in good order: exit status 3: a thing is left") {
		t.Errorf("Stop = %v", err)
	}
}

// A child that says what it still does is waited for until the patience ends.
func TestStopIsPatient(t *testing.T) {
	s := spec("patient", private(t))
	patient, end := context.WithCancel(t.Context())
	defer end()
	said := make(chan string, 16) // as many lines as it may say: nobody reads the later ones
	s.Patience = func() (context.Context, context.CancelFunc) { return patient, func() {} }
	s.OnStopping = func(line string) { said <- line }
	s.StopGrace = time.Minute
	p := start(t, s)
	stopped := make(chan error)
	go func() { stopped <- p.Stop() }()
	for line := <-said; line != "cannot clean up yet"; line = <-said {
		if line != "warming up" { // which it said before, and is heard only now
			t.Fatalf("it said %q", line)
		}
	}
	select {
	case err := <-stopped:
		t.Fatalf("Stop did not wait: %v", err)
	default:
	}
	end()
	if err := <-stopped; err == nil || !strings.HasSuffix(err.Error(), ": a thing is left") {
		t.Errorf("Stop = %v", err)
	}
}

func TestLifelineRefuses(t *testing.T) {
	f, err := os.Create(t.TempDir() + "/file")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	for fd, want := range map[int]string{
		9999:        "lifeline 9999 is not a pipe inherited from a parent: bad file descriptor",
		int(f.Fd()): "it is something else",
	} {
		if _, _, _, err := Lifeline(t.Context(), fd); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("Lifeline(%d) = %v, want %q", fd, err, want)
		}
	}
}

func TestEachLine(t *testing.T) {
	long := strings.Repeat("x", 3*maxLine)
	for _, tc := range []struct {
		in   string
		want []string
		why  string
	}{
		{"", nil, "nothing"},
		{"a\nb\n", []string{"a", "b"}, "whole lines"},
		{"a\r\nb", []string{"a", "b"}, "an unfinished last line counts"},
		{"\n\n", []string{"", ""}, "empty lines are lines"},
		{long + "\nb\n", []string{long[:maxLine], "b"}, "the rest of a long line is dropped"},
		{long[:maxLine-1] + "\nb\n", []string{long[:maxLine-1], "b"}, "a line of just the limit"},
	} {
		var got []string
		eachLine(strings.NewReader(tc.in), func(line string) { got = append(got, line) })
		if len(got) != len(tc.want) {
			t.Errorf("%d lines, want %d (%s)", len(got), len(tc.want), tc.why)
			continue
		}
		for i := range got {
			if got[i] != tc.want[i] {
				t.Errorf("line %d has %d bytes, want %d (%s)", i, len(got[i]), len(tc.want[i]), tc.why)
			}
		}
	}
}

// The last distinct lines are kept, counted, bounded and cleaned.
func TestWords(t *testing.T) {
	var w words
	for i := range 1000 {
		w.add(fmt.Sprintf("request %d failed: too many clients", i))
	}
	w.add("\x1b[31mred\tand \xff" + strings.Repeat("x", 5000))
	w.add("")
	list := w.lines()
	if len(list) != 2 || list[0] != "request 999 failed: too many clients (1000 times)" {
		t.Fatalf("%q", list)
	}
	if !strings.HasPrefix(list[1], "[31mred and \uFFFDxxx") || len(list[1]) > maxWordsBytes+len("…") {
		t.Errorf("%q", list[1])
	}
	for i := range 100 {
		w.add(strings.Repeat("y", i+1))
	}
	if list := w.lines(); len(list) != maxWords || list[maxWords-1] != strings.Repeat("y", 100) {
		t.Errorf("%q", list)
	}
}

func TestOutputKeepsTheEnd(t *testing.T) {
	o := &output{first: make(chan string, 1)}
	for range 3 * tailLines {
		o.add("filler")
	}
	for _, line := range []string{"one", "", "two", "three"} {
		o.add(line)
	}
	if got := o.quote(); got != ": one; two; three" {
		t.Errorf("quote = %q", got)
	}
	if len(o.tail) != tailLines {
		t.Errorf("%d lines kept, want %d", len(o.tail), tailLines)
	}
}
