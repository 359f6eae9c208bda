package main

import (
	"bytes"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"

	"github.com/seed-5a006608/bench/loadgen/runfile"
)

// What would replace another output, or what is read, is refused before anything is driven or written.
func TestOutputsReplaceNothingThatIsNeeded(t *testing.T) {
	t.Chdir(t.TempDir())
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "answer") }))
	defer server.Close()
	driven := drivenRun(t, server)
	written(t, "run.json", func(w io.Writer) error { return runfile.Encode(w, []*runfile.Run{driven}) })
	saved, err := os.ReadFile("run.json")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"targets.txt", "test.yaml", "body", "users.csv", "cert.pem", "prices.yaml", "main.json"} {
		if err := os.WriteFile(name, nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Symlink("run.json", "link.json"); err != nil {
		t.Fatal(err)
	}
	const url = "http://127.0.0.1:1"
	const replaced, twice = "which is read: name another file", "is written to that file too"
	for args, want := range map[string]string{
		"report run.json -o md=run.json":                                replaced,
		"report run.json -o json=./run.json":                            replaced,
		"report run.json -o md=link.json":                               replaced,
		"report --pool run.json run.json -o md=run.json":                replaced,
		"history run.json -o csv=run.json":                              replaced,
		"compare run.json other.json -o md=run.json":                    replaced,
		"gate --baseline main.json run.json -o md=main.json":            replaced,
		"gate " + url + " " + url + " -f test.yaml -o md=test.yaml":     replaced,
		"capacity --from run.json -o md=run.json":                       replaced,
		"capacity --from x.json --prices prices.yaml -o md=prices.yaml": replaced,
		"sustained -T targets.txt -o json=targets.txt":                  replaced,
		"sustained -b @body -o json=body " + url:                        replaced,
		"sustained --cacert cert.pem -o json=cert.pem " + url:           replaced,
		"sustained -H X:{{csv%users.csv%id}} -o csv=users.csv " + url:   replaced,
		"sustained -o json=x.json -o md=x.json " + url:                  twice,
		"sustained -o json=x.json -o md=./x.json " + url:                twice,
		"sustained -o json=link.json -o md=run.json " + url:             twice,
		"compare --mirror -o json=x.json -o md=x.json " + url:           twice,
		"selfcheck -o json=x.json -o json=x.json":                       twice,
		"sustained --dry-run -o json=/dev/null -o md=/dev/null " + url:  "",
		"sustained --dry-run -o json=x.json -o md=y/x.json " + url:      "",
		"report run.json -o md=run.md":                                  "",
	} {
		var list []string
		for _, arg := range strings.Fields(args) {
			list = append(list, strings.ReplaceAll(arg, "%", " "))
		}
		var stdout, stderr bytes.Buffer
		code := run(t.Context(), list, strings.NewReader(""), &stdout, &stderr)
		if refused := want != ""; (code == exitUsage) != refused || refused != (code != exitOK) || !strings.Contains(stderr.String(), want) {
			t.Errorf("bench %s: exit %d, %s want %q", args, code, stderr.String(), want)
		}
	}
	if now, err := os.ReadFile("run.json"); err != nil || !bytes.Equal(now, saved) {
		t.Errorf("run.json was changed: %v", err)
	}
}
