package report

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/seed-5a006608/bench/loadgen/runfile"
)

// validate holds XML against the schema of JUnit files, by libxml2's own tool; it returns what that says of an invalid file.
// Where the tool is not installed the test is skipped, but in continuous integration ($CI is true), where it fails.
func validate(t *testing.T, text string) (valid bool, said string) {
	t.Helper()
	tool, err := exec.LookPath("xmllint")
	switch {
	case err == nil:
	case os.Getenv("CI") == "true":
		t.Fatal(err)
	default:
		t.Skip("needs xmllint: ", err)
	}
	file := filepath.Join(t.TempDir(), "junit.xml")
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	out, err := exec.Command(tool, "--nonet", "--noout", "--schema", filepath.Join("testdata", "junit.xsd"), file).CombinedOutput()
	if strings.Contains(string(out), "failed to compile") {
		t.Fatalf("the schema cannot be read: %s", out)
	}
	return err == nil, string(out)
}

// hostileRuns has each of the hostile texts wherever a run holds any, and then all of them as thresholds of one run.
func hostileRuns() []*runfile.Run {
	var runs []*runfile.Run
	for _, text := range hostile {
		runs = append(runs, hostileRun(text))
	}
	return append(runs, hostileThresholds(hostile))
}

func TestJUnitIsValid(t *testing.T) {
	gate := func(change func(*Compared)) string {
		c := compared(t, true, 1.2, 0)
		first := c.Result.Comparisons[0]
		for _, text := range hostile {
			first.A, first.B = text, text
			c.Result.Comparisons = append(c.Result.Comparisons, first)
		}
		change(c)
		var b bytes.Buffer
		if err := WriteComparisonJUnit(&b, c); err != nil {
			t.Fatal(err)
		}
		return b.String()
	}
	unjudged := cachedRun()
	unjudged.Thresholds = nil
	for name, text := range map[string]string{
		"thresholds":     junit(t, judgedBy(t, []*runfile.Run{cachedRun(), uncachedRun()}, "p99@spike<200ms", "errors<1%")),
		"no thresholds":  junit(t, []*runfile.Run{unjudged}),
		"hostile names":  junit(t, hostileRuns()),
		"gate":           gate(func(*Compared) {}),
		"gate cut short": gate(func(c *Compared) { c.Result.Spoiled = true }),
	} {
		if valid, said := validate(t, text); !valid {
			t.Errorf("%s: %.2000s", name, said)
		}
	}
}

// What the schema refuses is seen to be refused: each change is one that a writer might make.
func TestInvalidJUnitIsSeen(t *testing.T) {
	text := junit(t, []*runfile.Run{hostileThresholds([]string{"p99<1s"})})
	for _, tc := range []struct{ old, changed, why string }{
		{"<testsuites>", `<testsuites name="bench">`, "the root has no attributes"},
		{`hostname="localhost" `, "", "a suite has a host"},
		{`T00:00:00"`, `T00:00:00Z"`, "a time has no zone"},
		{`name="p99&lt;1s" time`, `name="" time`, "a suite has a name"},
		{"<system-err></system-err>", "", "a suite has both outputs"},
		{` type="threshold"`, "", "a failure has a type"},
		{`time="0.000"`, `time="0s"`, "a time is a number of seconds"},
	} {
		changed := strings.Replace(text, tc.old, tc.changed, 1)
		if valid, _ := validate(t, changed); valid {
			t.Errorf("%s, yet this is valid:\n%s", tc.why, changed)
		}
	}
}
