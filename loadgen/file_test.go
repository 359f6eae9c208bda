package loadgen

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/seed-5a006608/bench/loadgen/racetest"
	"github.com/seed-5a006608/bench/loadgen/request"
	"github.com/seed-5a006608/bench/loadgen/runfile"
)

// savedRun returns a run with something of everything, and its file.
func savedRun(t testing.TB) ([]byte, *runfile.Run) {
	t.Helper()
	p := Plan{
		Target:   runfile.Target{Name: "fake", URL: "http://fake/"},
		Profile:  shortSpike(),
		Requests: []request.Request{{URL: "http://fake/a"}, {URL: "http://fake/b"}},
		Seed:     3, Limits: Limits{Connections: 4, Timeout: 200 * ms, Drain: 300 * ms},
	}
	r, err := newRecording(p)
	if err != nil {
		t.Fatal(err)
	}
	end, _ := fakeEngine(r, fakeServer{
		workers: 2, service: func(k uint64) time.Duration { return time.Duration(k%40) * ms },
		fails: func(k uint64) bool { return k%17 == 0 },
	})
	run := r.finish(end, runfile.Resources{})
	run.Started = time.Date(2026, 11, 24, 11, 53, 0, 0, time.UTC)
	if run.Requests.Unsent == 0 || run.Requests.Failed == 0 || run.Overall.ResponseTime.Censored == nil {
		t.Fatalf("the run lacks something: %+v", run.Requests)
	}
	var b bytes.Buffer
	if err := runfile.Encode(&b, []*runfile.Run{run}); err != nil {
		t.Fatal(err)
	}
	return b.Bytes(), run
}

func TestReadFileRefusesWhatIsCutOff(t *testing.T) {
	racetest.Skip(t)
	t.Parallel()
	whole, _ := savedRun(t)
	dir := t.TempDir()
	packed := filepath.Join(dir, "run.json.gz")
	_, run := savedRun(t)
	if err := runfile.WriteFile(packed, []*runfile.Run{run}); err != nil {
		t.Fatal(err)
	}
	gz, err := os.ReadFile(packed)
	if err != nil {
		t.Fatal(err)
	}
	for _, data := range [][]byte{bytes.TrimSpace(whole), gz} {
		step := 1 + len(data)/1000 // every byte of a file this size would take minutes
		for n := 0; n < len(data); n += step {
			if _, err := runfile.Decode("cut.json", bytes.NewReader(data[:n])); err == nil || !strings.HasPrefix(err.Error(), "cut.json") {
				t.Fatalf("cut after %d of %d bytes: error %v", n, len(data), err)
			}
		}
		if _, err := runfile.Decode("whole.json", bytes.NewReader(data)); err != nil {
			t.Errorf("the whole file: %v", err)
		}
	}
}

// Every figure of a distribution, and every count, is held together with others: an edited one is found.
func TestReadFileRefusesWhatWasEdited(t *testing.T) {
	racetest.Skip(t)
	t.Parallel()
	whole, _ := savedRun(t)
	var tree any
	if err := json.Unmarshal(whole, &tree); err != nil {
		t.Fatal(err)
	}
	// One in so many figures is edited; which, the order of the map says. In .ci/long it is each.
	each := 4
	switch {
	case testing.Short():
		each = 10
	case os.Getenv("BENCH_LONG") != "":
		each = 1
	}
	edited, tried := 0, 0
	// Figures that nothing else in the file determines.
	free := map[string]bool{
		"seed": true, "planned": true, "retried": true, "vus": true, "connections": true, "timeout_ns": true, "drain_ns": true,
		"from": true, "to": true, "weight": true, "first_ns": true, "last_ns": true, "in": true, "out": true, "hits": true, "misses": true,
		"start": true, "end": true, "peak": true, "generator": true, "after_ns": true, "sent": true, "finished": true,
		"in_flight": true, "backlog": true, "processors": true, "open_files": true, "at_ns": true, "think_ns": true, "bound_ns": true, "window_ns": true, "unexplained_ns": true, "loops": true, "spin_ns": true, "dns_ttl_ns": true,
	}
	var walk func(node any, path string, inEndpoint bool)
	try := func(path string, set func(any), old any) {
		n, ok := old.(float64)
		if tried++; !ok || tried%each != 0 {
			return
		}
		set(n + 1)
		b, err := json.Marshal(tree)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := runfile.Decode("edited.json", bytes.NewReader(b)); err == nil {
			t.Errorf("%s: %v made %v was believed", path, n, n+1)
		}
		set(old)
		edited++
	}
	walk = func(node any, path string, inEndpoint bool) {
		switch v := node.(type) {
		case map[string]any:
			for key, child := range v {
				if !free[key] && !(inEndpoint && key == "count" && !strings.Contains(path, "_time")) {
					try(path+"."+key, func(x any) { v[key] = x }, child)
				}
				walk(child, path+"."+key, inEndpoint || key == "endpoints")
			}
		case []any:
			for i, child := range v {
				if i > 1 {
					break // one phase and second is like the next
				}
				walk(child, path+"[]", inEndpoint)
			}
		}
	}
	walk(tree, "", false)
	if edited < 100/each {
		t.Errorf("%d figures were edited of %d", edited, tried)
	}
}

func TestReadFileRefuses(t *testing.T) {
	for content, want := range map[string]string{
		"":                                "f.json: is empty: take a whole copy of it",
		"{}":                              "is no run file",
		"[]":                              "f.json:1: is no run file: it is a JSON array and not an object",
		`{"schema":"1"}`:                  `f.json:1: is no run file: "schema" is JSON of a kind that it cannot be (string), at byte 1`,
		`{"schema":2,"runs":[{}]}`:        "has schema 2 and this bench reads schema 1",
		`{"schema":1,"runs":[]}`:          "holds no run",
		`{"schema":1,"runs":[null]}`:      "is damaged",
		`{"schema":1,"runs":[{}]}`:        "is damaged",
		"{\"schema\":1,\n\"runs\":[{],}]": "f.json:2:",
		"\x1f\x8bnot gzip":                "gzip",
	} {
		if _, err := runfile.Decode("f.json", strings.NewReader(content)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: error %v, want one with %q", content, err, want)
		}
	}
}

func TestWriteFileKeepsTheOldFileWhenItFails(t *testing.T) {
	_, run := savedRun(t)
	if err := runfile.WriteFile("/dev/full", []*runfile.Run{run}); err == nil {
		t.Error("a full device took a file")
	}
	if err := runfile.WriteFile(t.TempDir(), []*runfile.Run{run}); err == nil || !strings.Contains(err.Error(), "is a directory") {
		t.Errorf("a directory: error %v", err)
	}
	if err := runfile.WriteFile(filepath.Join(t.TempDir(), "missing", "run.json"), []*runfile.Run{run}); err == nil {
		t.Error("a missing directory took a file")
	}
}

func FuzzDecode(f *testing.F) {
	whole, _ := savedRun(f)
	f.Add(whole)
	f.Add([]byte(`{"schema":1,"runs":[{}]}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		file, err := runfile.Decode("fuzz.json", bytes.NewReader(data))
		if err != nil {
			return
		}
		// What was accepted can be written, and is accepted again.
		var b bytes.Buffer
		if err := runfile.Encode(&b, file.Runs); err != nil {
			t.Fatal(err)
		}
		if _, err := runfile.Decode("again.json", &b); err != nil {
			t.Fatal(err)
		}
	})
}
