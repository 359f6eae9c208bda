package targetsfile

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"maps"
	"net/http"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	vegeta "github.com/tsenart/vegeta/v12/lib"
)

// request is one of a list, whole.
type request struct {
	Name, Method, URL string
	Header            []Field
	Body              string // "-": none of its own
}

func requestsOf(l *List) (all []request) {
	for i := range l.Len() {
		k := l.Kinds[l.Kind(i)]
		path, _ := l.Path(i)
		r := request{k.Name, k.Method, k.URL + k.Origin + string(path), k.Header, "-"}
		if k.HasBody {
			r.Body = string(l.Body(i))
		}
		all = append(all, r)
	}
	return all
}

// inDirectory changes to a directory with these files, as paths of bodies are the working directory's.
func inDirectory(t testing.TB, files map[string]string) {
	t.Helper()
	dir := t.TempDir()
	for name, text := range files {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if t, ok := t.(*testing.T); ok {
		t.Chdir(dir)
	}
}

// The forms that vegeta's documentation shows, of each format, and what its reader takes beside them.
var vegetaForms = map[string]string{
	"simple":            "GET http://goku:9090/path/to/dragon?item=ball\nGET http://user:password@goku:9090/path/to\nHEAD http://goku:9090/path/to/success\n",
	"headers":           "GET http://user:password@goku:9090/path/to\nX-Account-ID: 8675309\n\nDELETE http://goku:9090/path/to/remove\nConfirmation-Token: 90215\nAuthorization: Token DEADBEEF\n",
	"bodies":            "POST http://goku:9090/things\n@path/to/newthing.json\n\nPATCH http://goku:9090/thing/71988591\n@path/to/thing-71988591.json\n",
	"bodies, headers":   "POST http://goku:9090/things\nX-Account-ID: 99\n@path/to/newthing.json\n",
	"comments":          "# get a dragon ball\nGET http://goku:9090/path/to/dragon?item=ball\n# specify a test account\nX-Account-ID: 99\n",
	"without blanks":    "GET http://goku/a\nGET http://goku/b\nPOST http://goku/c\n@path/to/newthing.json\nGET http://goku/d\nX-A: 1\nX-A: 2\nx-a: 3",
	"spaces":            "\n\n  GET http://goku/a  \r\n   X-A:  1 \r\n\r\n \t \nGET http://goku/b%20c?d=e f\n",
	"body ends it":      "POST http://goku/a\n@path/to/newthing.json\nPOST http://goku/b\n@path/to/newthing.json",
	"json":              `{"method":"POST", "url":"https://goku/1", "header":{"Content-Type":["text/plain"]}, "body": "Rk9P"}` + "\n" + `{"method":"GET",  "url":"https://goku/2"}`,
	"json, blank lines": "\n" + `{"method":"GET","url":"http://goku/2","header":{"A":["b","c"],"x-d":["e"]}}` + "\n\n" + `{"url":"http://goku/\u00e4\/b","method":"PUT","body":"","other":{"a":[1,{}]}}` + "\n",
}

var vegetaFiles = map[string]string{"path/to/newthing.json": `{"new": "{{thing"}` + "\n\x00\xff", "path/to/thing-71988591.json": `{"id": 71988591}`}

// asVegeta reads a file with vegeta's own reader.
func asVegeta(text string) ([]vegeta.Target, error) {
	next := vegeta.NewHTTPTargeter
	if strings.HasPrefix(strings.TrimSpace(text), "{") {
		next = vegeta.NewJSONTargeter
	}
	return vegeta.ReadAllTargets(next(strings.NewReader(text+"\n"), []byte("-"), nil))
}

// likeVegeta compares what was read with what vegeta reads.
func likeVegeta(t *testing.T, name, text string, want []vegeta.Target) {
	t.Helper()
	l, err := Read(name, strings.NewReader(text))
	if err != nil {
		t.Errorf("%s: %v", name, err)
		return
	}
	got := requestsOf(l)
	if len(got) != len(want) {
		t.Errorf("%s: %d requests, vegeta reads %d", name, len(got), len(want))
		return
	}
	for i, r := range got {
		h := http.Header{}
		for _, f := range r.Header {
			h[f.Name] = append(h[f.Name], f.Value)
		}
		w := want[i]
		maps.DeleteFunc(w.Header, func(_ string, values []string) bool { return len(values) == 0 })
		if r.Method != w.Method || r.URL != w.URL || r.Body != string(w.Body) || len(h)+len(w.Header) > 0 && !reflect.DeepEqual(h, w.Header) {
			t.Errorf("%s: request %d: %+v\nvegeta: %s %s %v %q", name, i+1, r, w.Method, w.URL, w.Header, w.Body)
		}
	}
}

func TestVegetasFilesMeanWhatTheyMean(t *testing.T) {
	inDirectory(t, vegetaFiles)
	for name, text := range vegetaForms {
		want, err := asVegeta(text)
		if err != nil {
			t.Fatalf("%s: vegeta: %v", name, err)
		}
		if name == "without blanks" { // vegeta takes a request below another's header for a header of it
			continue
		}
		likeVegeta(t, name, text, want)
	}
	l, err := Read("f", strings.NewReader("GET http://h/a\nX-A: 1\nGET http://h/b\n"))
	if err != nil || l.Len() != 2 || len(l.Kinds[0].Header) != 1 {
		t.Errorf("a request below a header: %+v, %v", l, err)
	}
}

// What people write beside what vegeta reads, where it can mean one thing only.
func TestOtherFormsAreUnderstood(t *testing.T) {
	inDirectory(t, map[string]string{"b.json": "body"})
	long := strings.Repeat("x", 80_000)
	for name, tc := range map[string]struct {
		text string
		want []request
	}{
		"an editor's file": {"### the first\n# @name checkout\nPOST http://h/a HTTP/1.1\nAccept: */*\n@b.json\n\n###\n// @name=second one\n// a remark\nGET http://h/b   http/2\n\nGET\thttp://h/c", []request{
			{"checkout", "POST", "http://h/a", []Field{{"Accept", "*/*"}}, "body"}, {"second one", "GET", "http://h/b", nil, "-"}, {"", "GET", "http://h/c", nil, "-"},
		}},
		"a byte order mark": {"\xef\xbb\xbfGET http://h/a", []request{{"", "GET", "http://h/a", nil, "-"}}},
		"json behind one":   {"\xef\xbb\xbf{\"method\":\"GET\",\"url\":\"http://h/a\"}", []request{{"", "GET", "http://h/a", nil, "-"}}},
		"an array": {`[{"method":"GET","url":"http://h/a"},` + "\n" + ` {"method":"GET","url":"http://h/b"} , ]`, []request{
			{"", "GET", "http://h/a", nil, "-"}, {"", "GET", "http://h/b", nil, "-"},
		}},
		"pretty": {"{\n  \"method\": \"GET\",\n  \"url\": \"http://h/a\",\n  \"header\": {\n    \"A\": \"one\",\n    \"B\": [\"two\", 3],\n    \"C\": true\n  }\n}\n{\"method\":\"GET\",\"url\":\"http://h/b\"}", []request{
			{"", "GET", "http://h/a", []Field{{"A", "one"}, {"B", "two"}, {"B", "3"}, {"C", "true"}}, "-"}, {"", "GET", "http://h/b", nil, "-"},
		}},
		"a header as a line":  {`{"method":"GET","url":"http://h/a","header":"X-A: b: c"}`, []request{{"", "GET", "http://h/a", []Field{{"X-A", "b: c"}}, "-"}}},
		"headers as lines":    {`{"method":"GET","url":"http://h/a","header":["A: 1","B:2"]}`, []request{{"", "GET", "http://h/a", []Field{{"A", "1"}, {"B", "2"}}, "-"}}},
		"text":                {`{"method":"POST","url":"http://h/a","text":"{{\"id\": 7}\u00e4"}`, []request{{"", "POST", "http://h/a", nil, `{{"id": 7}ä`}}},
		"a long line of json": {`{"method":"POST","url":"http://h/a","body":"` + base64.StdEncoding.EncodeToString([]byte(long)) + `"}`, []request{{"", "POST", "http://h/a", nil, long}}},
		"nulls":               {`{"method":"GET","url":"http://h/a","header":null,"body":null}`, []request{{"", "GET", "http://h/a", nil, "-"}}},
		"values":              {"GET http://h/{{zipf 10 1.1}}?u={{pick a b/c}}\nX: {{uuid}}", []request{{"", "GET", "http://h/{{zipf 10 1.1}}?u={{pick a b/c}}", []Field{{"X", "{{uuid}}"}}, "-"}}},
		"no path":             {"GET http://h?id={{seq}}\nGET http://h?a=b\nGET http://h", []request{{"", "GET", "http://h?id={{seq}}", nil, "-"}, {"", "GET", "http://h?a=b", nil, "-"}, {"", "GET", "http://h", nil, "-"}}},
	} {
		l, err := Read("f", strings.NewReader(tc.text))
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if got := requestsOf(l); !reflect.DeepEqual(got, tc.want) {
			t.Errorf("%s:\n%.300q\nwant\n%.300q", name, fmt.Sprint(got), fmt.Sprint(tc.want))
		}
	}
}

// What is refused is refused by its line, with what would be right, and nothing of it is repeated.
func TestRefusals(t *testing.T) {
	inDirectory(t, map[string]string{"empty": ""})
	if err := os.Mkdir("dir", 0o700); err != nil {
		t.Fatal(err)
	}
	const start = "GET http://h/first\n\n"
	for text, want := range map[string]string{
		"# c\n\n// d\n{\"method\":\"GET\",\"url\":\"http://h/\"}": "f:4: targets in JSON have no comments",
		"":                                                            "f: holds no target; a line is GET http://127.0.0.1:8080/path",
		"# only a comment\n":                                          "f: holds no target",
		"\xff\xfeG\x00E\x00T\x00":                                     "f: is UTF-16: save it as UTF-8",
		"G\x00E\x00T\x00 \x00":                                        "f: is UTF-16",
		start + "GET":                                                 "f:3: the URL is missing",
		start + "GET /C4N4RY HTTP/1.1":                                "f:3: the URL is a path without a host: write it whole, as in GET http://127.0.0.1:8080/path",
		start + "GET C4N4RY":                                          "f:3: the URL must begin with http:// or https:// and a host",
		start + "GET ftp://h/C4N4RY":                                  "f:3: the URL must begin with http:// or https://",
		start + "GET http:///C4N4RY":                                  "f:3: the URL must begin with http:// or https:// and a host",
		start + "http://h/C4N4RY":                                     "f:3: the method is missing",
		start + "get http://h/C4N4RY":                                 "f:3: a method is written in capitals",
		start + "C4N4RY":                                              "f:3: a target is written as GET http://127.0.0.1:8080/path",
		start + "GET http://h/%zz?a=C4N4RY":                           "f:3: the path or query holds a % without two hexadecimal digits, at byte 2",
		start + "GET http://h/a # C4N4RY":                             "f:3: a space stands in the path: write it %20; what is no part of the URL",
		start + "GET http://h/a @C4N4RY.json":                         "f:3: a space stands in the path",
		start + "GET http://h/a HTTP/1.1 200 12":                      "f:3: a space stands in the path",
		start + "GET http://h/a HTTP/1.x":                             "f:3: a space stands in the path",
		start + "GET http://h/a\rGET http://h/b\r":                    "f:3: a space stands in the path",
		start + "GET http://h/?q=C4N4RY # all of them":                "f:3: something follows the URL: a comment stands in a line of its own",
		start + "GET http://h/?q=C4N4RY http/1.1 200":                 "f:3: something follows the URL",
		`{"method":"GET","url":"http://h/C4N4RY b HTTP/1.1"}`:         "f:1: a space stands in the path",
		start + "GET http://h/%4":                                     "f:3: the path or query holds a %",
		start + "GET http://h/?q=C4N4RY%":                             "f:3: the path or query holds a % without two hexadecimal digits, at byte 11",
		start + "GET http://h/" + long("x", 70000):                    "f:3: a URL of 70009 bytes is longer than 65536",
		start + "GET http://h/a\nC4N4RY":                              "f:4: it is neither a header",
		start + "GET http://h/a\nC4N4 RY: x":                          "f:4: it is neither a header",
		start + "GET http://h/a\nC4N4RY:":                             `f:4: a header has a value`,
		start + "GET http://h/a\nX: C4N\x024RY":                       `f:4: a header's value holds a control character`,
		start + "POST http://h/a\nX: 1\n@":                            "f:5: the body file has no name",
		start + "POST http://h/a\nX: 1\n@gone":                        "f:5: the body file gone cannot be read: no such file or directory",
		start + "POST http://h/a\n@dir":                               "f:4: the body file dir cannot be read: is a directory",
		start + "@host = C4N4RY":                                      "f:3: a line with @ names a request's body file",
		start + `{"password": "C4N4RY"}`:                              "f:3: a body comes from @file",
		start + "POST http://h/\nX: 1\n\n" + `{"password": "C4N4RY"}`: "f:6: a body comes from @file",
		start + "POST http://h/\n" + `{"password": "C4N4RY"}`:         "f:4: a body comes from @file",
		start + "POST http://h/\n< ./C4N4RY.json":                     "f:4: a body comes from @file",
		start + "# @name \nGET http://h/":                             "f:3: a name is 1 to 120 bytes",
		start + "# @name a\x01b\nGET http://h/":                       "f:3: a name is 1 to 120 bytes",

		`{"url":"http://h/C4N4RY"}`:                                               `f:1: "method" is missing: a target is written as {"method": "GET", "url": "http://127.0.0.1:8080/path"}`,
		"\n[\n{\"method\":\"GET\"}]":                                              `f:3: "url" is missing`,
		`{"method":"GET","url":"/C4N4RY"}`:                                        `f:1: the URL is a path without a host`,
		`{"method":"GET","url":7}`:                                                `f:1: "url" is a string`,
		`{"method":"G T","url":"http://h/"}`:                                      `f:1: "method" is no method`,
		"{\"method\":\"GET\",\n\"URL\":\"http://h/C4N4RY\"}":                      `f:2: the key is called "url", in small letters`,
		"{\"method\":\"GET\",\n\"headers\":{}}":                                   `f:2: the key is called "header", not "headers"`,
		"{\n\"method\":\"POST\",\"url\":\"http://h/\",\n\"body\":\"C4N4RY!\"}":    `f:3: "body" is not in base64, as vegeta has it: write it in base64, or call it "text" and it is sent as it stands`,
		`{"method":"POST","url":"http://h/","body":{"a":"C4N4RY"}}`:               `f:1: "body" is no string: write what is to be sent in quotes as "text"`,
		`{"method":"POST","url":"http://h/","text":"a","body":"Rk9P"}`:            `f:1: there is a body already: give "body" or "text"`,
		`{"method":"GET","url":"http://h/","header":7}`:                           `f:1: "header" is written as {"Accept": ["text/html"]}`,
		`{"method":"GET","url":"http://h/","header":[{"name":"C4N4RY"}]}`:         `f:1: "header" is written as`,
		`{"method":"GET","url":"http://h/","header":{"A":{"C4N4RY":1}}}`:          `f:1: "header" is written as`,
		`{"method":"GET","url":"http://h/","header":{"C4N4 RY":"1"}}`:             `f:1: "header" is written as {"Accept": ["text/html"]}: a name has`,
		`{"method":"GET","url":"http://h/","header":{"A":"C4N4RY\r\nB: c"}}`:      `f:1: a header's value holds a line end`,
		"{\"method\":\"GET\",\"url\":\"http://h/C4N4RY":                           `f:1: url has no closing quote`,
		`{"method":"GET","url":"http://h/"`:                                       "f:1: a comma or } is missing behind a value",
		`{"method":"GET" "url":"http://h/"}`:                                      "f:1: a comma or } is missing behind a value",
		`{"method":"GET","url":"http://h/","x":C4N4RY}`:                           "f:1: what stands behind a key is no JSON value",
		`{"method":"GET","url":"http://h/","x":` + long("[", 20000):               "f:1: what stands behind a key is no JSON value",
		`{"method":"GET","url":"http://h/\x"}`:                                    "f:1: url holds an escape that JSON does not have",
		`[{"method":"GET","url":"http://h/"}`:                                     "f:1: the list of targets ends without ]",
		`[{"method":"GET","url":"http://h/"} {"method":"GET","url":"http://h/"}]`: "f:1: a comma is missing between two targets",
		`[{"method":"GET","url":"http://h/"}] C4N4RY`:                             "f:1: there is more behind the list of targets",
		"{\"method\":\"GET\",\"url\":\"http://h/\"}\nGET http://h/C4N4RY":         `f:2: a target is written as {"method"`,
		"[\"GET http://h/C4N4RY\"]":                                               `f:1: a target is written as {"method"`,
	} {
		l, err := Read("f", strings.NewReader(text))
		if err == nil {
			t.Errorf("%.80q is read as %+v", text, requestsOf(l))
			continue
		}
		if !strings.HasPrefix(err.Error(), want) || strings.Contains(err.Error(), "C4N") {
			t.Errorf("%.80q: %v\nwant %s", text, err, want)
		}
	}
}

func long(s string, n int) string { return strings.Repeat(s, n) }

// A body that is base64 is taken for it; of the first that may have been meant as text the author is told.
func TestShortBase64IsPointedOut(t *testing.T) {
	l, err := Read("f", strings.NewReader("{\"method\":\"POST\",\"url\":\"http://h/\",\"body\":\""+base64.StdEncoding.EncodeToString(bytes.Repeat([]byte("a"), 100))+"\"}\n"+
		"{\"method\":\"POST\",\"url\":\"http://h/\",\n\"body\":\"test\"}\n{\"method\":\"POST\",\"url\":\"http://h/\",\"body\":\"Rk9P\"}"))
	if err != nil || len(l.Notes) != 1 || !strings.HasPrefix(l.Notes[0], `f:3: a "body" is taken for base64, as in vegeta`) || string(l.Body(2)) != "FOO" {
		t.Errorf("%+v, %v", l.Notes, err)
	}
}

// A file of bodies is read once, and requests of one kind share it.
func TestWhatIsAlikeIsKeptOnce(t *testing.T) {
	inDirectory(t, map[string]string{"b": "body"})
	var b strings.Builder
	for i := range 1000 {
		fmt.Fprintf(&b, "POST http://h/%d\nX-A: 1\n@b\n\nGET http://h/%d\n\n", i, i)
	}
	l, err := Read("f", strings.NewReader(b.String()))
	if err != nil || l.Len() != 2000 || len(l.Kinds) != 2 || len(l.bodies) != 1 || l.Line(1) != 5 || l.Line(1999) != 1999/2*6+5 {
		t.Errorf("%d requests of %d kinds, %d bodies, the second on line %d, the last on %d, %v", l.Len(), len(l.Kinds), len(l.bodies), l.Line(1), l.Line(1999), err)
	}
}
