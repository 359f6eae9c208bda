package main

import (
	"bytes"
	"encoding/xml"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/seed-5a006608/bench/loadgen/runfile"
	"github.com/seed-5a006608/bench/report"
	"github.com/seed-5a006608/bench/report/compare"
	"github.com/spf13/pflag"
)

// The gate that saved the first baseline passes nothing: it exits 4, or 0 where an inconclusive one passes, warns in a GitHub
// Actions job, and is a skipped case. What it has written is shown again as it was.
func TestTheFirstGateSavesAndPassesNothing(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "answer") }))
	defer server.Close()
	driven := drivenRun(t, server)
	driven.Target.Named = true
	var runs []*runfile.Run
	for i := range 8 {
		runs = append(runs, answeredIn(driven, 1+0.001*float64(i*3%8)))
	}
	b, err := compare.NewBaseline("main", time.Now(), true, runs)
	if err != nil {
		t.Fatal(err)
	}
	t.Chdir(t.TempDir())
	t.Setenv("GITHUB_ACTIONS", "true")
	t.Setenv("GITHUB_STEP_SUMMARY", "summary.md")
	for inconclusive, want := range map[string]int{"fail": exitInconclusive, "pass": exitOK} {
		o := compareOptions{gate: &gateOptions{inconclusive: inconclusive}}
		o.addCompareFlags(pflag.NewFlagSet("", pflag.ContinueOnError))
		outs, err := parseOutputs([]string{"json=gate.json", "junit=gate.xml", "md=gate.md"}, comparisonsShown.formats)
		if err != nil {
			t.Fatal(err)
		}
		found := firstFound(b, "shop", filepath.Join(baselinesDir, "main.json"))
		found.Started, found.Took, found.Repeat = time.Now(), time.Minute, "bench gate --baseline main --or-save"
		var stdout, stderr bytes.Buffer
		if code := codeOf(o.conclude(found, outs, streams{in: strings.NewReader(""), out: &stdout, err: &stderr})); code != want {
			t.Errorf("--inconclusive %s: exit %d: %s%s", inconclusive, code, stdout.String(), stderr.String())
		}
		const answer = "INCONCLUSIVE: there was no baseline to hold shop against. It is the baseline now, saved to "
		if !strings.Contains(stderr.String(), "::warning title=bench gate%3A shop::"+answer) {
			t.Errorf("no warning: %s", stderr.String())
		}
		text, err := os.ReadFile("gate.xml")
		if err != nil {
			t.Fatal(err)
		}
		var suites struct {
			Suites []struct {
				Name  string `xml:"name,attr"`
				Cases []struct {
					Skipped *struct {
						Message string `xml:"message,attr"`
					} `xml:"skipped"`
				} `xml:"testcase"`
			} `xml:"testsuite"`
		}
		if err := xml.Unmarshal(text, &suites); err != nil {
			t.Fatal(err)
		}
		if s := suites.Suites; len(s) != 1 || s[0].Name != "gate: shop" || len(s[0].Cases) != 1 || s[0].Cases[0].Skipped == nil ||
			!strings.HasPrefix(s[0].Cases[0].Skipped.Message, answer) {
			t.Errorf("%s", text)
		}
		for _, path := range []string{"gate.md", "summary.md"} {
			if text, err := os.ReadFile(path); err != nil || !strings.Contains(string(text), "there was no baseline to hold shop against") {
				t.Errorf("%s: %v: %s", path, err, text)
			}
		}
		data, err := os.ReadFile("gate.json")
		if err != nil {
			t.Fatal(err)
		}
		again, err := report.DecodeComparison("gate.json", data)
		if err != nil || report.ComparisonAnswer(again) != report.ComparisonAnswer(found) || again.FirstBaseline == "" {
			t.Errorf("read again: %v: %+v", err, again)
		}
		edited := bytes.Replace(data, []byte(`"kind": "gate"`), []byte(`"kind": "comparison"`), 1)
		if _, err := report.DecodeComparison("edited.json", edited); err == nil || !strings.Contains(err.Error(), "it saved the first baseline") {
			t.Errorf("a comparison that saved a baseline: %v", err)
		}
	}
}
