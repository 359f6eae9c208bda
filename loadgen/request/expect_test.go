package request

import (
	"net/http"
	"strings"
	"testing"

	"github.com/seed-5a006608/bench/loadgen/exchange"
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
		{"json:$.a", 200, `{"a":[]}`, ""},
		{"json:$.a", 200, `{"a":null}`, "expected another json:$.a"},
		{"json:$.a", 200, `{"a":1} x`, "expected another json:$.a"},
		{"json:$.a", 503, "busy", "status 503"},
		{"status=503 json:$.a", 503, "busy", "expected another json:$.a"},
		{"json:$.a=9007199254740993", 200, `{"a":9007199254740993}`, ""},
		{"json:$.a=1", 200, `{"a":1.0}`, "expected another json:$.a"},
		{"json:$.a=", 200, `{"a":""}`, ""},
		{"json:$.a=x=y~z", 200, `{"a":"x=y~z"}`, ""},
		{"json:$.*=2", 200, `[1,2,3]`, ""},
		{"json:$.a=true", 200, `{"a":true}`, ""},
		{"json:$.a=[]", 200, `{"a":[]}`, "expected another json:$.a"},
		{`json:$.a~^\[{"b":"<","c":1}\]$`, 200, `{"a":[{"c":1,"b":"<"}]}`, ""},
		{"json:$.a~^x", 200, `{"a":"yx"}`, "expected another json:$.a"},
		{`json:$[?@.b=='C4N4RY~'].c=1`, 200, `[{"b":"C4N4RY~","c":1}]`, ""},
		{`json:$[?@.b=='C4N4RY'].c=1`, 200, `[]`, "expected another json:$[…"},
		{"json:$.a", 200, `{"a":"` + strings.Repeat("x", 300) + `"}`, TooLongBody},
		{"json:$.a", 500, `{"a":"` + strings.Repeat("x", 300) + `"}`, "status 500"},
		{"json:$[?@.a==@.b]", 200, `[{"a":1e999}]`, "expected another json:$[…"},
	} {
		var expected []Expect
		for _, text := range strings.Fields(tc.expected) {
			e, err := ParseExpect(text)
			if err != nil {
				t.Fatal(err)
			}
			expected = append(expected, e)
		}
		if got := JudgeAnswer(expected, tc.status, exchange.Header{Fields: header}, Body{Seen: []byte(tc.body)}, 300); got != tc.want {
			t.Errorf("%q, status %d, body %q: %q, want %q", tc.expected, tc.status, tc.body, got, tc.want)
		}
	}
	for text, want := range map[string]string{
		"":           "write it as",
		"200":        "write it as",
		"status=":    "three digits",
		"status=20":  "three digits",
		"status=0xx": "three digits",
		"cookie~x":   "before the ~ stands body, header:NAME or json:PATH",
		"header:~x":  "before the ~ stands body, header:NAME or json:PATH",
		"json:":      "is no path",
		"json:a.b":   "is no path",
		"json:$[=1":  "is no path",
		"json:$.a~(": "regular expression",
		"body~(":     "regular expression",
		"header:a~[": "regular expression",
	} {
		if _, err := ParseExpect(text); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: error %v, want one with %q", text, err, want)
		}
	}
}
