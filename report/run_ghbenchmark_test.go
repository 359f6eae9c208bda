package report

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/seed-5a006608/bench/loadgen/runfile"
)

// readEntries reads the array as github-action-benchmark does: name, unit and value have to be there.
func readEntries(t *testing.T, text string) map[string]ghEntry {
	t.Helper()
	var list []map[string]any
	if err := json.Unmarshal([]byte(text), &list); err != nil {
		t.Fatal(err)
	}
	entries := map[string]ghEntry{}
	for _, e := range list {
		name, named := e["name"].(string)
		unit, measured := e["unit"].(string)
		value, valued := e["value"].(float64)
		extra, _ := e["extra"].(string)
		if _, twice := entries[name]; !named || !measured || !valued || twice {
			t.Fatalf("an entry that cannot be read, or twice the same: %v", e)
		}
		entries[name] = ghEntry{name, unit, value, extra}
	}
	return entries
}

func TestBenchmarkEntries(t *testing.T) {
	cached, uncached := cachedRun(), uncachedRun()
	got := readEntries(t, written(t, WriteGitHubBenchmark, cached, uncached))
	if len(got) != 2*3*4 { // without the warm-up
		t.Errorf("%d entries: %v", len(got), got)
	}
	for name, want := range map[string]float64{
		"cached, spike: P99":         milliseconds(cached.Phases[2].ResponseTime.P99NS),
		"uncached, baseline: P50":    milliseconds(uncached.Phases[1].ResponseTime.P50NS),
		"uncached, recovery: P95":    milliseconds(uncached.Phases[3].ResponseTime.P95NS),
		"cached, baseline: failed":   0,
		"uncached, recovery: failed": 100 * float64(unanswered(uncached.Phases[3].Requests)) / float64(uncached.Phases[3].Requests.Due),
	} {
		if e := got[name]; !near(e.Value, want) {
			t.Errorf("%s is %v, want %v", name, e, want)
		}
	}
	if extra := got["uncached, recovery: P99"].Extra; !strings.HasPrefix(extra, "at least this: ") || !strings.Contains(extra, "TARGET-LIMITED") {
		t.Errorf("a lower bound says %q", extra)
	}
	if extra := got["cached, spike: P99"].Extra; strings.Contains(extra, "at least") {
		t.Errorf("what was measured says %q", extra)
	}
}

// The names of entries are those of the series: another port that bench chose makes no other ones.
func TestBenchmarkNamesAreThoseOfTheSeries(t *testing.T) {
	first, second, named := cachedRun(), cachedRun(), cachedRun()
	first.Target = runfile.Target{URL: "http://127.0.0.1:40001", Bundled: true}
	second.Target = runfile.Target{URL: "http://127.0.0.1:40002", Bundled: true}
	named.Target = runfile.Target{Name: "front", URL: "http://127.0.0.1:40003", Bundled: true, Named: true, Service: "cached"}
	for want, r := range map[string]*runfile.Run{"http://127.0.0.1, spike: P99": first, "http://127.0.0.1, baseline: P50": second, "front, spike: P99": named} {
		if got := readEntries(t, written(t, WriteGitHubBenchmark, r)); got[want].Unit != "ms" {
			t.Errorf("no entry %q: %v", want, got)
		}
	}
}

func TestBenchmarkNamesStayInTheirCell(t *testing.T) {
	for _, text := range hostile {
		for name := range readEntries(t, written(t, WriteGitHubBenchmark, hostileRun(text), hostileRun(text))) {
			if strings.ContainsAny(name, "`|") {
				t.Errorf("a name that ends its cell: %q", name)
			}
		}
	}
}

func TestBenchmarkLeavesOutWhatWasNotMeasured(t *testing.T) {
	if got := written(t, WriteGitHubBenchmark, &runfile.Run{}); got != "[]\n" {
		t.Errorf("of nothing it writes %q", got)
	}
}
