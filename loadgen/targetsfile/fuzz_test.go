package targetsfile

import (
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	vegeta "github.com/tsenart/vegeta/v12/lib"
)

// Whatever a file holds, it is read or refused in one printable line that begins with its place. What of the http format vegeta
// reads means the same here, if it is read.
func FuzzTargetLine(f *testing.F) {
	for _, text := range vegetaForms {
		f.Add(text)
	}
	for _, text := range []string{
		"GET http://127.0.0.1:18080/a HTTP/1.1\nAccept: */*", "# @name checkout\nPOST http://h/\n", "\xef\xbb\xbfGET http://h/ü?q=a b#c",
		"[{\"method\":\"GET\",\"url\":\"http://h/\"}]", `{"method":"POST","url":"http://h/","text":"{{"}`, "GET http://u:p@h:1/%41{{zipf 1 1}}", "G\x00E\x00T\x00",
		"HOST : a", "GET http://h/ HTTP/", "{", "[[[[", `{"a":"\`, "GET\t http://h/", "@b", "POST http://h/\n{\"a\":1}",
	} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if strings.Contains(text, "@") {
			t.Skip("it may name a file of this machine")
		}
		l, err := Read("f", strings.NewReader(text))
		if err != nil {
			words := err.Error()
			if !strings.HasPrefix(words, "f:") || strings.ContainsFunc(words, func(r rune) bool { return !unicode.IsPrint(r) || r == utf8.RuneError }) || len(words) > 400 {
				t.Fatalf("%q: %q", text, words)
			}
			return
		}
		for i := range l.Len() {
			k := l.Kinds[l.Kind(i)]
			if path, plain := l.Path(i); plain && (len(path) == 0 || path[0] != '/') || (k.URL == "") == (k.Origin == "") || k.Method == "" {
				t.Fatalf("%q: %+v %q", text, k, path)
			}
			if at := l.Line(i); at < 1 || at > 1+strings.Count(text, "\n") {
				t.Fatalf("%q: request %d is on line %d", text, i, at)
			}
		}
		want, err := asVegeta(strings.TrimPrefix(text, byteOrderMark))
		if err != nil || beyondVegeta(text, want) {
			return
		}
		likeVegeta(t, "f", text, want)
	})
}

// beyondVegeta reports whether a text holds what bench reads otherwise, and says so.
func beyondVegeta(text string, read []vegeta.Target) bool {
	for line := range strings.Lines(text) {
		line = strings.TrimSpace(line)
		if strings.HasPrefix(line, "//") || strings.Contains(strings.ToUpper(line), "HTTP/") || strings.ContainsAny(line, "\t\u0085\u00a0\u1680\u2028\u2029\u202f\u205f\u3000") {
			return true
		}
	}
	for _, r := range read {
		for name := range r.Header {
			if strings.Contains(name, " ") { // a request below a header, which vegeta takes for another header
				return true
			}
		}
	}
	text = strings.TrimSpace(strings.TrimPrefix(text, byteOrderMark))
	return strings.HasPrefix(text, "[") || strings.HasPrefix(text, "{") && (strings.Contains(text, "text") || strings.Contains(text, `\`))
}
