package request

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"
)

func mustExtract(t *testing.T, parse func(string) (Extract, error), text string) Extract {
	t.Helper()
	e, err := parse(text)
	if err != nil {
		t.Fatal(err)
	}
	return e
}

// A version stands where its value does, and a key is taken of the request as it is sent.
func TestVersionedMix(t *testing.T) {
	const url = "http://127.0.0.1:1/items/{{seq}}"
	byPath := mustExtract(t, ParseRequestExtract, "path~^/items/([0-9]+)")
	byBody := mustExtract(t, ParseRequestExtract, `body~"item": ([0-9]+)`)
	byBodies := mustExtract(t, ParseAnswerExtract, `body~"v": "([^"]*)"`)
	m, err := NewMix([]Request{
		{Method: "PUT", URL: url + "?v={{version}}", Consistency: &Consistency{Write: true, Key: byPath}},
		{Method: "PUT", URL: url, Header: http.Header{"X-Version": {"{{version}}"}}, Body: `{"item": 7, "v": "{{version}}"}`, Consistency: &Consistency{Write: true, Key: byBody}},
		{URL: url, Consistency: &Consistency{Key: byPath, Version: byBodies}},
		{URL: url},
	}, Selection{Order: "sequential"})
	if err != nil {
		t.Fatal(err)
	}
	if !m.Consistent() || !m.ReadsBody() || m.Requests[3].Consistency != nil {
		t.Error("a mix of reads and writes is not known as one")
	}
	m = m.Versioned("ab-3-")
	var keys Keys
	for k, want := range []struct{ url, header, body, key string }{
		{"/items/0?v=ab-3-0", "", "", "0"},
		{"/items/1", "ab-3-1", `{"item": 7, "v": "ab-3-1"}`, "7"},
		{"/items/2", "", "", "2"},
	} {
		r, err := m.Render(uint64(k), time.Time{})
		if err != nil {
			t.Fatal(err)
		}
		_, _ = keys.Of(&m.Requests[k], uint64(k), time.Time{})
		key, ok := keys.Of(&m.Requests[k], uint64(k), time.Time{}) // once found, and once known
		if r.URL.RequestURI() != want.url || r.Header.Get("X-Version") != want.header || string(r.Body) != want.body || !ok || string(key) != want.key {
			t.Errorf("request %d: %s, %q, %q, key %q, want %+v", k, r.URL.RequestURI(), r.Header.Get("X-Version"), r.Body, key, want)
		}
	}
}

// A plan of which no request could be judged is refused; one key among many draws suffices.
func TestKeyIsInTheRequest(t *testing.T) {
	of := func(expression string) *Consistency {
		return &Consistency{Key: mustExtract(t, ParseRequestExtract, expression)}
	}
	for _, tc := range []struct {
		r    Request
		want string
	}{
		{Request{URL: "http://h/items/{{seq}}", Consistency: of("path~^/items/([0-9]+)")}, ""},
		{Request{URL: "http://h/items?id={{seq}}", Consistency: of("path~id=([0-9]+)")}, ""},
		{Request{URL: "http://h/{{uniform 1 200}}", Consistency: of("path~^/(7)$")}, ""},
		{Request{URL: "http://h/", Body: `{"id":{{seq}}}`, Consistency: of(`body~"id":([0-9]+)`)}, ""},
		{Request{URL: "http://h/items/{{seq}}", Consistency: of("path~^/things/([0-9]+)")}, `request "GET /items/{{seq}}": consistency: key: the regular expression finds nothing in what is sent`},
		{Request{URL: "http://h/items/{{seq}}", Consistency: of("body~([0-9]+)")}, "finds nothing in what is sent"},
	} {
		_, err := NewMix([]Request{tc.r}, Selection{})
		if got := fmt.Sprint(err); tc.want == "" && err != nil || !strings.Contains(got, tc.want) {
			t.Errorf("%+v: %v, want %q", tc.r, err, tc.want)
		}
	}
}

func TestVersionIsOfWrites(t *testing.T) {
	key := mustExtract(t, ParseRequestExtract, "path~(.*)")
	for _, tc := range []struct {
		r    Request
		want string
	}{
		{Request{URL: "http://h/{{version}}"}, "{{version}} stands in a request that is no write"},
		{Request{URL: "http://h/", Body: "{{version}}", Consistency: &Consistency{Key: key}}, "{{version}} stands in a request that is no write"},
		{Request{URL: "http://h/", Header: http.Header{"A": {"{{version}}"}}}, "{{version}} stands in a request that is no write"},
		{Request{URL: "http://h/", Consistency: &Consistency{Write: true, Key: key}}, "a write sends its version where {{version}} stands"},
		{Request{URL: "http://h/{{version 3}}"}, "version takes nothing"},
	} {
		if err := tc.r.Check(); err == nil || !strings.Contains(err.Error(), tc.want) {
			t.Errorf("%+v: %v, want %q", tc.r, err, tc.want)
		}
	}
}
