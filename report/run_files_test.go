package report

import (
	"errors"
	"io"
	"math"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/seed-5a006608/bench/loadgen/racetest"
	"github.com/seed-5a006608/bench/loadgen/runfile"
	"github.com/seed-5a006608/bench/profiles"
)

// fileWriters are the formats of files that this package writes.
var fileWriters = map[string]func(io.Writer, []*runfile.Run) error{
	"csv": WriteCSV, "hlog": WriteHLog, "md": markdownOfRuns, "openmetrics": WriteOpenMetrics, "gitlab": WriteGitLab, "gh-benchmark": WriteGitHubBenchmark,
	"annotations": WriteAnnotations,
}

// hostile are names that some format would take for more than text.
var hostile = []string{
	"</script><script>alert(1)</script>", "a | b | c", "`rm -rf`", "``` fence", "@team", "see #12, GH-34 and a/b#5", "]]>",
	"=cmd|' /C calc'!A0", "+1", "-2+3", "@SUM(A1)", "\t=1+1", "\r=1+1", "＝1+1", "\x1b[31mred\x1b[0m\x1b]0;title\a", "::error::owned", "a\n::error::owned",
	"%0A::error::owned", "##[error]owned", `quote " and \ backslash`, `\|`, "# EOF", "} 1\n# EOF", "#[BaseTime: 9]", "a,b c", "![x](http://evil.example/x.png)",
	"http://evil.example", "www.evil.example", "x@evil.example", ":smile: :100:", "<!-- -->", "&lt;b&gt;", "**bold** _it_ ~~no~~ $x$", "- item", "1. item",
	"overall", "", strings.Repeat("A", 1<<20),
}

// plainRun is a run of three seconds, made once.
var plainRun = sync.OnceValue(func() *runfile.Run {
	return service{cost: ms, misses: 1, phases: []runfile.PhaseRecord{
		{Name: "hold", Kind: "hold", DurationNS: time.Second, From: 20, To: 20},
		{Name: "spike", Kind: "spike", DurationNS: 2 * time.Second, From: 20, To: 20}}}.drive()
})

// hostileRun has that text wherever a run holds any.
func hostileRun(text string) *runfile.Run {
	copied := *plainRun()
	run := &copied
	run.Phases = slices.Clone(run.Phases)
	run.Target.Name, run.Target.URL, run.Plan.Profile = text, text, text
	for i := range run.Phases {
		run.Phases[i].Name, run.Phases[i].Kind = text, profiles.Kind(text)
		run.Phases[i].Verdict = runfile.Verdict{Kind: runfile.HostLimited, Evidence: []string{text}}
	}
	run.Verdict = runfile.Verdict{Kind: runfile.HostLimited, Evidence: []string{text}}
	run.Requests.Failed = 3
	run.Thresholds = []runfile.ThresholdResult{{Text: text, Sentence: text}, {Text: text, Sentence: text, Passed: true}}
	run.Errors = []runfile.ErrorCount{{Kind: text, Count: 3, Sample: text}}
	run.Events = []runfile.Event{{Kind: runfile.EventKind(text), AtNS: time.Second, Text: text}}
	return run
}

// written returns what a format makes of runs.
func written(t testing.TB, write func(io.Writer, []*runfile.Run) error, runs ...*runfile.Run) string {
	t.Helper()
	var b strings.Builder
	if err := write(&b, runs); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// TestNoFormatCommands holds what is true of every format: text stays text of one line, whoever wrote it.
func TestNoFormatCommands(t *testing.T) {
	for _, text := range hostile {
		run := hostileRun(text)
		for kind, write := range fileWriters {
			got := written(t, write, run)
			if len(got) > 200_000 {
				t.Errorf("%s of %.40q: %d bytes", kind, text, len(got))
			}
			for line := range strings.Lines(got) {
				line = strings.TrimSuffix(line, "\n")
				if strings.ContainsFunc(line, func(r rune) bool { return !harmless(r) }) {
					t.Errorf("%s of %.40q: a line that is not harmless: %q", kind, text, line)
				}
				if trimmed := strings.TrimSpace(line); kind != "annotations" && (strings.HasPrefix(trimmed, "::") || strings.HasPrefix(trimmed, "##[")) {
					t.Errorf("%s of %.40q: a command of GitHub Actions: %q", kind, text, line)
				}
			}
		}
	}
}

// TestAnyRunIsWritten holds whatever a run file may say: no panic, and an error only where the format has no way to say it.
func TestAnyRunIsWritten(t *testing.T) {
	racetest.Skip(t)
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		runs := rapid.SliceOfN(anyRun(), 1, 3).Draw(t, "runs")
		for kind, write := range fileWriters {
			var b strings.Builder
			err := write(&b, runs)
			switch {
			case err == nil:
			case kind == "gitlab" && (len(runs) > 1 || strings.Contains(err.Error(), "unsupported value")): // JSON has no NaN
			default:
				t.Fatalf("%s: %v", kind, err)
			}
		}
	})
}

func TestNothingToWrite(t *testing.T) {
	for kind, write := range fileWriters {
		if kind == "annotations" {
			continue // nothing failed
		}
		var b strings.Builder
		if err := write(&b, nil); err == nil || b.Len() > 0 {
			t.Errorf("%s of no run: wrote %q and said %v", kind, b.String(), err)
		}
	}
}

// full is a disk without room.
type full struct{}

var errFull = errors.New("no space left on device")

func (full) Write([]byte) (int, error) { return 0, errFull }

func TestWritersTellOfAFullDisk(t *testing.T) {
	run := hostileRun("x")
	for kind, write := range fileWriters {
		if err := write(full{}, []*runfile.Run{run}); !errors.Is(err, errFull) {
			t.Errorf("%s: %v", kind, err)
		}
	}
}

func TestUniqueNames(t *testing.T) {
	u := unique{}
	var got []string
	for _, s := range []string{"a", "a", "a 2", "", "a", ""} {
		got = append(got, u.name(s, "none"))
	}
	seen := map[string]bool{}
	for _, s := range got {
		if s == "" || seen[s] {
			t.Fatalf("names %q are not told apart", got)
		}
		seen[s] = true
	}
	if got[0] != "a" || got[1] != "a 2" || got[3] != "none" {
		t.Errorf("names are %q", got)
	}
}

// near reports whether got is within a billionth of want.
func near(got, want float64) bool { return math.Abs(got-want) <= 1e-9*math.Abs(want) }
