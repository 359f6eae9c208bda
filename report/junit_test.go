package report

import (
	"encoding/xml"
	"errors"
	"io"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/seed-5a006608/bench/loadgen/racetest"
	"github.com/seed-5a006608/bench/loadgen/runfile"
	"github.com/seed-5a006608/bench/report/page"
	"pgregory.net/rapid"
)

// element is any XML element, so that what was written is read without the types that wrote it.
type element struct {
	XMLName  xml.Name
	Attrs    []xml.Attr `xml:",any,attr"`
	Children []element  `xml:",any"`
	Text     string     `xml:",chardata"`
}

func (e element) attr(name string) string {
	for _, a := range e.Attrs {
		if a.Name.Local == name {
			return a.Value
		}
	}
	return ""
}

// antForm is the form of the JUnit schema for Apache Ant, which allows nothing else: each element's attributes, and its
// children in their order, those that may repeat with an asterisk.
var antForm = map[string]struct{ attrs, children []string }{
	"testsuites": {nil, []string{"testsuite*"}},
	"testsuite": {[]string{"id", "package", "name", "timestamp", "hostname", "tests", "failures", "errors", "time"},
		[]string{"properties", "testcase*", "system-out", "system-err"}},
	"properties": {nil, []string{"property*"}},
	"property":   {[]string{"name", "value"}, nil},
	"testcase":   {[]string{"name", "classname", "time"}, []string{"failure*"}},
	"failure":    {[]string{"message", "type"}, nil},
	"system-out": {},
	"system-err": {},
}

type failer interface {
	Helper()
	Fatalf(string, ...any)
}

// readJUnit reads JUnit XML and holds it against Ant's form.
func readJUnit(t failer, text string) element {
	t.Helper()
	var root element
	d := xml.NewDecoder(strings.NewReader(text))
	if err := d.Decode(&root); err != nil {
		t.Fatalf("it is no XML: %v\n%s", err, text)
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) && err != nil {
		t.Fatalf("after the root: %v", err)
	}
	var check func(e element)
	check = func(e element) {
		form, known := antForm[e.XMLName.Local]
		if !known {
			t.Fatalf("there is no element %q", e.XMLName.Local)
		}
		var attrs []string
		for _, a := range e.Attrs {
			attrs = append(attrs, a.Name.Local)
		}
		if !slices.Equal(attrs, form.attrs) {
			t.Fatalf("%s has %q, want %q", e.XMLName.Local, attrs, form.attrs)
		}
		next := 0
		for _, want := range form.children {
			name, many := strings.CutSuffix(want, "*")
			n := 0
			for ; next < len(e.Children) && e.Children[next].XMLName.Local == name; n++ {
				check(e.Children[next])
				next++
			}
			if !many && n != 1 {
				t.Fatalf("%s has %d %s", e.XMLName.Local, n, name)
			}
		}
		if next != len(e.Children) {
			t.Fatalf("%s: %s is out of place", e.XMLName.Local, e.Children[next].XMLName.Local)
		}
	}
	if root.XMLName.Local != "testsuites" {
		t.Fatalf("the root is %q", root.XMLName.Local)
	}
	check(root)
	for i, s := range root.Children {
		if s.attr("id") != strconv.Itoa(i) || s.attr("name") == "" {
			t.Fatalf("suite %d has id %q and name %q", i, s.attr("id"), s.attr("name"))
		}
		if _, err := time.Parse("2006-01-02T15:04:05", s.attr("timestamp")); err != nil {
			t.Fatalf("%v", err)
		}
		cases, failures := 0, 0
		for _, c := range s.Children {
			if c.XMLName.Local == "testcase" {
				cases++
				failures += len(c.Children)
			}
		}
		if s.attr("tests") != strconv.Itoa(cases) || s.attr("failures") != strconv.Itoa(failures) || s.attr("errors") != "0" {
			t.Fatalf("suite %d says %s tests and %s failures, and has %d and %d", i, s.attr("tests"), s.attr("failures"), cases, failures)
		}
	}
	return root
}

func junit(t failer, runs []*runfile.Run) string {
	t.Helper()
	var b strings.Builder
	if err := WriteJUnit(&b, runs); err != nil {
		t.Fatalf("%v", err)
	}
	return b.String()
}

func TestJUnit(t *testing.T) {
	runs := judgedBy(t, []*runfile.Run{cachedRun(), uncachedRun()}, "p99@spike<200ms", "errors<1%")
	text := junit(t, runs)
	readJUnit(t, text)
	golden(t, "thresholds.xml", text)
	if err := WriteJUnit(io.Discard, nil); err == nil {
		t.Error("no run was written")
	}
}

// hostileThresholds are results as a file that nobody has checked might hold them.
func hostileThresholds(names []string) *runfile.Run {
	run := &runfile.Run{Target: runfile.Target{Name: names[0]}, Started: time.Unix(0, 0)}
	for i, name := range names {
		run.Thresholds = append(run.Thresholds, runfile.ThresholdResult{Text: name, Sentence: name, Passed: i%2 == 1})
	}
	return run
}

func TestJUnitShowsHostileNamesAsText(t *testing.T) {
	names := []string{
		"</testsuite><script>alert(1)</script>", "]]>", "<![CDATA[x]]>", "a & b", `"quoted" 'twice'`, "&lt;already&gt;", "<!-- -->", "<?php ?>",
		"\x1b[31mred\x1b[0m\x00\x08", "not \xff UTF-8 \xed\xa0\x80", "\ufffe\uffff", "line\nbreak\r\nand\ttab", "=cmd|' /C calc'!A0", "::error::x",
		"\u202eright to left", strings.Repeat("long ", 1<<18),
	}
	names = append(names, hostile...)
	run := hostileThresholds(names)
	root := readJUnit(t, junit(t, []*runfile.Run{run}))
	suite := root.Children[0]
	i := 0
	for _, c := range suite.Children {
		if c.XMLName.Local != "testcase" {
			continue
		}
		want := page.Clean(names[i], textColumns)
		if got := c.attr("name"); got != want {
			t.Errorf("%.60q is named %.60q, want %.60q", names[i], got, want)
		}
		if failed := i%2 == 0; failed != (len(c.Children) == 1) {
			t.Errorf("%.60q: it has %d failures", names[i], len(c.Children))
		} else if failed && (c.Children[0].attr("message") != want || c.Children[0].Text != want) {
			t.Errorf("%.60q fails with %.60q, %.60q", names[i], c.Children[0].attr("message"), c.Children[0].Text)
		}
		i++
	}
	if i != len(names) {
		t.Errorf("%d cases of %d", i, len(names))
	}
	if text := junit(t, []*runfile.Run{run}); len(text) > 100<<10 || strings.ContainsAny(text, "\x1b\x00\u202e") {
		t.Errorf("%d bytes, or something that is obeyed", len(text))
	}
}

// Whatever a run holds, what is written is JUnit.
func TestAnyRunAsJUnit(t *testing.T) {
	racetest.Skip(t)
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		runs := rapid.SliceOfN(anyRun(), 1, 3).Draw(t, "runs")
		for _, r := range runs {
			// Beyond these XML Schema has no date.
			r.Started = time.Unix(rapid.Int64Range(0, 1<<37).Draw(t, "started"), 0)
			for range rapid.IntRange(0, 4).Draw(t, "thresholds") {
				r.Thresholds = append(r.Thresholds, runfile.ThresholdResult{
					Text:     rapid.OneOf(anyText(), rapid.SampledFrom([]string{"p99<1s", "max@spike<=2ms", "p50{GET /}<5s"})).Draw(t, "text"),
					Sentence: anyText().Draw(t, "sentence"), Passed: rapid.Bool().Draw(t, "passed"),
				})
			}
		}
		readJUnit(t, junit(t, runs))
		var b strings.Builder
		if err := WriteTerminal(&b, runs, Options{}); err != nil {
			t.Fatal(err)
		}
		for _, r := range b.String() {
			if r != '\n' && !harmless(r) {
				t.Fatalf("the report holds %q", r)
			}
		}
	})
}
