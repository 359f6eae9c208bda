package request

import (
	"net/http"
	"strings"
	"testing"
)

func TestHeadersHoldValues(t *testing.T) {
	t.Setenv("BENCH_TEST_TOKEN", "C4N4RY {{seq}}")
	m, err := NewMix([]Request{{URL: "http://h/", Header: http.Header{
		"X-Id": {"a{{seq}}", "b"}, "Host": {"h{{seq}}.example"}, "Authorization": {"Bearer ${env:BENCH_TEST_TOKEN}"}, "X-When": {"{{now unix}}"},
	}}}, Selection{Seed: 1})
	if err != nil {
		t.Fatal(err)
	}
	for _, k := range []uint64{5, 6} {
		r, err := m.Render(k, noon)
		if err != nil {
			t.Fatal(err)
		}
		n := string(rune('0' + k))
		if got := r.Header["X-Id"]; len(got) != 2 || got[0] != "a"+n || got[1] != "b" {
			t.Errorf("request %d: X-Id %q", k, got)
		}
		if r.Header.Get("Host") != "h"+n+".example" || r.Header.Get("User-Agent") != "bench" || r.Header.Get("X-When") != "1795521600" {
			t.Errorf("request %d: %v", k, r.Header)
		}
		if got := r.Header.Get("Authorization"); got != "Bearer C4N4RY {{seq}}" {
			t.Errorf("a secret was taken for a template: %q", got)
		}
	}
	t.Setenv("BENCH_TEST_TOKEN", "C4N4RY\r\nX-Other: 1")
	for _, tc := range []struct {
		header http.Header
		want   string
	}{
		{http.Header{"X-{{seq}}": {"C4N4RY"}}, "a header's name must be the same for every request"},
		{http.Header{"content-length": {"C4N4RY"}}, "header content-length: bench says itself"},
		{http.Header{"TRAILER": {"C4N4RY"}}, "header TRAILER: bench says itself"},
		{http.Header{"X-A": {"C4N4RY {{seq"}}, "header X-A: the {{ of 2 bytes, 7 bytes from its beginning, has no }} behind it"},
		{http.Header{"X-A": {"C4N4RY {{C4N4RY}}"}}, `header X-A: the {{…}} of 10 bytes, 7 bytes from its beginning, is no value: use zipf`},
		{http.Header{"X-A": {"C4N4RY ${env:C4N4RY"}}, "header X-A: the ${env: of 6 bytes, 7 bytes from its beginning, has no } behind it: a reference is written as ${env:NAME}"},
		{http.Header{"X-A": {"${C4N4RY ${file:C4N4RY{{seq}}"}}, "header X-A: the ${file: of 7 bytes, 9 bytes from its beginning, has no }"},
		{http.Header{"X-A": {"C4N4RY\n"}}, "header X-A: holds a line end"},
		{http.Header{"X-A": {"${env:BENCH_TEST_TOKEN}"}}, "header X-A: holds a line end"},
		{http.Header{"X-A": {"${env:BENCH_TEST_MISSING}"}}, "header X-A: ${env:BENCH_TEST_MISSING}: the environment has no variable"},
		{http.Header{"X-A": {"{{csv testdata/lines.csv 1}}"}}, "header X-A: holds a line end"},
	} {
		_, err := NewMix([]Request{{URL: "http://h/", Header: tc.header}}, Selection{Seed: 1})
		if err == nil || !strings.Contains(err.Error(), tc.want) || strings.Contains(err.Error(), "C4N4RY") {
			t.Errorf("%v: error %v, want one with %q", tc.header, err, tc.want)
		}
	}
}

func TestLoginIsBasicAuthentication(t *testing.T) {
	t.Setenv("BENCH_TEST_PASSWORD", "p:ss")
	for _, tc := range []struct {
		request        Request
		user, password string
		why            string
	}{
		{Request{URL: "http://h/", Login: "ann:${env:BENCH_TEST_PASSWORD}"}, "ann", "p:ss", "a password may hold a colon"},
		{Request{URL: "http://bob:b@h/", Login: "ann:"}, "ann", "", "what is given wins over the URL"},
		{Request{URL: "http://bob:b@h/"}, "bob", "b", "the URL's own"},
		{Request{URL: "http://bob:b@h/", Login: "ann:a", Header: http.Header{"Authorization": {"Basic ZXZlOmU="}}}, "eve", "e", "a header wins over all"},
	} {
		m, err := NewMix([]Request{tc.request}, Selection{Seed: 1})
		if err != nil {
			t.Fatal(err)
		}
		sent, err := m.Render(0, noon)
		if err != nil {
			t.Fatal(err)
		}
		r := http.Request{Header: sent.Header}
		if user, password, ok := r.BasicAuth(); !ok || user != tc.user || password != tc.password {
			t.Errorf("%q, %q, %v, want %q, %q: %s", user, password, ok, tc.user, tc.password, tc.why)
		}
	}
	for login, want := range map[string]string{"C4N4RY": "NAME:PASSWORD", "ann:${env:BENCH_TEST_MISSING}": "no variable BENCH_TEST_MISSING"} {
		_, err := NewMix([]Request{{URL: "http://h/", Login: login}}, Selection{Seed: 1})
		if err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "C4N4RY") {
			t.Errorf("%q: error %v, want one with %q", login, err, want)
		}
	}
}
