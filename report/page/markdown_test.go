package page

import (
	"html"
	"regexp"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// hostile are texts that Markdown or GitHub would take for more than text.
var hostile = []string{
	"</script><script>alert(1)</script>", "a | b | c", "`rm -rf`", "``` fence", "@team", "see #12, GH-34 and a/b#5", `\\|`, "![x](http://evil.example/x.png)",
	"http://evil.example", "www.evil.example", "x@evil.example", ":smile: :100:", "<!-- -->", "&lt;b&gt;", "**bold** _it_ ~~no~~ $x$", "- item", "1. item", "",
}

// readAs returns what a reader sees of prose or of a code span.
func readAs(s string) string {
	if inner, ok := strings.CutPrefix(s, "`"); ok {
		return strings.TrimSuffix(inner, "`")
	}
	s = strings.TrimSuffix(strings.TrimPrefix(s, "<code>"), "</code>")
	return html.UnescapeString(strings.ReplaceAll(s, "<!-- -->", ""))
}

var (
	span      = regexp.MustCompile("^(`[^`|\\\\]+`|<code>([^\x21-\x2f\x3a-\x40\x5b-\x60\x7b-\x7e]|&#[0-9]+;|<!-- -->)+</code>|–)$")
	sentences = regexp.MustCompile("^([^\x21-\x24\x26\x2a\x2b\x3c-\x3e\x40\x5b-\x60\x7b-\x7e]|&#[0-9]+;|<!-- -->)*$")
	readInto  = regexp.MustCompile(`(?i)@\w|#\d|gh-\d|://|www\.\w|:\w+:`) // what GitHub finds in finished text
)

// TestMarkdownTextIsText holds for any text that it shows as what Clean makes of it, and holds nothing that Markdown reads.
func TestMarkdownTextIsText(t *testing.T) {
	check := func(t rapid.TB, text string) {
		clean := strings.TrimSpace(Clean(text, 200))
		if got := code(clean); !span.MatchString(got) || clean != "" && readAs(got) != clean {
			t.Fatalf("code(%q) = %q", clean, got)
		}
		got := prose(clean)
		if !sentences.MatchString(got) || readAs(got) != clean {
			t.Fatalf("prose(%q) = %q", clean, got)
		}
		for _, part := range strings.Split(html.UnescapeString(got), "<!-- -->") {
			if found := readInto.FindString(part); found != "" && !strings.Contains(clean, "<!-- -->") {
				t.Fatalf("prose(%q) = %q, in which GitHub finds %q", clean, got, found)
			}
		}
	}
	for _, text := range hostile {
		check(t, text)
	}
	rapid.Check(t, func(t *rapid.T) {
		check(t, rapid.OneOf(anyText(), rapid.StringOf(rapid.SampledFrom([]rune("ab1 .:-@#`|\\<>&;!w/")))).Draw(t, "text"))
	})
}
