package request

import (
	"net/http"
	"strings"
	"testing"
)

func TestJudgeAnswer(t *testing.T) {
	header := http.Header{"Content-Type": {"text/html", "charset"}}
	for _, tc := range []struct {
		expected string // separated by blanks
		status   int
		body     string
		want     string
	}{
		{"", 200, "", ""},
		{"", 399, "", ""},
		{"", 199, "", "status 199"},
		{"", 400, "", "status 400"},
		{"status=200", 201, "", "expected status=200"},
		{"status=200,404", 404, "", ""},
		{"status=5xx", 503, "", ""},
		{"status=5xx", 200, "", "expected status=5xx"},
		{"body~wel+come", 200, "you are welcome", ""},
		{"body~welcome", 200, "an error page", "expected another body"},
		{"body~welcome", 500, "an error page", "status 500"},
		{"body~error", 500, "an error page", "status 500"},
		{"status=500 body~error", 500, "an error page", ""},
		{"header:content-type~html", 200, "", ""},
		{"header:content-type~charset", 200, "", ""},
		{"header:content-type~json", 200, "", "expected another header:content-type"},
		{"header:missing~.*", 200, "", "expected another header:missing"},
	} {
		var expected []Expect
		for _, text := range strings.Fields(tc.expected) {
			e, err := ParseExpect(text)
			if err != nil {
				t.Fatal(err)
			}
			expected = append(expected, e)
		}
		if got := JudgeAnswer(expected, tc.status, header, []byte(tc.body)); got != tc.want {
			t.Errorf("%q, status %d, body %q: %q, want %q", tc.expected, tc.status, tc.body, got, tc.want)
		}
	}
	for text, want := range map[string]string{
		"":           "write it as",
		"200":        "write it as",
		"status=":    "three digits",
		"status=20":  "three digits",
		"status=0xx": "three digits",
		"cookie~x":   "before the ~ stands body or header:NAME",
		"header:~x":  "before the ~ stands body or header:NAME",
		"body~(":     "regular expression",
		"header:a~[": "regular expression",
	} {
		if _, err := ParseExpect(text); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: error %v, want one with %q", text, err, want)
		}
	}
}
