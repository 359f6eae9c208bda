package main

import (
	"net/http"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/seed-5a006608/bench/loadgen"
)

func TestReadTargets(t *testing.T) {
	dir := t.TempDir()
	body := filepath.Join(dir, "body")
	if err := os.WriteFile(body, []byte("from a file"), 0o600); err != nil {
		t.Fatal(err)
	}
	common := loadgen.Request{Header: http.Header{"X-All": {"1"}}, Body: "common"}
	want := []loadgen.Request{
		{Method: "GET", URL: "http://h/{{zipf 10 1.1}}", Header: http.Header{"X-All": {"1"}, "Accept": {"a", "b"}}, Body: "common"},
		{Method: "POST", URL: "http://h/b", Header: http.Header{"X-All": {"1"}}, Body: "from a file", Verbatim: true},
	}
	for name, text := range map[string]string{
		"http": "# a comment\nGET http://h/{{zipf 10 1.1}}\nAccept: a\nAccept: b\n\nPOST http://h/b\n@" + body,
		"json": `{"method":"GET","url":"http://h/{{zipf 10 1.1}}","header":{"Accept":["a","b"]}}` + "\n" +
			`{"method":"POST","url":"http://h/b","body":"ZnJvbSBhIGZpbGU="}`,
	} {
		got, err := readTargets("-", strings.NewReader(text), common)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if !reflect.DeepEqual(got, want) {
			t.Errorf("%s: %+v\nwant %+v", name, got, want)
		}
	}
	for text, want := range map[string]string{
		"":                    "standard input: holds no target",
		"GET\n":               "target 1: bad target",
		"GET nonsense\n":      "target 1: bad URL",
		`{"url":"http://h/"}`: "target 1: has no method or no url",
		"GET http://h/" + strings.Repeat("x", 70_000): "standard input:1: the line is longer than 64 KiB",
	} {
		if _, err := readTargets("-", strings.NewReader(text), loadgen.Request{}); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%.40q: error %v, want one with %q", text, err, want)
		}
	}
}
