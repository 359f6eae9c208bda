package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/seed-5a006608/bench/report"
	"github.com/seed-5a006608/bench/report/selfcheck"
)

var guardedText = regexp.MustCompile(`(?s)^::stop-commands::(bench-\w+)\n.+\n::(bench-\w+)::\n$`)

func wantGuarded(t *testing.T, what, text string) {
	t.Helper()
	if m := guardedText.FindStringSubmatch(text); m == nil || m[1] != m[2] || strings.Count(text, m[1]) != 2 {
		t.Errorf("%s: GitHub Actions obeys what is in it: %q", what, text)
	}
}

// A text that bench shows may hold words of others, whatever the command.
func TestActionsObeysNothingThatIsShown(t *testing.T) {
	t.Setenv("GITHUB_ACTIONS", "true")
	t.Chdir(t.TempDir())
	for _, args := range [][]string{
		{"baseline", "list"},
		{"sustained", "http://127.0.0.1:1/", "-r", "10/s", "-d", "1s", "--dry-run"},
	} {
		var out, stderr bytes.Buffer
		if code := run(t.Context(), args, strings.NewReader(""), &out, &stderr); code != exitOK {
			t.Fatalf("%q: exit %d: %s", args, code, stderr.String())
		}
		wantGuarded(t, strings.Join(args, " "), out.String())
	}
	var out bytes.Buffer
	found := selfcheck.New([]string{"http"}, true).Report()
	found.Interrupted = true
	if err := (selfcheckOptions{}).conclude(found, nil, nil, streams{out: &out, err: io.Discard}); !errors.Is(err, errInterrupted) {
		t.Fatal(err)
	}
	wantGuarded(t, "selfcheck", out.String())
}

// A text that goes to standard output holds no command either; what is for programs is theirs alone, and so is a file.
func TestActionsObeysNothingThatIsPrinted(t *testing.T) {
	t.Setenv("GITHUB_ACTIONS", "true")
	found := &report.Mirror{Names: [2]string{"a", "b"}, Rate: 1, Notes: []string{"::add-mask::a"}}
	for _, f := range mirrorsShown.formats {
		var stdout bytes.Buffer
		if err := (outputs[*report.Mirror]{{f, "-"}}).write(found, streams{out: &stdout, err: io.Discard}); err != nil {
			t.Fatal(err)
		}
		switch f.kind {
		case "md":
			wantGuarded(t, "-o md=-", stdout.String())
		case "html":
			for line := range strings.Lines(stdout.String()) {
				if strings.HasPrefix(strings.TrimSpace(line), "::") || strings.Contains(line, "stop-commands") {
					t.Errorf("-o html=- has the line %s", line)
				}
			}
		default:
			if !json.Valid(stdout.Bytes()) {
				t.Errorf("-o %s=- is no JSON: %s", f.kind, stdout.String())
			}
		}
	}
	file, err := os.Create(filepath.Join(t.TempDir(), "summary.md"))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	if err := (outputs[*report.Mirror]{{mirrorsShown.formats[1], "-"}}).write(found, streams{out: file, err: io.Discard}); err != nil {
		t.Fatal(err)
	}
	if text, err := os.ReadFile(file.Name()); err != nil || len(text) == 0 || bytes.Contains(text, []byte("stop-commands")) {
		t.Errorf("%v: in a file there is %s", err, text)
	}
}

// There is one place in which a report is shown, so none can be forgotten: elsewhere nothing asks how wide a stream is.
func TestReportsAreShownInOnePlace(t *testing.T) {
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	calls := map[string]int{}
	for _, f := range files {
		source, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		if n := strings.Count(string(source), " look("); n > 0 && !strings.HasSuffix(f, "_test.go") {
			calls[f] = n
		}
	}
	// Its definition and its use by display; and the help, which is no report.
	if len(calls) != 3 || calls["shown.go"] != 2 || calls["help.go"] != 1 || calls["help_usage.go"] != 1 {
		t.Errorf("look is called in %v: show what is for a person with display", calls)
	}
}

// What could not be shown does not leave the rest of the job's log unheard.
func TestActionsIsHeardAgainAfterAFailure(t *testing.T) {
	t.Setenv("GITHUB_ACTIONS", "true")
	var out bytes.Buffer
	err := display(&out, report.Options{}, func(w io.Writer, _ report.Options) error {
		_, _ = io.WriteString(w, "half\n")
		return errors.New("no more")
	})
	if err == nil || !strings.Contains(err.Error(), "no more") {
		t.Errorf("error %v", err)
	}
	wantGuarded(t, "a report that failed", out.String())
}
