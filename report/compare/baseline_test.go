package compare

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/seed-5a006608/bench/loadgen"
	"github.com/seed-5a006608/bench/loadgen/racetest"
	"github.com/seed-5a006608/bench/loadgen/request"
	"github.com/seed-5a006608/bench/loadgen/runfile"
	"github.com/seed-5a006608/bench/profiles"
)

// drivenRun is a run of a baseline's plan, as a file of runs has to have it, whatever the machine made of it.
func drivenRun(t testing.TB) *runfile.Run {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "answer") }))
	defer server.Close()
	p := profiles.Profile{Name: "baseline", Phases: []profiles.Phase{{Name: "warm-up", Kind: profiles.Warmup, Duration: 20 * time.Millisecond, From: 1000, To: 1000}}}
	for _, name := range []string{"1", "2", "3", "4"} {
		p.Phases = append(p.Phases, profiles.Phase{Name: name, Kind: profiles.Hold, Duration: 100 * time.Millisecond, From: 1000, To: 1000})
	}
	run, err := loadgen.Drive(t.Context(), loadgen.Plan{
		Target: runfile.Target{Name: "server", URL: server.URL}, Profile: p, Requests: []request.Request{{URL: server.URL}}, Engine: runfile.EngineHTTP,
		Disturbance: runfile.DisturbanceRule{Bound: time.Hour},
	}, loadgen.Options{})
	if err != nil {
		t.Fatal(err)
	}
	run.Verdict.Kind = runfile.Valid
	return run
}

// drivenBaseline is a baseline of copies of one run.
func drivenBaseline(t testing.TB) (*Baseline, []byte) {
	t.Helper()
	run := drivenRun(t)
	var runs []*runfile.Run
	for range MinBaselineRuns {
		again := *run
		runs = append(runs, &again)
	}
	b, err := NewBaseline("main", time.Date(2026, 11, 24, 12, 0, 0, 5, time.UTC), true, runs)
	if err != nil {
		t.Fatal(err)
	}
	var text bytes.Buffer
	if err := b.Encode(&text); err != nil {
		t.Fatal(err)
	}
	return b, text.Bytes()
}

func TestBaselineIsReadAsItWasWritten(t *testing.T) {
	racetest.Skip(t)
	t.Parallel()
	b, text := drivenBaseline(t)
	var indented bytes.Buffer
	if err := json.Indent(&indented, text, "", "  "); err != nil {
		t.Fatal(err)
	}
	for _, data := range [][]byte{text, indented.Bytes()} {
		got, err := DecodeBaseline("main.json", data)
		if err != nil {
			t.Fatal(err)
		}
		if got.Name != "main" || !got.Saved.Equal(b.Saved) || len(got.Runs) != 8 || got.Rate() != 1000 || got.Round() != 100*time.Millisecond ||
			!got.Floor.Fresh || got.Floor.Pairs != 16 || len(got.Floor.Noise) != len(b.Floor.Noise) || len(got.Floor.Noise) < 2 {
			t.Errorf("%+v", got)
		}
	}
	packed := filepath.Join(t.TempDir(), "main.json.gz")
	if err := runfile.ReplaceFile(packed, b.Encode); err != nil {
		t.Fatal(err)
	}
	if _, err := ReadBaseline(packed); err != nil {
		t.Error(err)
	}
	if data, err := os.ReadFile(packed); err != nil || len(data) > len(text)/2 {
		t.Errorf("%v: %d bytes of %d are packed", err, len(data), len(text))
	}
	// Whatever reads runs reads a baseline's.
	if file, err := runfile.Decode("main.json", bytes.NewReader(text)); err != nil || len(file.Runs) != 8 {
		t.Errorf("as runs: %v", err)
	}
}

// edit changes the tree of a baseline's file; sealed puts the sum right again.
func edit(t *testing.T, text []byte, sealed bool, change func(file map[string]any)) []byte {
	t.Helper()
	var tree map[string]any
	d := json.NewDecoder(bytes.NewReader(text))
	d.UseNumber()
	if err := d.Decode(&tree); err != nil {
		t.Fatal(err)
	}
	change(tree)
	changed, err := encoded(tree)
	if err != nil {
		t.Fatal(err)
	}
	if !sealed {
		return changed
	}
	var file baselineFile
	if err := json.Unmarshal(changed, &file); err != nil {
		t.Fatal(err)
	}
	if file.Baseline.SHA256, err = digest(file.Runs, file.Baseline.About); err != nil {
		t.Fatal(err)
	}
	if changed, err = encoded(file); err != nil {
		t.Fatal(err)
	}
	return changed
}

func part(file map[string]any, keys ...string) map[string]any {
	for _, k := range keys {
		file = file[k].(map[string]any)
	}
	return file
}

func runOf(file map[string]any, i int) map[string]any {
	return file["runs"].([]any)[i].(map[string]any)
}

func TestBaselineRefusesWhatWasChanged(t *testing.T) {
	racetest.Skip(t)
	t.Parallel()
	_, text := drivenBaseline(t)
	noise := func(f map[string]any) map[string]any {
		return part(f, "baseline", "about", "floor")["noise"].([]any)[0].(map[string]any)
	}
	for i, tc := range []struct {
		name   string
		sealed bool
		change func(f map[string]any)
		want   string
	}{
		{"a run file", false, func(f map[string]any) { delete(f, "baseline") }, "holds runs and is no baseline"},
		{"another schema of runs", false, func(f map[string]any) { f["schema"] = 2 }, "has schema 2 and this bench reads schema 1"},
		{"no runs", false, func(f map[string]any) { delete(f, "runs") }, "is no run file: it is a \"baseline\" that holds no runs"},
		{"something else", false, func(f map[string]any) { f["baseline"] = "main" }, "is no baseline"},
		{"another schema", false, func(f map[string]any) { part(f, "baseline")["schema"] = 2 }, "is a baseline of schema 2 and this bench reads schema 1"},
		{"a percentile", false, func(f map[string]any) { part(runOf(f, 2), "overall", "response_time")["p99_ns"] = 5 }, "was changed since it was saved"},
		{"a percentile, sealed", true, func(f map[string]any) { part(runOf(f, 2), "overall", "response_time")["p99_ns"] = 5 }, "is damaged or was edited: run 3: overall: response_time: p99_ns is 5"},
		{"the machine", false, func(f map[string]any) { part(runOf(f, 0), "environment")["cpu"] = "another" }, "was changed since it was saved"},
		{"its name", false, func(f map[string]any) { part(f, "baseline", "about")["name"] = "other" }, "was changed since it was saved"},
		{"its floor", false, func(f map[string]any) { noise(f)["run_scatter"] = 0.5 }, "was changed since it was saved"},
		{"its floor, sealed", true, func(f map[string]any) { noise(f)["run_scatter"] = 0.5 }, "its noise floor is not the one that its runs say"},
		{"no sum", false, func(f map[string]any) { delete(part(f, "baseline"), "sha256") }, "was changed since it was saved"},
		{"nothing about it", false, func(f map[string]any) { delete(part(f, "baseline"), "about") }, "was changed since it was saved"},
		{"a name of megabytes", true, func(f map[string]any) { part(f, "baseline", "about")["name"] = strings.Repeat("x", 5000) }, "its name has 5000 bytes"},
		{"too few runs", true, func(f map[string]any) { f["runs"] = f["runs"].([]any)[:7] }, "it has 7 runs: a baseline has 8 to 200"},
		{"a run that is mostly disturbed", true, func(f map[string]any) { part(runOf(f, 2), "overall")["disturbed"] = 399 }, "run 3 is no evidence: bench was late for 399 of 400 requests"},
		{"an interrupted run", true, func(f map[string]any) { runOf(f, 7)["interrupted"] = true }, "run 8 was interrupted"},
		{"a run of another target", true, func(f map[string]any) { part(runOf(f, 1), "target")["name"] = "other" }, "run 2 is of another target than the first"},
		{"a run of another plan", true, func(f map[string]any) { part(runOf(f, 1), "plan")["connections"] = 3 }, "run 2 differs from the first in connections: 256 and 3"},
		{"rounds of several rates", true, func(f map[string]any) {
			for i := range MinBaselineRuns {
				part(runOf(f, i), "plan")["phases"].([]any)[2].(map[string]any)["to"] = 2000
			}
		}, "its rounds are not of one rate and length"},
		{"a warm-up that counts", true, func(f map[string]any) {
			for i := range MinBaselineRuns {
				part(runOf(f, i), "plan")["phases"].([]any)[0].(map[string]any)["kind"] = "hold"
				runOf(f, i)["phases"].([]any)[0].(map[string]any)["kind"] = "hold"
			}
		}, "is damaged or was edited"},
	} {
		if testing.Short() && i%6 != 0 {
			continue // most are refused by the same sum
		}
		_, err := DecodeBaseline("main.json", edit(t, text, tc.sealed, tc.change))
		if err == nil || !strings.HasPrefix(err.Error(), "main.json: ") || !strings.Contains(err.Error(), tc.want) {
			t.Errorf("%s: %v, want %q", tc.name, err, tc.want)
		}
	}
	for n := 1; n < len(text)-1; n += 1 + len(text)/10 {
		if _, err := DecodeBaseline("cut.json", text[:n]); err == nil || !strings.Contains(err.Error(), "cut off after") {
			t.Errorf("cut after %d of %d bytes: %v", n, len(text), err)
		}
	}
}

func TestSpreadsAreThoseOfTheRuns(t *testing.T) {
	var runs []*runfile.Run
	for i := range 8 {
		runs = append(runs, baselineRun([RoundsPerRun]float64{1 + float64(i), 1 + float64(i), 1 + float64(i), 1 + float64(i)}))
	}
	b := Baseline{Runs: runs}
	for _, s := range b.Spreads() {
		if s.Metric.Key == "p50" && (s.Low != 1e7 || s.High < 7.9e7 || s.Median < 4.4e7 || s.Median > 4.6e7) {
			t.Errorf("%+v", s)
		}
	}
	if n := len(b.Spreads()); n != 5 {
		t.Errorf("%d metrics", n)
	}
}
