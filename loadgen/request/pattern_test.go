package request

import "testing"

func TestPatterns(t *testing.T) {
	for name, want := range map[string]string{
		"GET /item/123":                                 "GET /item/{n}",
		"GET /item/123?page=…&x=…":                      "GET /item/{n}?page=…&x=…",
		"GET /v1/a1/2b":                                 "GET /v1/a1/2b",
		"GET /2026/11/29/title-of-it.html":              "GET /{n}/{n}/{n}/title-of-it.html",
		"GET /img/123.png":                              "GET /img/{n}.png",
		"GET /product-42":                               "GET /product-{n}",
		"GET /u/9b2f0c1e-1111-4222-8333-abcdefabcdef":   "GET /u/{n}",
		"GET /u/9B2F0C1E-1111-4222-8333-ABCDEFABCDEF/x": "GET /u/{n}/x",
		"GET /u/9b2f0c1e-1111-4222-8333-abcdefabcdefg":  "GET /u/9b2f0c1e-{n}-{n}-{n}-abcdefabcdefg",
		"GET /o/507f1f77bcf86cd799439011":               "GET /o/{n}",
		"GET /o/deadbeef":                               "GET /o/deadbeef",
		"GET /o/507f1f77bcf86cd799439011.json":          "GET /o/{n}.json",
		"GET /z/{{zipf 1000 1.1}}/7":                    "GET /z/{{zipf 1000 1.1}}/7",
		"GET /":                                         "GET /",
		"":                                              "",
	} {
		if got := string(appendPattern(nil, []byte(name))); got != want {
			t.Errorf("%s: %s, want %s", name, got, want)
		}
	}
}
