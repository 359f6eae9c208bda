package profiles

import (
	"bytes"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

const goodFile = `# A comment.
name: mine
description: >
  two lines
  that are one
arrivals: poisson
target: [cached, "http://127.0.0.1:8080/x?y=1"]
phases:
  - name: calm
    kind: baseline
    duration: 1m30s
    rate: 40/s   # steady
  - {kind: ramp, name: 'up', duration: 500ms, to: 1.5k, from: 600/m}
`

func TestParse(t *testing.T) {
	want := File{
		Profile: Profile{
			Name: "mine", Description: "two lines that are one", Arrivals: Poisson,
			Phases: []Phase{
				{"calm", Baseline, 90 * time.Second, 40, 40, 0, 0},
				{"up", Ramp, 500 * time.Millisecond, 10, 1500, 0, 0},
			},
		},
		Target: []Text{{Text: "cached"}, {Text: "http://127.0.0.1:8080/x?y=1"}},
	}
	for what, source := range map[string]string{
		"as it stands":         goodFile,
		"with CR LF":           strings.ReplaceAll(goodFile, "\n", "\r\n"),
		"with byte order mark": "\xef\xbb\xbf" + goodFile,
		"between markers":      "---\n" + goodFile + "...\n",
	} {
		if got, err := Parse("mine.yaml", []byte(source)); err != nil || !reflect.DeepEqual(unplaced(got), want) {
			t.Errorf("%s: Parse = %+v, %v\nwant %+v", what, got, err, want)
		}
	}
	plain, err := Parse("p.yaml", []byte("name: 1\nphases: [{name: 2, kind: hold, duration: 1s, rate: 3}]\ntarget: cached"))
	if err != nil || plain.Arrivals != Even || plain.Name != "1" || plain.Phases[0].Name != "2" || !slices.Equal(plain.Target, []Text{{"cached", 3}}) {
		t.Errorf("numbers as names, one target, no arrivals: %+v, %v", plain, err)
	}
}

// Each file is good but for one thing; the message says where and what to do.
func TestParseRefuses(t *testing.T) {
	const head = "name: x\nphases:\n"
	const phase = "  - name: peak\n    kind: hold\n    duration: 8s\n"
	const keys = "name, kind, duration, rate, from, to, vus"
	const fileHas = "a test file is a mapping with the keys version, name, description, arrivals, think, warm_up, target, phases, order, requests, journeys, http, accept_encoding, expect, hit_when, origin, limits, thresholds, abort_on, slo, outputs, got "
	most := 1 << 20 // bytes of a file
	if testing.Short() {
		most = 1 << 15
	}
	for _, tc := range []struct{ source, want string }{
		{"", "1: " + fileHas + "nothing"},
		{"# nothing but a comment\n", "1: " + fileHas + "nothing"},
		{"---\n", "1: " + fileHas + "nothing"},
		{"spike", `1: ` + fileHas + `"spike"`},
		{"\n- name: x\n", "2: " + fileHas + "a list"},
		{"{}", `1: name missing; add one`},
		{"name: x\n", `1: no phases; add at least one, with a name, a kind, a duration and a rate`},
		{"name: x\nphases: []\n", `2: no phases; add at least one, with a name, a kind, a duration and a rate`},
		{"name: x\nphases: 3\n", `2: phases must be a list, got "3"; begin each of its items with "- "`},
		{"name: x\nphases:\n", `2: phases must be a list, got nothing; begin each of its items with "- "`},
		{"name: x\nphases:\n  name: peak\n", `2: phases must be a list, got a mapping; begin each of its items with "- "`},
		{"name:\n" + head[8:] + phase + "    rate: 5\n", `1: name must be a single value, got nothing`},
		{"name: [x]\n", `1: name must be a single value, got a list`},
		{"# c\nname: a/b\n" + head[8:] + phase + "    rate: 5\n",
			`2: name must begin with a letter or digit and hold only letters, digits, space, '.', '_' and '-', got "a/b"`},
		{head + phase + "    rate: 5\narrivals: even-ish\n", `7: arrivals must be even or poisson, got "even-ish"`},
		{head + phase + "    rate: 5\ndescription: \"a\\tb\\u001b[31m\"\n",
			`7: description must hold only printable characters, got "a b\x1b[31m"`},

		{"nmae: x\n", `1: unknown key "nmae": did you mean "name"?`},
		{"name: x\nrps: 5\n", `2: unknown key "rps"; the keys are version, name, description, arrivals, think, warm_up, target, phases, order, requests, journeys, http, accept_encoding, expect, hit_when, origin, limits, thresholds, abort_on, slo, outputs`},
		{"a: 1\nbb: 1\nccc: 1\ndddd: 1\neeeee: 1\nffffff: 1\nggggggg: 1\nhhhhhhhh: 1\niiiiiiiii: 1\n", // side by side, not nested
			`1: unknown key "a"; the keys are version, name, description, arrivals, think, warm_up, target, phases, order, requests, journeys, http, accept_encoding, expect, hit_when, origin, limits, thresholds, abort_on, slo, outputs`},
		{"name: x\nname: y\n", `2: key "name" is given twice, first on line 1; keep one`},
		{"[a]: x\n", `1: not valid YAML: found an invalid key for this map, at ":"`},
		{head + phase + "    rate: 5\n    rate: 6\n", `7: phase "peak": key "rate" is given twice, first on line 6; keep one`},
		{head + phase + "    rte: 5\n", `6: phase "peak": unknown key "rte": did you mean "rate"?`},
		{head + phase + "    colour: 5\n", `6: phase "peak": unknown key "colour"; the keys are ` + keys},
		{head + "  - durration: 8s\n    name: late\n", `3: phase "late": unknown key "durration": did you mean "duration"?`},
		{head + "  - spike\n", `3: phase 1: a phase is a mapping with the keys ` + keys + `, got "spike"`},
		{head + "  -\n", `3: phase 1: a phase is a mapping with the keys ` + keys + `, got nothing`},
		{head + "  - kind: hold\n", `3: phase 1: name missing; add one such as "name: peak"`},
		{head + "  - name: peak\n", `3: phase "peak": kind missing; add one such as "kind: hold"`},
		{head + "  - name: peak\n    kind: hold\n", `3: phase "peak": duration missing; add one such as "duration: 10s"`},
		{head + phase, `3: phase "peak": rate missing; add one such as "rate: 100/s", or from and to for a changing one`},
		{head + phase + "    from: 5\n", `3: phase "peak": to missing; a changing rate needs both from and to`},
		{head + phase + "    to: 5\n", `3: phase "peak": from missing; a changing rate needs both from and to`},
		{head + phase + "    to: 5\n    rate: 5\n",
			`3: phase "peak": rate stands beside from or to; keep rate for a steady phase, from and to for a changing one`},
		{head + "  - name: peak\n    kind: spikes\n    duration: 8s\n    rate: 5\n",
			`4: phase "peak": kind must be warmup, baseline, ramp, hold, spike, recovery or step, got "spikes": did you mean "spike"?`},
		{head + "  - name: peak\n    kind: hold\n    duration: 8\n    rate: 5\n",
			`5: phase "peak": duration must be a number with a unit such as 500ms, 8s or 1h30m, got "8"`},
		{head + "  - name: peak\n    kind: hold\n    duration: -8s\n    rate: 5\n",
			`5: phase "peak": duration must be above 0, got -8s`},
		{head + phase + "    rate: -5\n", `6: phase "peak": rate must be above 0, got -5`},
		{head + phase + "    rate: fast\n",
			`6: phase "peak": rate must be a number of requests such as 500/s, 30k/s or 600/m, got "fast"`},
		{head + phase + "    rate: .inf\n",
			`6: phase "peak": rate must be a number of requests such as 500/s, 30k/s or 600/m, got ".inf"`},
		{head + phase + "    from: 1\n    to: 20M/s\n", `7: phase "peak": to must be at most 10000000/s, got 20000000/s`},
		{head + phase + "    from: 1\n    to: [1]\n", `7: phase "peak": to must be a single value, got a list`},
		{head + phase + "    rate: 5\n" + phase + "    rate: 6\n",
			`7: phase "peak": phases 1 and 2 have the same name; give each its own`},
		{head + phase + "    rate: 0\n",
			`2: the phases after warm-up must offer at least 1 request, got 0; raise a rate or lengthen a phase`},
		{head + "  - name: a\n    kind: hold\n    duration: 200h\n    rate: 1\n",
			`5: phase "a": all phases together may last 168h0m0s, got more; shorten this or an earlier one`},

		{"name: x\ntarget: []\n", `2: target must list 1 to 64 targets, got 0; leave the key out to name them on the command line`},
		{"name: x\ntarget:\n", `2: target must be a list, got nothing; begin each of its items with "- "`},
		{"name: x\ntarget:\n  - cached\n  - {a: b}\n", `4: target: name is missing: the bundled service whose options these are`},
		{"name: x\ntarget:\n  - cached\n  - \"a\\u0000b\"\n", `4: target must hold only printable characters, got "a\x00b"`},

		{"name: &n x\n", `1: anchors, aliases and merge keys are not read, got "&n"; write the value out, or quote it if it is text`},
		{"name: *n\n", `1: anchors, aliases and merge keys are not read, got "*n"; write the value out, or quote it if it is text`},
		{"name: x\n<<: {}\n", `2: anchors, aliases and merge keys are not read, got "<<:"; write the value out, or quote it if it is text`},
		{"name: !!str x\n", `1: tags, directives and complex keys are not read, got "!!str"; quote it if it is text`},
		{"%YAML 1.2\n---\nname: x\n", `1: tags, directives and complex keys are not read, got "%"; quote it if it is text`},
		{"? name\n: x\n", `1: tags, directives and complex keys are not read, got "?"; quote it if it is text`},
		{"name: x\n---\nname: y\n", `2: a second document begins here; keep one test to a file`},
		{"name: x\n...\nname: y\n", `3: text after the end of the document, got "name"; keep one test to a file`},
		{"name: x\n  kind: y\n", `1: not valid YAML: mapping value is not allowed in this context, at "x kind"`},
		{"name: x\n\tkind: y\n", `2: not valid YAML: a tab stands where only spaces may: indent with spaces`},
		{"name: \"x\n", `1: not valid YAML: could not find end character of double-quoted text, at "\"x"`},

		{"name: x\xff\n", `1: a test file is UTF-8 text without control characters, got byte 0xff`},
		{"name: x\n\x00", `2: a test file is UTF-8 text without control characters, got byte 0x00`},
		{"name: x\rkind: y\n", `1: a test file is UTF-8 text without control characters, got byte 0x0d`},
		{strings.Repeat("#", 1<<20+1), `1: a test file may have at most 1048576 bytes, got 1048577`},
		{strings.Repeat("\n", 10_000), `10001: a test file may have at most 10000 lines, got 10001`},
		// The library would need minutes for these.
		{strings.Repeat("[", most), `1: nested more than 8 deep; a test file needs 3`},
		{strings.Repeat("{a: ", most/4), `1: nested more than 8 deep; a test file needs 3`},
		{strings.Repeat("- ", most/2), `1: nested more than 8 deep; a test file needs 3`},
		{"name: >\n" + strings.Repeat(" \n", 1<<18), `10001: a test file may have at most 10000 lines, got 262146`},
	} {
		got, err := Parse("f.yaml", []byte(tc.source))
		if err == nil {
			t.Errorf("Parse(%.80q) = %+v, want %s", tc.source, got, tc.want)
		} else if err.Error() != "f.yaml:"+tc.want {
			t.Errorf("Parse(%.80q)\n got %s\nwant f.yaml:%s", tc.source, err, tc.want)
		}
	}
}

func anyText() *rapid.Generator[string] {
	return rapid.OneOf(
		rapid.SampledFrom([]string{"null", "true", "~", "1e3", "- a", "a: b", "a #b", "'", `"`, `\`, "-", "&a", "<<", "=", "@", "\u2028"}),
		rapid.StringN(1, 20, 60),
	).Filter(func(s string) bool { return checkText(s, "text", 64) == nil })
}

// unplaced forgets the lines of targets, which are others where the file is written anew.
func unplaced(f File) File {
	for i := range f.Target {
		f.Target[i].Line = 0
	}
	return f
}

func TestYAMLIsReadBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		f := File{Profile: anyProfile().Draw(t, "profile")}
		f.Description = strings.Join(strings.Fields(rapid.SampledFrom([]string{"", "a: b # c", "null"}).Draw(t, "description")), " ")
		f.Phases[0].Name = anyText().Draw(t, "phase name")
		for _, text := range rapid.SliceOfN(anyText(), 0, 3).Draw(t, "target") {
			f.Target = append(f.Target, Text{Text: text})
		}
		if f.Validate() != nil {
			t.Skip("two phases of the same name")
		}
		if got, err := Parse("f.yaml", f.YAML()); err != nil || !reflect.DeepEqual(unplaced(got), f) {
			t.Fatalf("Parse of\n%s= %+v, %v\nwant %+v", f.YAML(), got, err, f)
		}
	})
}

var placed = regexp.MustCompile(`^f\.yaml:[1-9][0-9]*: .`)

// Whatever the bytes, Parse returns a runnable file that is read back as it is written, or one sentence with its place.
func FuzzParse(f *testing.F) {
	f.Add([]byte(goodFile))
	for _, source := range []string{
		"", "- a", "name: x\nphases: [{name: a, kind: hold, duration: 1s, rate: 5/s}]", "a: |\n  b\n", "a: >-\n b\n\n c",
		"a: \"\\u00e9\\n\"", "a: 'b''c'", "a: [b, {c: d}]\n", "? a\n: b", "&a b: *a", "--- a\n--- b\n...", "a:\n- b\n-\n", "{a, b: }",
	} {
		f.Add([]byte(source))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		got, err := Parse("f.yaml", data)
		if err != nil {
			if !placed.MatchString(err.Error()) || bytes.ContainsAny([]byte(err.Error()), "\n\x00\x1b") {
				t.Fatalf("not one sentence with its place: %q", err)
			}
			return
		}
		if err := got.Validate(); err != nil {
			t.Fatalf("Parse passed what Validate refuses: %v", err)
		}
		if again, err := Parse("f.yaml", got.YAML()); err != nil || !reflect.DeepEqual(unplaced(again), unplaced(got)) {
			t.Fatalf("%+v is written as\n%sand read back as %+v, %v", got, got.YAML(), again, err)
		}
	})
}
