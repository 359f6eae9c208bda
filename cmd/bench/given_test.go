package main

import (
	"errors"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode"

	"github.com/seed-5a006608/bench/cmd/bench/internal/rig"
	"github.com/seed-5a006608/bench/loadgen"
	"github.com/seed-5a006608/bench/loadgen/runfile"
	"github.com/seed-5a006608/bench/loadgen/usage"
	"github.com/seed-5a006608/bench/profiles"
	"github.com/seed-5a006608/bench/report/compare"
	"github.com/spf13/pflag"
)

// asked is what a command's flags make.
func asked(t *testing.T, before bool, stdin string, args ...string) (*rig.Target, error) {
	t.Helper()
	o := new(driveOptions)
	f := pflag.NewFlagSet("", pflag.ContinueOnError)
	o.addFlags(f)
	if err := f.Parse(args); err != nil {
		t.Fatal(err)
	}
	list, err := subjectsOf(o, "sustained", sustained(t, before), f.Args(), stdin)
	if err != nil {
		return nil, err
	}
	return list[0], nil
}

// sustained is the built-in profile, or that of a file of before there were versions.
func sustained(t *testing.T, before bool) profiles.File {
	t.Helper()
	source, _ := profiles.Builtin("sustained")
	file, err := profiles.Parse("sustained", source)
	if err != nil {
		t.Fatal(err)
	}
	if before {
		file.Version = 0
	}
	return file
}

// subjectsOf makes subjects of a test file under flags.
func subjectsOf(o *driveOptions, name string, file profiles.File, names []string, stdin string) ([]*rig.Target, error) {
	file, err := o.overlay(name, file)
	if err != nil {
		return nil, err
	}
	file.Target = texts(names)
	plan, err := o.planOf(file)
	if err != nil {
		return nil, err
	}
	asked := asking{driveOptions: o, file: file, name: name}
	return asked.subjects(plan, strings.NewReader(stdin))
}

// first is the first request of a plan, as a preview shows it.
func first(t *testing.T, p loadgen.Plan) runfile.PreviewRequest {
	t.Helper()
	j, err := p.Compile()
	if err != nil {
		t.Fatal(err)
	}
	v, err := j.Preview(time.Now())
	if err != nil {
		t.Fatal(err)
	}
	return v.First[0]
}

// fileOf writes a file of the test's own and returns its path.
func fileOf(t *testing.T, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// What a body is follows from how it is given: a file is bytes, text and --body-template are templates. A file that looks
// like a template is told of once.
func TestBodiesAreBytesOrTemplates(t *testing.T) {
	const url = "http://127.0.0.1:1/"
	values, plain := fileOf(t, "\x00{{seq}}\xff{{"), fileOf(t, "{{name}}")
	template := fileOf(t, "{{seq}}")
	for _, tc := range []struct {
		args  []string
		stdin string
		want  string // of request 0
		noted bool
	}{
		{args: []string{url, "-b", "{{seq}}"}, want: "0"},
		{args: []string{url, "-b", "@" + values}, want: "\x00{{seq}}\xff{{", noted: true},
		{args: []string{url, "-b", "@" + plain}, want: "{{name}}"},
		{args: []string{url, "--body-template", "@" + template}, want: "0"},
		{args: []string{url, "--body-template", "{{seq}}"}, want: "0"},
		{args: []string{"-T", "-"}, stdin: "POST " + url + "\n@" + values + "\n\nPOST " + url + "\n@" + values, want: "\x00{{seq}}\xff{{", noted: true},
		{args: []string{"-T", "-"}, stdin: `{"method":"POST","url":"` + url + `","body":"e3tzZXF9fQ=="}`, want: "{{seq}}", noted: true},
		{args: []string{"-T", "-", "--body-template", "@" + template}, stdin: "POST " + url, want: "0"},
		{args: []string{"-T", "-", "-b", "@" + plain}, stdin: "POST " + url, want: "{{name}}"},
	} {
		s, err := asked(t, false, tc.stdin, tc.args...)
		if err != nil {
			t.Errorf("%q: %v", tc.args, err)
			continue
		}
		if got := first(t, s.Plan).Body; got != len(tc.want) {
			t.Errorf("%q: a body of %d bytes, want %q", tc.args, got, tc.want)
		}
		if noted := len(s.Notes) == 1 && strings.Contains(s.Notes[0], "--body-template @FILE"); noted != tc.noted || len(s.Notes) > 1 {
			t.Errorf("%q: notes %q", tc.args, s.Notes)
		}
	}
	for _, tc := range []struct {
		args []string
		want string
	}{
		{[]string{"-b", "a", "--body-template", "b"}, "--body and --body-template both say what the body is: give one"},
		{[]string{"-b", `{"msg":"Hello {{C4N4RY_token}}"}`}, "--body: the {{…}} of 16 bytes, 14 bytes from its beginning, is no value: use zipf"},
		{[]string{"-b", "C4N4RY {{C4N4RY"}, "--body: the {{ of 2 bytes, 7 bytes from its beginning, has no }} behind it; write {{{{ for the braces themselves"},
		{[]string{"--body-template", "@" + fileOf(t, "C4N4RY {{csv C4N4RY C4N4RY}}")}, "--body-template: the {{…}} of 21 bytes, 7 bytes from its beginning, is wrong: its file cannot be read"},
		{[]string{"--body-template", "@missing"}, "--body-template @missing: cannot be read: no such file"},
		{[]string{"-b", "@missing"}, "--body @missing: cannot be read: no such file"},
		{[]string{"-H", "X-Key: {{pick C4N4RY}}{{C4N4RY}}"}, "-H: header X-Key: the {{…}} of 10 bytes, 15 bytes from its beginning, is no value"},
		{[]string{"-H", "X-Key: ${env:BENCH_TEST_MISSING}"}, "-H: header X-Key: ${env:BENCH_TEST_MISSING}: the environment has no variable"},
		{[]string{"-H", "X: a ${env:"}, "-H: header X: the ${env: of 6 bytes, 2 bytes from its beginning, has no } behind it"},
		{[]string{"-b", "a ${file:b"}, "--body: the ${file: of 7 bytes, 2 bytes from its beginning, has no } behind it"},
		{[]string{"-u", "ann:${env:C4N4RY"}, "the ${env: of 6 bytes, 4 bytes from its beginning, has no } behind it"},
		{[]string{"-H", "content-length: 99"}, "-H: header content-length: bench says itself how long a body is and how it is sent"},
		{[]string{"-H", "Transfer-Encoding: chunked"}, "-H: header Transfer-Encoding: bench says itself"},
	} {
		_, err := asked(t, false, "", append(tc.args, url)...)
		if err == nil || !strings.Contains(err.Error(), tc.want) || strings.Contains(err.Error(), "C4N4RY") {
			t.Errorf("%q: error %v, want one with %q", tc.args, err, tc.want)
		}
	}
}

// URLs whose values stand behind the host, or hold what is no URL, are driven.
func TestURLsWithValuesAreDriven(t *testing.T) {
	for _, url := range []string{
		"http://127.0.0.1:1?id={{seq}}", "http://127.0.0.1:1?u={{pick a/b c}}", "http://127.0.0.1:1/{{pick 50% a]b}}", "http://u:p@127.0.0.1:1?a=b@c",
	} {
		if s, err := asked(t, false, "", url); err != nil || s.Plan.Requests[0].URL != url {
			t.Errorf("%s: %v", url, err)
		}
	}
	for url, want := range map[string]string{
		"http://127.0.0.1:1/a%4":       "URL: the % of 1 byte, 20 bytes from its beginning",
		"http://127.0.0.1:1{{C4N4RY}}": "the host must be the same for every request",
		"http://u:C4N4RY/x@127.0.0.1/": "percent-encode / ? and #",
	} {
		if _, err := asked(t, false, "", url); err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "C4N4RY") {
			t.Errorf("%s: error %v, want one with %q", url, err, want)
		}
	}
}

// Header names are kept as they are written, but where a flag or a test file of before asks for their canonical form.
func TestHeaderCase(t *testing.T) {
	const url = "http://127.0.0.1:1/"
	kept := []string{"SOAPAction: …", "x-lower: …", "x-lower: …"}
	canonical := []string{"Soapaction: …", "X-Lower: …", "X-Lower: …"}
	flags := []string{"-H", "SOAPAction: u", "-H", "X-LOWER: 1", "-H", "x-lower: 2"}
	line := []string{"-T", "-"}
	const stdin = "GET " + url + "\nSOAPAction: u\nx-lower: 1\nx-lower: 2\n"
	for _, tc := range []struct {
		args   []string
		before bool
		want   []string // lines
	}{
		{append(flags, url), false, kept},
		{append(flags, url, "--header-case", "canonical"), false, canonical},
		{append(flags, url), true, canonical},
		{append(flags, url, "--header-case", "kept"), true, kept},
		{line, false, kept},
		{append(line, "--header-case", "canonical"), false, canonical},
		{line, true, canonical},
	} {
		s, err := asked(t, tc.before, stdin, tc.args...)
		if err != nil {
			t.Errorf("%q: %v", tc.args, err)
			continue
		}
		if got := first(t, s.Plan).Header; !slices.Equal(got, tc.want) {
			t.Errorf("%q, of before: %v: %v, want %v", tc.args, tc.before, got, tc.want)
		}
	}
	if _, err := asked(t, false, "", url, "--header-case", "upper"); err == nil || !strings.Contains(err.Error(), "--header-case upper: it is kept or canonical") {
		t.Errorf("upper: %v", err)
	}
}

// A gate against a baseline sends header names as the baseline's runs did.
func TestAGateTakesTheHeaderCase(t *testing.T) {
	for headerCase, canonical := range map[string]bool{"": true, runfile.HeadersKept: false} {
		for _, args := range [][]string{nil, {"--header-case", "kept"}} {
			o := compareOptions{gate: &gateOptions{}}
			f := pflag.NewFlagSet("", pflag.ContinueOnError)
			o.addCompareFlags(f)
			if err := f.Parse(args); err != nil {
				t.Fatal(err)
			}
			plan := runfile.PlanRecord{HeaderCase: headerCase, Phases: []runfile.PhaseRecord{{}, {To: 10}}}
			here := usage.ReadEnvironment()
			err := o.takePlan(&compare.Baseline{Name: "main", Runs: []*runfile.Run{{Plan: plan, Environment: here}}})
			asked := asking{driveOptions: &o.driveOptions, file: profiles.File{Version: profiles.CurrentVersion}}
			if want := canonical && args == nil; err != nil || asked.canonicalHeaders() != want {
				t.Errorf("%q, %q: canonical %v, want %v; %v", headerCase, args, !want, want, err)
			}
		}
	}
}

// A test file of before there were versions keeps what its headers and an @ in its bodies meant.
func TestRequestsOfATestFile(t *testing.T) {
	data := fileOf(t, "{{seq}}")
	const head = "name: x\nphases: [{name: load, kind: hold, duration: 1s, rate: 1/s}]\nrequests:\n"
	read := func(text string) (mixture, []string, error) {
		file, err := profiles.Parse("x.yaml", []byte(text))
		if err != nil {
			t.Fatal(err)
		}
		var o driveOptions
		o.addFlags(pflag.NewFlagSet("", pflag.ContinueOnError))
		if file, err = o.overlay("x.yaml", file); err != nil {
			t.Fatal(err)
		}
		asked := asking{driveOptions: &o, file: file, name: "x.yaml"}
		m, err := asked.mixture()
		return m, asked.notes, err
	}
	for _, tc := range []struct {
		version, body string
		want          string
		verbatim      bool
		notes         int
		header        string
	}{
		{"version: 2\n", `body: "@` + data + `"`, "{{seq}}", true, 1, "x-lower"},
		{"version: 2\n", `body: "{{seq}}"`, "{{seq}}", false, 0, "x-lower"},
		{"version: 2\n", `body_template: "@` + data + `"`, "{{seq}}", false, 0, "x-lower"},
		{"version: 2\n", `body_template: @` + data, "{{seq}}", false, 0, "x-lower"},
		{"version: 1\n", `body: "@` + data + `"`, "@" + data, false, 1, "X-Lower"},
		{"", `body: "@` + data + `"`, "@" + data, false, 1, "X-Lower"},
		{"", `body_template: "@` + data + `"`, "{{seq}}", false, 0, "X-Lower"},
	} {
		m, notes, err := read(tc.version + head + "  - path: /\n    headers: [\"x-lower: 1\"]\n    " + tc.body + "\n")
		if err != nil {
			t.Errorf("%s%s: %v", tc.version, tc.body, err)
			continue
		}
		r := m.at("http://127.0.0.1:1")[0]
		if r.Body != tc.want || r.Verbatim != tc.verbatim || len(notes) != tc.notes || len(r.Header[tc.header]) != 1 {
			t.Errorf("%s%s: body %q, bytes %v, header %v, notes %q", tc.version, tc.body, r.Body, r.Verbatim, r.Header, notes)
		}
	}
	for body, want := range map[string]string{
		"    body: a\n    body_template: b\n": "x.yaml:4: body and body_template both say what the body is: keep one",
		"    body: \"@missing\"\n":            "x.yaml:4: body @missing: cannot be read: no such file",
		"    body: \"{{C4N4RY}}\"\n":          "x.yaml:4: body: the {{…}} of 10 bytes, 0 bytes from its beginning, is no value",
		"    body_template: \"a {{C4N4RY\"\n": "x.yaml:4: body_template: the {{ of 2 bytes, 2 bytes from its beginning, has no }}",
		"    headers: [\"Trailer: Sum\"]\n":   "x.yaml:4: header Trailer: bench says itself how long a body is",
		"    headers: [\"X: {{C4N4RY}}\"]\n":  "x.yaml:4: header X: the {{…}} of 10 bytes, 0 bytes from its beginning, is no value",
	} {
		if _, _, err := read("version: 2\n" + head + "  - path: /\n" + body); err == nil || !strings.Contains(err.Error(), strings.Replace(want, ":4:", ":5:", 1)) || strings.Contains(err.Error(), "C4N4RY") {
			t.Errorf("%q: error %v, want one with %q", body, err, want)
		}
	}
	if _, _, err := read(head + "  - path: /a/{{C4N4RY}}\n"); err == nil || !strings.Contains(err.Error(), "x.yaml:4: path: the {{…}} of 10 bytes, 3 bytes from its beginning, is no value") {
		t.Errorf("path: %v", err)
	}
	if m, _, err := read(head + "  - path: \"?id={{seq}}\"\n"); err != nil || m.at("http://h")[0].URL != "http://h?id={{seq}}" {
		t.Errorf("a path that is a query alone: %+v, %v", m.requests, err)
	}
	if m, _, err := read(head + "  - path: /\n    headers: [\"X-TWO: file\"]\n"); err == nil {
		m.header = http.Header{"x-two": {"flag"}}
		if h := m.at("http://h")[0].Header; len(h) != 1 || h.Get("X-Two") != "file" {
			t.Errorf("the file's header does not win: %v", h)
		}
	}
}

// Whatever an error quotes, it is one short line that can be printed, and says what to do.
func TestAnErrorIsOneShortLine(t *testing.T) {
	for _, text := range []string{
		"plain", "two\nlines\r\n\tof text", "\x1b[31mred\u202e\u2028\x9b", "\xff\xfe\x00", strings.Repeat("long ", 5000) + "do this",
		strings.Repeat("ü", 5000) + "do this", strings.Repeat("\xff", 5000) + "do this", strings.Repeat("世", 5000) + "do this",
	} {
		got := oneLine(errors.New(text))
		if len(got) > 4*(maxErrorHead+maxErrorTail) || strings.ContainsFunc(got, func(r rune) bool { return !unicode.IsPrint(r) }) {
			t.Errorf("%.20q becomes %d bytes %q", text, len(got), got)
		}
		if len(text) > 5000 && !strings.HasSuffix(got, "do this") {
			t.Errorf("%.20q loses its end: %q", text, got)
		}
	}
}
