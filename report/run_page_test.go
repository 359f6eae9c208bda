package report

import (
	"bytes"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/seed-5a006608/bench/loadgen/runfile"
)

var update = flag.Bool("update", false, "rewrite the golden files in testdata")

const (
	bold  = "\x1b[1m"
	red   = "\x1b[31m"
	green = "\x1b[32m"
	reset = "\x1b[0m"
)

// golden compares text with a file in testdata and shows the lines that differ.
func golden(t *testing.T, file, got string) {
	t.Helper()
	path := filepath.Join("testdata", file)
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("%s differs (go test ./report -update rewrites it):\n%s", path, diff(string(want), got))
	}
}

// diff shows what has to go from a and what has to come to make b, by their longest common subsequence of lines.
func diff(a, b string) string {
	x, y := strings.Split(a, "\n"), strings.Split(b, "\n")
	common := make([][]int, len(x)+1)
	for i := range common {
		common[i] = make([]int, len(y)+1)
	}
	for i := len(x) - 1; i >= 0; i-- {
		for j := len(y) - 1; j >= 0; j-- {
			common[i][j] = max(common[i+1][j], common[i][j+1])
			if x[i] == y[j] {
				common[i][j] = common[i+1][j+1] + 1
			}
		}
	}
	var out strings.Builder
	for i, j := 0, 0; i < len(x) || j < len(y); {
		switch {
		case i < len(x) && j < len(y) && x[i] == y[j]:
			i, j = i+1, j+1
		case j == len(y) || i < len(x) && common[i+1][j] >= common[i][j+1]:
			fmt.Fprintf(&out, "%3d - %s\n", i+1, x[i])
			i++
		default:
			fmt.Fprintf(&out, "%3d + %s\n", j+1, y[j])
			j++
		}
	}
	return out.String()
}

func render(t *testing.T, o Options, runs ...*runfile.Run) string {
	t.Helper()
	o.Caller = testCaller
	var out bytes.Buffer
	if err := WriteTerminal(&out, runs, o); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

func TestTerminal(t *testing.T) {
	pair := []*runfile.Run{cachedRun(), uncachedRun()}
	spike := Options{Command: "bench spike", Saved: ".bench/20261124-1153-spike.json",
		Next: []string{"bench spike --peak 1200/s (harder?)"}}
	verbose := spike
	verbose.Verbose = true
	golden(t, "spike_pair.txt", render(t, spike, pair...))
	golden(t, "spike_pair_verbose.txt", render(t, verbose, pair...))
	golden(t, "troubled_closed.txt", render(t, Options{Command: "bench sustained", Width: 80}, troubledRun()))
}

// troubledRun is a closed one at a service that fails, stalls and answers with hostile text, read from a file.
func troubledRun() *runfile.Run {
	hold := []runfile.PhaseRecord{{Name: "hold", Kind: "hold", DurationNS: 4 * time.Second, From: 20, To: 20}}
	run := service{name: "api.\x1b[31mtest", profile: "sustained", cost: 20 * ms, misses: 1, phases: hold}.drive()
	run.Target.Bundled, run.Environment.TargetCPUs, run.Environment.GeneratorCPUs = false, nil, nil
	run.Phases[0].CPU.Target = nil // a service that bench did not start
	run.Plan.Model, run.Plan.VUs, run.Plan.ThinkNS = "closed", 20, 500*ms
	run.Requests.Failed, run.Requests.Succeeded = 9, run.Requests.Succeeded-9
	run.Phases[0].Requests.Failed = 9
	run.Phases[0].ServerTiming[0].Name = "db\u202e\n\x1b]0;title\a"
	run.Errors = []runfile.ErrorCount{
		{Kind: "status 500", Count: 1, FirstNS: 900 * ms, LastNS: 900 * ms},
		{Kind: "status 503", Count: 5, FirstNS: 1200 * ms, LastNS: 3300 * ms, Sample: "try later\x1b[2J\r\nX-Evil: 1 " + strings.Repeat("very ", 99)},
		{Kind: "timeout", Count: 2, FirstNS: time.Second, LastNS: 2 * time.Second},
		{Kind: "reset", Count: 1, FirstNS: time.Second, LastNS: time.Second},
	}
	run.Events = []runfile.Event{{Kind: runfile.EventStall, AtNS: 1500 * ms, DurationNS: 2 * time.Second, Text: "nothing was received with 20 requests outstanding"}}
	run.Environment.Notes = []string{"the target runs on this same host and shares its processors.", "the clock is hpet, which costs 1 us a reading"}
	run.Phases[0].Verdict.Evidence = []string{"bench used 3 % of its processors", "the target's answers left it idle"}
	return run
}

func TestTerminalWithoutRuns(t *testing.T) {
	var out bytes.Buffer
	if err := WriteTerminal(&out, []*runfile.Run{nil}, Options{}); err == nil || out.Len() > 0 {
		t.Errorf("without a run Terminal wrote %q and returned %v", out.String(), err)
	}
}

func TestTerminalReportsItsWriter(t *testing.T) {
	full := errors.New("no space left on device")
	if err := WriteTerminal(failingWriter{full}, []*runfile.Run{{}}, Options{}); !errors.Is(err, full) {
		t.Errorf("Terminal on a full disk returned %v", err)
	}
}

type failingWriter struct{ err error }

func (w failingWriter) Write([]byte) (int, error) { return 0, w.err }
