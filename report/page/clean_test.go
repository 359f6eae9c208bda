package page

import (
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/clipperhouse/displaywidth"
	"pgregory.net/rapid"
)

func TestClean(t *testing.T) {
	for _, tc := range []struct {
		why, s string
		limit  int
		want   string
	}{
		{"plain text stays", "GET /products/{id}", 40, "GET /products/{id}"},
		{"so do other scripts", "größe 漢字 हिन्दी", 40, "größe 漢字 हिन्दी"},
		{"it is cut at the limit", "abcdef", 5, "abcd…"},
		{"and not before it", "abcde", 5, "abcde"},
		{"wide characters count twice", "漢字漢字", 5, "漢字…"},
		{"and are not halved", "a漢字", 3, "a…"},
		{"no room", "abc", 0, ""},
		{"less than none", "abc", -1, ""},
		{"an escape sequence is defused", "\x1b[31mred\x1b[0m", 40, "[31mred[0m"},
		{"so is its C1 form", "\u009b31mred", 40, "31mred"},
		{"bells and deletes go", "a\a\b\x7f\x00b", 40, "ab"},
		{"lines are joined", "a\nb\r\nc\td", 40, "a b  c d"},
		{"so are Unicode's", "a\u2028b\u2029c\u0085d", 40, "a b c d"},
		{"text does not run backwards", "a\u202eb\u2066c\u200fd", 40, "abcd"},
		{"nor hide", "a\u200bb\u200dc\ufeffd\u00ade\u2060f\u180eg", 40, "abcdefg"},
		{"nor choose another glyph", "a\ufe0fb\U000e0100c", 40, "abc"},
		{"fillers are nothing", "a\u3164b\u115fc\u034fd", 40, "abcd"},
		{"tags are nothing", "a\U000e0041b", 40, "ab"},
		{"private characters are nothing", "a\ue000b", 40, "ab"},
		{"odd spaces are spaces", "a\u00a0b\u3000c", 40, "a b c"},
		{"what is not UTF-8 is marked", "a\xff\xc0b", 40, "a��b"},
		{"half a character too", "a\xe6\xbc", 40, "a��"},
		{"marks do not pile up", "e" + strings.Repeat("\u0301", 9), 40, "e" + strings.Repeat("\u0301", 3)},
		{"nor stand alone", "\u0301e \u0301", 40, "e "},
	} {
		if got := Clean(tc.s, tc.limit); got != tc.want {
			t.Errorf("%s: Clean(%q, %d) = %q, want %q", tc.why, tc.s, tc.limit, got, tc.want)
		}
	}
}

// anyText draws strings that are likely to be harmful.
func anyText() *rapid.Generator[string] {
	harmful := []rune("\x00\a\b\t\n\r\x1b\x7f\u0085\u009b\u00ad\u0301\u034f\u115f\u200b\u200d\u200e\u2028\u2029\u202e\u2066\u3000\u3164\ue000\ufe0f\ufeff漢한🇩🇪👍🏽e/ {%[31m|<&=+-@")
	return rapid.OneOf(
		rapid.String(),
		rapid.StringOf(rapid.SampledFrom(harmful)),
		rapid.Map(rapid.SliceOfN(rapid.Byte(), 0, 40), func(b []byte) string { return string(b) }),
	)
}

func harmless(r rune) bool {
	return r != '\u2028' && r != '\u2029' && !unicode.Is(unicode.C, r) && !unicode.Is(unicode.Variation_Selector, r)
}

func TestCleanIsSafe(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s, limit := anyText().Draw(t, "s"), rapid.IntRange(0, 60).Draw(t, "limit")
		got := Clean(s, limit)
		if !utf8.ValidString(got) || strings.ContainsFunc(got, func(r rune) bool { return !harmless(r) }) {
			t.Fatalf("Clean(%q, %d) = %q holds what may not be shown", s, limit, got)
		}
		if w := displaywidth.String(got); w > limit {
			t.Fatalf("Clean(%q, %d) = %q takes %d columns", s, limit, got, w)
		}
		if n := utf8.RuneCountInString(got); n > (maxMarks+1)*limit {
			t.Fatalf("Clean(%q, %d) = %q has %d characters", s, limit, got, n)
		}
		if again := Clean(got, limit); again != got {
			t.Fatalf("Clean(%q, %d) = %q, of which it makes %q", s, limit, got, again)
		}
	})
}
