package request

import (
	"math"
	"net/http"
	"strings"
	"testing"
	"time"
)

func TestRequestsAreDrawnByWeight(t *testing.T) {
	m, err := NewMix([]Request{
		{URL: "http://h/a", Weight: 5}, {URL: "http://h/b", Weight: 3}, {URL: "http://h/c"},
		{URL: "http://h/d", Weight: 0.5}, {URL: "http://h/e", Weight: 0.5},
	}, Selection{Seed: 4})
	if err != nil {
		t.Fatal(err)
	}
	const n = 100_000
	counts := make([]float64, 5)
	for k := range uint64(n) {
		counts[m.Index(k)]++
	}
	for i, share := range []float64{0.5, 0.3, 0.1, 0.05, 0.05} {
		if sd := math.Sqrt(n * share * (1 - share)); math.Abs(counts[i]-n*share) > 4*sd {
			t.Errorf("request %d was drawn %v times, want %v ± %v", i, counts[i], n*share, 4*sd)
		}
	}
}

func TestRequestIsAFunctionOfSeedAndNumber(t *testing.T) {
	requests := []Request{{URL: "http://h/{{zipf 1000 1.1}}?q={{uniform 1 1000000}}", Body: "{{uniform 1 1000000}}", Method: "POST"}}
	render := func(seed, k uint64) string {
		m, err := NewMix(requests, Selection{Seed: seed})
		if err != nil {
			t.Fatal(err)
		}
		r, err := m.Render(k, time.Time{})
		if err != nil {
			t.Fatal(err)
		}
		return r.URL.String() + " " + string(r.Body)
	}
	for k := range uint64(50) {
		if a, b := render(1, k), render(1, k); a != b {
			t.Errorf("request %d is %q and %q under one seed", k, a, b)
		}
		if a, b := render(1, k), render(2, k); a == b {
			t.Errorf("request %d is %q under two seeds", k, a)
		}
	}
}

func TestRequestRefuses(t *testing.T) {
	for url, want := range map[string]string{
		"":                            "it must begin with http:// or https://",
		"ftp://h/":                    "it must begin with http:// or https://",
		"http://":                     "and a host",
		"http:///path":                "and a host",
		"http://?a={{seq}}":           "and a host",
		"http://{{abc}}/":             "the host must be the same",
		"http://h{{pick abc@d}}/":     "the host must be the same",
		"http://h:{{seq}}?a=b":        "the host must be the same",
		"{{abc}}://h/":                "the host must be the same",
		"http://h/{{zipf abc}}":       "URL: the {{…}} of 12 bytes, 9 bytes from its beginning, is wrong: zipf takes",
		"http://u:abc@h/{{abc}}":      "URL: the {{…}} of 7 bytes, 15 bytes from its beginning, is no value",
		"http://h?a={{abc}}":          "URL: the {{…}} of 7 bytes, 11 bytes from its beginning, is no value",
		"http://h:port/?secret=abc":   "is no host and port",
		"http://u:abc/d@h/":           "percent-encode / ? and #",
		"http://us%zzer@h/":           "percent-encode it",
		"http://h/abc%":               "URL: the % of 1 byte, 12 bytes from its beginning, has no two hexadecimal digits behind it; write %25",
		"http://u:abc@h/%4x":          "URL: the % of 1 byte, 15 bytes from its beginning, has no",
		"http://h/{{seq}}%zz":         "URL: the % of 1 byte, 16 bytes from its beginning, has no",
		"http://h/{{{{%4":             "URL: the % of 1 byte, 13 bytes from its beginning, has no",
		"http://h/?q=100%&secret=abc": "URL: the % of 1 byte, 15 bytes from its beginning, has no",
		"http://h/%4{{uniform 0 9}}":  "URL: the % of 1 byte, 9 bytes from its beginning, has no",
	} {
		_, err := NewMix([]Request{{URL: url}}, Selection{Seed: 1})
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: error %v, want one with %q", url, err, want)
		}
		if err != nil && strings.Contains(err.Error(), "abc") {
			t.Errorf("%q: the error shows a query value: %v", url, err)
		}
	}
	if _, err := NewMix([]Request{{URL: "http://h/", Method: "BAD METHOD"}}, Selection{Seed: 1}); err == nil {
		t.Error("a method with a space was taken")
	}
	if _, err := NewMix(nil, Selection{Seed: 1}); err == nil {
		t.Error("a plan without requests was taken")
	}
}

func TestUserInformationBecomesBasicAuthentication(t *testing.T) {
	m, err := NewMix([]Request{{URL: "http://alice:p%40ss@h/"}}, Selection{Seed: 1})
	if err != nil {
		t.Fatal(err)
	}
	sent, err := m.Render(0, time.Time{})
	if err != nil {
		t.Fatal(err)
	}
	r := http.Request{Header: sent.Header}
	if user, password, ok := r.BasicAuth(); user != "alice" || password != "p@ss" || !ok {
		t.Errorf("basic authentication of %q, %q, %v", user, password, ok)
	}
}

// Values from a file are anything; in a URL they must not become more than the value they are.
func TestValuesAreEscapedInURLs(t *testing.T) {
	m, err := NewMix([]Request{{
		URL:  "http://h/{{csv testdata/users.csv name}}/x?q={{csv testdata/users.csv name}}&w={{pick a/b&c=d}}",
		Body: "{{csv testdata/users.csv name}}",
	}}, Selection{Seed: 1})
	if err != nil {
		t.Fatal(err)
	}
	r, err := m.Render(1, time.Time{})
	if err != nil {
		t.Fatal(err)
	}
	if want := "/O%27Neill%2C%20Ann/x?q=O%27Neill%2C+Ann&w=a%2Fb%26c%3Dd"; r.URL.RequestURI() != want {
		t.Errorf("%s, want %s", r.URL.RequestURI(), want)
	}
	if r.URL.Query().Get("q") != "O'Neill, Ann" || string(r.Body) != "O'Neill, Ann" {
		t.Errorf("q is %q and the body %q", r.URL.Query().Get("q"), r.Body)
	}
}
