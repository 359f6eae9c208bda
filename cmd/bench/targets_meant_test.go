package main

import (
	"bytes"
	"fmt"
	"io"
	"maps"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/seed-5a006608/bench/loadgen"
	"github.com/seed-5a006608/bench/loadgen/runfile"
)

// driveFile drives a targets file with flags, by each engine.
func driveFile(t *testing.T, engine, text string, flags ...string) *runfile.Run {
	t.Helper()
	list, err := sequenced(t, "", text, append(flags, "-T", "-", "--engine", engine)...)
	if err != nil {
		t.Fatal(err)
	}
	run, err := loadgen.Drive(t.Context(), list[0].Plan, loadgen.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return run
}

// A file whose lines depend on their order, with repeats and bodies beside it, does what its author meant: each step finds what the
// one before left, round after round.
func TestOrderDependentFile(t *testing.T) {
	dir := t.TempDir()
	for name, text := range map[string]string{"login.json": `{"user": "ann"}`, "items/first.json": `{"item": 1}`, "items/{{second}}.json": `{"item": "{{2}}"}`} {
		path := filepath.Join(dir, "bodies", name)
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	t.Chdir(dir)
	steps := []string{`POST /login {"user": "ann"}`, `POST /cart {"item": 1}`, `POST /cart {"item": 1}`, "GET /cart ", `POST /cart {"item": "{{2}}"}`, "DELETE /cart "}
	const file = `# a session
POST %[1]s/login
Content-Type: application/json
@bodies/login.json

POST %[1]s/cart
@bodies/items/first.json
POST %[1]s/cart
@bodies/items/first.json

GET %[1]s/cart
POST %[1]s/cart
Content-Type: application/json
@bodies/items/{{second}}.json
DELETE %[1]s/cart
`
	for _, engine := range loadgen.Engines() {
		var mu sync.Mutex
		done := 0
		s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			body, _ := io.ReadAll(r.Body)
			mu.Lock()
			defer mu.Unlock()
			if got := r.Method + " " + r.URL.Path + " " + string(body); got != steps[done%len(steps)] {
				t.Errorf("%s: step %d is %s, want %s", engine, done, got, steps[done%len(steps)])
				w.WriteHeader(http.StatusConflict)
				return
			}
			done++
		}))
		run := driveFile(t, engine, fmt.Sprintf(file, s.URL), "-n", "18", "-r", "200/s", "-c", "1")
		s.Close()
		if run.Requests.Succeeded != 18 || run.Requests.Failed != 0 || run.Plan.Lines != len(steps) {
			t.Errorf("%s: %+v of %d lines", engine, run.Requests, run.Plan.Lines)
		}
	}
}

// accessLog is a log as Apache writes it, of about so many bytes, with what was asked for in it, and how many answers were 404.
func accessLog(size int) (log []byte, asked map[string]int, missing int) {
	random := rand.New(rand.NewPCG(7, 7))
	paths := []string{"/", "/", "/", "/products?page=%d", "/products/%d", "/products/%d", "/img/%d.png", "/search?q=red+shoes&n=%d", "/gone/%d", "/a%%20b/%d%%2Fc"}
	asked = map[string]int{}
	var b bytes.Buffer
	for b.Len() < size {
		path := paths[random.IntN(len(paths))]
		if strings.Contains(path, "%") {
			path = fmt.Sprintf(path, random.IntN(500))
		}
		method, status := "GET", 200
		if random.IntN(10) == 0 {
			method = "HEAD"
		}
		if strings.HasPrefix(path, "/gone/") {
			status = http.StatusNotFound
			missing++
		}
		asked[method+" "+path]++
		fmt.Fprintf(&b, "203.0.113.%d - ann smith [29/Nov/2026:10:%02d:%02d +0000] \"%s %s HTTP/1.1\" %d %d \"http://shop.example/from?a=b c\" \"Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0 Safari/537.36\"\n",
			random.IntN(256), random.IntN(60), random.IntN(60), method, path, status, random.IntN(9000))
		switch random.IntN(300) {
		case 0:
			b.WriteString("203.0.113.9 - - [29/Nov/2026:10:00:00 +0000] \"-\" 408 - \"-\" \"-\"\n")
		case 1:
			b.WriteString("203.0.113.9 - - [29/Nov/2026:10:00:00 +0000] \"\\x16\\x03\\x01\" 400 226 \"-\" \"-\"\n")
		}
	}
	return b.Bytes(), asked, missing
}

// An access log that the line in the topic targets makes targets of is asked for as it was logged, and what was not found is a failure.
func TestAnAccessLogIsReplayed(t *testing.T) {
	t.Parallel()
	awk, err := exec.LookPath("awk")
	if err != nil {
		t.Skip("there is no awk")
	}
	text, _ := topic("targets")
	_, line, found := strings.Cut(text, "\nawk -F'\"' '")
	program, rest, closed := strings.Cut(line, "' ")
	if !found || !closed || !strings.HasPrefix(rest, "access.log > targets.txt\n") {
		t.Fatal("the topic has no awk line that makes targets of an access log")
	}
	size := 2 << 20
	if testing.Short() {
		size >>= 3
	}
	log, asked, missing := accessLog(size)
	for _, engine := range loadgen.Engines() {
		var mu sync.Mutex
		got := map[string]int{}
		s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			mu.Lock()
			got[r.Method+" "+r.RequestURI]++
			mu.Unlock()
			if strings.HasPrefix(r.URL.Path, "/gone/") {
				w.WriteHeader(http.StatusNotFound)
			}
		}))
		converting := exec.Command(awk, "-F\"", strings.ReplaceAll(program, "http://127.0.0.1:8080", s.URL))
		converting.Stdin = bytes.NewReader(log)
		targets, err := converting.Output()
		if err != nil {
			t.Fatal(err)
		}
		n := bytes.Count(targets, []byte("\n"))
		run := driveFile(t, engine, string(targets), "-n", fmt.Sprint(n), "--rate", "max", "-c", "8")
		s.Close()
		if !maps.Equal(got, asked) {
			t.Errorf("%s: %d requests for %d things, logged were %d", engine, n, len(got), len(asked))
		}
		if run.Requests.Failed != uint64(missing) || len(run.Errors) != 1 || run.Errors[0].Kind != "status 404" || run.Requests.Succeeded != uint64(n-missing) {
			t.Errorf("%s: %+v, %+v; %d were not found", engine, run.Requests, run.Errors, missing)
		}
		if run.Plan.Grouping != runfile.GroupByPattern || run.Plan.Lines != n {
			t.Errorf("%s: %q, %d lines", engine, run.Plan.Grouping, run.Plan.Lines)
		}
	}
}
