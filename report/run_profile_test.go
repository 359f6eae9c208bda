package report

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/seed-5a006608/bench/loadgen/pprof"
	"github.com/seed-5a006608/bench/loadgen/runfile"
	"github.com/seed-5a006608/bench/report/page"
)

// profiledRun is one whose target told where its time went.
func profiledRun(functions ...pprof.Function) *runfile.Run {
	run := uncachedRun()
	run.Profile = &runfile.TargetProfile{Phase: "spike", DurationNS: 8 * time.Second,
		CPU:   &pprof.Summary{Unit: "nanoseconds", Total: 1000 * int64(ms), Functions: functions, File: "run.uncached.cpu.pprof"},
		Mutex: &pprof.Summary{Unit: "nanoseconds"},
		Heap:  &pprof.Summary{Unit: "bytes", Total: 4e6, Functions: []pprof.Function{{Name: "bufio.NewReaderSize", Flat: 3e6, Cum: 3e6}}},
	}
	return run
}

func TestProfileShowsTheMost(t *testing.T) {
	m := int64(ms)
	run := profiledRun(
		pprof.Function{Name: "a.one", Flat: 300 * m, Cum: 300 * m}, pprof.Function{Name: "a.two", Flat: 200 * m, Cum: 900 * m},
		pprof.Function{Name: "a.three", Flat: 100 * m, Cum: 100 * m}, pprof.Function{Name: "a.four", Flat: 50 * m, Cum: 50 * m},
		pprof.Function{Name: "example.com/x/y.(*Store[...]).five", Flat: 2 * m, Cum: 2 * m}, pprof.Function{Name: "a.six", Flat: m, Cum: m},
		pprof.Function{Name: "net/http.(*conn).serve", Cum: 1000 * m}, pprof.Function{Name: "runtime.main", Cum: 999 * m},
		pprof.Function{Name: "a.handler", Cum: 950 * m}, pprof.Function{Name: "a.query", Cum: 940 * m}, pprof.Function{Name: "a.row", Cum: 930 * m},
	)
	var b strings.Builder
	if err := WriteTerminal(&b, []*runfile.Run{run}, Options{Saved: ".bench/run.json"}); err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(b.String(), "\n")
	i := slices.Index(lines, "profile   CPU for 8 s of spike: 1.0 s used; taking it cost the target some")
	if i < 0 {
		t.Fatal(b.String())
	}
	want := []string{
		"           30 % flat  30 % cum  a.one",
		"           20 % flat  90 % cum  a.two",
		"           10 % flat  10 % cum  a.three",
		"            5 % flat   5 % cum  a.four",
		"          < 1 % flat < 1 % cum  y.(*Store[...]).five",
		"            0 % flat  95 % cum  a.handler",
		"            0 % flat  94 % cum  a.query",
		"            0 % flat  93 % cum  a.row",
		"          heap at the end: 4.0 MB: bufio.NewReaderSize 75 %",
		"          go tool pprof .bench/run.uncached.cpu.pprof",
		"",
	}
	if got := lines[i+1 : i+1+len(want)]; !slices.Equal(got, want) {
		t.Errorf("%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

// A small service may hold nothing that its runtime sampled.
func TestProfileOfASmallHeap(t *testing.T) {
	run := profiledRun()
	run.Profile.Heap = &pprof.Summary{Unit: "bytes"}
	var b strings.Builder
	if err := WriteTerminal(&b, []*runfile.Run{run}, Options{}); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(b.String(), "\n          heap at the end: too little to be sampled\n") {
		t.Error(b.String())
	}
}

// A target's names are text and nothing else.
func TestProfileOfAHostileTarget(t *testing.T) {
	for _, name := range []string{"a\x1b[31mred", "x|y`z`", "<script>alert(1)</script>", "@team #1 ::error::x", strings.Repeat("long/", 1000), "\xff\xfe", "///", "(", ""} {
		run := profiledRun(pprof.Function{Name: name, Flat: 5, Cum: 5})
		run.Profile.Problems = []string{"answered status 500: " + name}
		for _, verbose := range []bool{false, true} {
			var b strings.Builder
			if err := WriteTerminal(&b, []*runfile.Run{run}, Options{Verbose: verbose}); err != nil {
				t.Fatal(err)
			}
			for _, l := range strings.Split(b.String(), "\n") {
				if page.Columns(l) > page.DefaultWidth || strings.ContainsAny(l, "\x1b\r") {
					t.Errorf("%q in %q", l, name)
				}
			}
		}
		var b strings.Builder
		if err := WriteMarkdown(&b, []*runfile.Run{run}, testCaller); err != nil {
			t.Fatal(err)
		}
		for _, l := range strings.Split(b.String(), "\n") {
			if strings.Contains(l, "%") && strings.HasPrefix(l, "| `") && strings.Count(l, "|") != 4 && strings.Contains(l, "< 1 %") {
				t.Errorf("the table is broken: %q", l)
			}
		}
		if text := b.String(); strings.Contains(text, "<script>") && !strings.Contains(text, "`<script>") || strings.Contains(text, "\x1b") {
			t.Errorf("Markdown: %q", text)
		}
	}
}

func TestProfileThatIsNot(t *testing.T) {
	run := uncachedRun()
	run.Profile = &runfile.TargetProfile{Phase: "spike", Problems: []string{"GET http://h/debug/pprof/profile?seconds=8 answered status 404"}}
	var b, m strings.Builder
	if err := WriteTerminal(&b, []*runfile.Run{run}, Options{}); err != nil {
		t.Fatal(err)
	}
	if err := WriteMarkdown(&m, []*runfile.Run{run}, testCaller); err != nil {
		t.Fatal(err)
	}
	if want := "profile   not whole: GET http://h/debug/pprof/profile?seconds=8 answered status 404\n"; !strings.Contains(b.String(), want) || !strings.Contains(m.String(), "not whole: GET http") {
		t.Errorf("%s\n%s", b.String(), m.String())
	}
}
