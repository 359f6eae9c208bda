package targets

import (
	"math"
	"strings"
	"testing"
)

func TestServices(t *testing.T) {
	seen := map[string]bool{}
	for _, s := range Services() {
		if seen[s.Name] || s.Name == "" || s.Summary == "" || strings.Contains(s.Summary, "\n") {
			t.Errorf("%+v: name or summary", s)
		}
		seen[s.Name] = true
		var weight float64
		for _, r := range s.Requests {
			weight += r.Weight
			if !strings.HasPrefix(r.Path, "/") || !strings.HasPrefix(r.Name, r.Method+" /") {
				t.Errorf("%s: %+v", s.Name, r)
			}
		}
		if math.Abs(weight-1) > 1e-9 {
			t.Errorf("%s: the weights add up to %v, want 1", s.Name, weight)
		}
		if found, err := Find(s.Name); err != nil || found.Name != s.Name {
			t.Errorf("Find(%s) = %s, %v", s.Name, found.Name, err)
		}
	}
}

func TestFindSuggests(t *testing.T) {
	for _, tc := range []struct{ name, want string }{
		{"cachd", `no target "cachd"; did you mean cached? (bench list shows all)`},
		{"Cached", `no target "Cached"; did you mean cached? (bench list shows all)`},
		{"un-pooled", `no target "un-pooled"; did you mean unpooled? (bench list shows all)`},
		{"uncachd", `no target "uncachd"; did you mean uncached? (bench list shows all)`},
		{"postgres", `no target "postgres" (bench list shows all)`},
		{"", `no target "" (bench list shows all)`},
	} {
		if _, err := Find(tc.name); err == nil || err.Error() != tc.want {
			t.Errorf("Find(%q): %v, want %s", tc.name, err, tc.want)
		}
	}
}

func TestTypos(t *testing.T) {
	for _, tc := range []struct {
		a, b string
		want int
	}{
		{"", "", 0}, {"a", "", 1}, {"", "abc", 3}, {"same", "same", 0},
		{"kitten", "sitting", 3}, {"saturday", "sunday", 3}, // Wagner and Fischer's and Wikipedia's examples
		{"pooled", "unpooled", 2}, {"CACHED", "cached", 0},
	} {
		if got := typos(tc.a, tc.b); got != tc.want {
			t.Errorf("typos(%q, %q) = %d, want %d", tc.a, tc.b, got, tc.want)
		}
		if got := typos(tc.b, tc.a); got != tc.want {
			t.Errorf("typos(%q, %q) = %d, want %d", tc.b, tc.a, got, tc.want)
		}
	}
}
