package request

import (
	"regexp"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// noon is when the requests of these tests are due.
var noon = time.Date(2026, 11, 24, 13, 0, 0, 123_999_999, time.FixedZone("", 3600))

func TestTemplateWritesEachRequestsValues(t *testing.T) {
	for _, tc := range []struct {
		text string
		k    uint64
		want string
	}{
		{"", 3, ""},
		{"/plain", 3, "/plain"},
		{"/item/{{seq}}", 41, "/item/41"},
		{"{{seq}}-{{ seq }}", 7, "7-7"},
		{"/{{uniform 5 5}}/x", 9, "/5/x"},
		{"/{{zipf 1 1.1}}", 9, "/1"},
		{"/{{uniform -3 -3}}", 0, "/-3"},
		{"/{{pick only}}", 5, "/only"},
		{"/{{csv testdata/users.csv id}}", 0, "/7"},
		{"/{{csv testdata/users.csv name}}", 1, "/O'Neill, Ann"},
		{"/{{csv testdata/users.csv name}}", 4, "/bob"},
		{"/{{csv testdata/users.csv 2}}", 0, "/name"},
		{"{{now}}", 0, "2026-11-24T12:00:00.123Z"},
		{"{{now}}", 5, "2026-11-24T12:00:00.123Z"},
		{"{{now unix}}", 5, "1795521600"},
		{"{{now unixms}}", 5, "1795521600123"},
		{`{"msg":"Hello {{{{name}}"}`, 5, `{"msg":"Hello {{name}}"}`},
		{"{{{{{{seq}}}}", 5, "{{5}}"},
		{"{{{{{seq}} {{{{", 5, "{{{seq}} {{"},
		{"a{{seq}}{{{{b}}{{seq}}", 5, "a5{{b}}5"},
	} {
		tmpl, err := parseTemplate("body", tc.text, drawing{seed: 1}, "test")
		if err != nil {
			t.Errorf("%q: %v", tc.text, err)
			continue
		}
		if got := string(tmpl.Append(nil, tc.k, noon)); got != tc.want {
			t.Errorf("%q of request %d = %q, want %q", tc.text, tc.k, got, tc.want)
		}
	}
}

// What stood between the braces is in no error: a secret may. The part, the place and the length are.
func TestTemplateRefuses(t *testing.T) {
	for text, want := range map[string]string{
		"/{{C4N4RY":                          "body: the {{ of 2 bytes, 1 byte from its beginning, has no }} behind it",
		"/{{seq}}/a/{{C4N4RY":                "the {{ of 2 bytes, 11 bytes from its beginning, has no }}",
		"C4N4RY{{{{x}}/{{seq":                "the {{ of 2 bytes, 14 bytes from its beginning, has no }}",
		"/{{now C4N4RY}}":                    "now takes nothing, or unix",
		"/{{now unix 5}}":                    "now takes nothing, or unix",
		"/{{}}":                              "body: the {{…}} of 4 bytes, 1 byte from its beginning, is empty: use zipf N S, ",
		"/{{zipf}}":                          "zipf takes",
		"/{{zipf 0 1}}":                      "above 0",
		"/{{zipf C4N4RY 1}}":                 "the number of keys must be a whole number above 0",
		"/{{zipf 10 -1}}":                    "above 0 and at most 100",
		"/{{zipf 10 NaN}}":                   "the exponent must be above 0",
		"/{{zipf 10 C4N4RY}}":                "the exponent must be above 0",
		"/{{uniform 2 1}}":                   "the lowest value is above the highest",
		"/{{uniform 1 C4N4RY}}":              "the highest value must be a whole number",
		"/{{uniform C4N4RY 1}}":              "the lowest value must be a whole number",
		"/{{seq C4N4RY}}":                    "seq takes nothing",
		"/{{uuid C4N4RY}}":                   "uuid takes nothing",
		"/{{pick}}":                          "pick takes the words",
		"/{{csv C4N4RY}}":                    "csv takes a file and a column",
		"/{{csv C4N4RY.csv 1}}":              "its file cannot be read: no such file or directory",
		"/{{csv testdata/users.csv C4N4RY}}": "testdata/users.csv: has no column of that name, there are id, name",
		"/{{csv testdata/users.csv 3}}":      "testdata/users.csv:1: has 2 columns, and another is asked for",
		"/{{csv testdata/users.csv 0}}":      "has 2 columns, and another is asked for",
		"/{{csv /dev/null 1}}":               "has no row with values",
		"/{{C4N4RY 1}}":                      "body: the {{…}} of 12 bytes, 1 byte from its beginning, is no value: use zipf N S, uniform A B, seq, uuid, now, pick a b c, csv FILE COLUMN or version; write {{{{ for the braces themselves",
		"C4N4RY{{{C4N4RY}}":                  "the {{…}} of 11 bytes, 6 bytes from its beginning, is no value",
	} {
		if _, err := parseTemplate("body", text, drawing{seed: 1}, "test"); err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "C4N4RY") {
			t.Errorf("%q: error %v, want one with %q", text, err, want)
		}
	}
}

// A value is found in a body only where a template would draw one.
func TestHoldsValue(t *testing.T) {
	for text, want := range map[string]bool{
		"":                       false,
		"plain":                  false,
		"{{name}} {{ other }}":   false,
		"{{name}}{{seq}}":        true,
		"{{ csv users.csv id }}": true,
		"{{{{seq}}":              true, // it would be drawn as {{seq}}, and is sent with four braces
		"{{seq":                  false,
		"{{seq" + strings.Repeat(" ", maxValueBytes) + "}}": false,
		"\x00\xff{{now}}": true,
		"${env:TOKEN}":    true,
		"${HOME}":         false,
	} {
		if got := HoldsValue(text); got != want {
			t.Errorf("%.20q: %v, want %v", text, got, want)
		}
	}
}

func TestUniformCoversItsRange(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		tmpl, err := parseTemplate("body", "{{uniform 10 13}}", drawing{seed: rapid.Uint64().Draw(t, "seed")}, "test")
		if err != nil {
			t.Fatal(err)
		}
		counts := map[string]int{}
		for k := range uint64(4000) {
			counts[string(tmpl.Append(nil, k, noon))]++
		}
		for _, v := range []string{"10", "11", "12", "13"} {
			// A binomial of 4000 and 1/4 lies within 6 standard deviations of 1000 but for 2 in 10^9 times.
			if n := counts[v]; n < 836 || n > 1164 || len(counts) != 4 {
				t.Fatalf("counts %v, want about 1000 of each of 10 to 13", counts)
			}
		}
	})
}

func TestUUIDsAreVersion4AndTheirOwn(t *testing.T) {
	tmpl, err := parseTemplate("body", "{{uuid}} {{uuid}}", drawing{seed: 1}, "test")
	if err != nil {
		t.Fatal(err)
	}
	form := regexp.MustCompile(`^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$`)
	seen := map[string]bool{}
	for k := range uint64(1000) {
		for _, id := range strings.Fields(string(tmpl.Append(nil, k, noon))) {
			if !form.MatchString(id) || seen[id] {
				t.Fatalf("request %d: %q, seen before %v", k, id, seen[id])
			}
			seen[id] = true
		}
	}
}

func TestPickTakesEachWordAlike(t *testing.T) {
	tmpl, err := parseTemplate("body", "{{pick a b c}}", drawing{seed: 1}, "test")
	if err != nil {
		t.Fatal(err)
	}
	counts := map[string]int{}
	for k := range uint64(3000) {
		counts[string(tmpl.Append(nil, k, noon))]++
	}
	for _, word := range []string{"a", "b", "c"} {
		// Within 5 standard deviations of a binomial of 3000 and 1/3.
		if n := counts[word]; n < 870 || n > 1130 || len(counts) != 3 {
			t.Errorf("counts %v, want about 1000 of each", counts)
		}
	}
}
