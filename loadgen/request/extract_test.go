package request

import (
	"net/http"
	"strings"
	"testing"

	"github.com/seed-5a006608/bench/loadgen/exchange"
)

// A header gives the same text in the forms of both engines.
func TestExtractFromAnswer(t *testing.T) {
	fields := http.Header{"X-Version": {"", `W/"7"`, `"8"`}, "Long": {strings.Repeat("x", MaxExtracted+1)}}
	lines := []byte("x-version:\r\nX-Version: W/\"7\"\r\nx-VERSION: \"8\"\r\nLong: " + strings.Repeat("x", MaxExtracted+1) + "\r\n")
	body := []byte(`{"id": 3, "version": "ab"}`)
	for text, want := range map[string]string{
		"header:x-version":           `W/"7"`,
		`header:X-Version~"([0-9])"`: "7",
		`header:X-Version~^"(.*)"$`:  "8",
		"header:X-Version~(z)":       "",
		"header:Other":               "",
		"header:Long":                "",
		"header:Long~^(xx)":          "xx",
		`body~"version": "([^"]*)"`:  "ab",
		"body~(ab)?$":                "",
		"body~()":                    "",
	} {
		e, err := ParseAnswerExtract(text)
		if err != nil {
			t.Errorf("%s: %v", text, err)
			continue
		}
		for _, header := range []exchange.Header{{Fields: fields}, {Lines: lines}} {
			if got, ok := e.FromAnswer(header, body); ok != (want != "") || ok && string(got) != want {
				t.Errorf("%s: %q, %v, want %q", text, got, ok, want)
			}
		}
	}
}

func TestExtractFromRequest(t *testing.T) {
	for text, want := range map[string]string{
		"path~^/items/([0-9]+)":                    "17",
		"path~[?&]id=([^&]*)":                      "b",
		`body~"id": *([0-9]+)`:                     "9",
		"path~^/other/(.*)":                        "",
		"body~(.{" + "1,300}" + ")":                `{"id": 9}`,
		"path~^/items/(?:[0-9]+)\\?(a=x)?(&id=.*)": "",
	} {
		e, err := ParseRequestExtract(text)
		if err != nil {
			t.Errorf("%s: %v", text, err)
			continue
		}
		if got, ok := e.FromRequest([]byte("/items/17?a=1&id=b"), []byte(`{"id": 9}`)); ok != (want != "") || ok && string(got) != want {
			t.Errorf("%s: %q, %v, want %q", text, got, ok, want)
		}
	}
}

func TestParseExtractRefuses(t *testing.T) {
	for text, want := range map[string]string{
		"":               "write what is taken of an answer as",
		"body":           "write what is taken of an answer as",
		"path~(x)":       "write what is taken of an answer as",
		"header:":        "the name of a header",
		"header:a b~(x)": "the name of a header",
		"header:a~x":     "after header~ has no group",
		"body~x":         "after body~ has no group",
		"body~(secret":   "the regular expression cannot be read: missing closing )",
	} {
		if _, err := ParseAnswerExtract(text); err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "secret") {
			t.Errorf("%q: %v, want %q", text, err, want)
		}
	}
	for text, want := range map[string]string{
		"":           "write what is taken of a request as",
		"path":       "write what is taken of a request as",
		"header:a":   "write what is taken of a request as",
		"path~[0-9]": "after path~ has no group",
		"body~([":    "the regular expression cannot be read",
	} {
		if _, err := ParseRequestExtract(text); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %q", text, err, want)
		}
	}
}
