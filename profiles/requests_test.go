package profiles

import (
	"reflect"
	"strings"
	"testing"
	"time"
)

const requestsFile = `name: shop
phases:
  - name: load
    kind: hold
    duration: 10s
    rate: 100/s
requests:
  - name: item
    weight: 3
    path: /items/{{zipf 1000 1.1}}?q={{uniform 1 9}}
    headers: ["Accept: application/json", "X-Test: a: b"]
  - path: /cart
    method: post
    body: '{"item": {{seq}}}'
limits:
  connections: 64
  timeout: 5s
  drain: 2s
  deadline: 1500ms
  requests: 10000
  no-keepalive: true
`

func TestParseRequestsAndLimits(t *testing.T) {
	got, err := Parse("shop.yaml", []byte(requestsFile))
	if err != nil {
		t.Fatal(err)
	}
	want := []Request{
		{Name: "item", Weight: 3, Path: "/items/{{zipf 1000 1.1}}?q={{uniform 1 9}}", Headers: []string{"Accept: application/json", "X-Test: a: b"}, Line: 8},
		{Method: "POST", Path: "/cart", Body: `{"item": {{seq}}}`, Line: 12},
	}
	if !reflect.DeepEqual(got.Requests, want) {
		t.Errorf("requests %+v\nwant     %+v", got.Requests, want)
	}
	if want := (Limits{64, 5 * time.Second, 2 * time.Second, 1500 * time.Millisecond, 10_000, true}); got.Limits != want {
		t.Errorf("limits %+v, want %+v", got.Limits, want)
	}
	again, err := Parse("again.yaml", got.YAML())
	if err != nil {
		t.Fatalf("%v in\n%s", err, got.YAML())
	}
	for _, f := range []*File{&got, &again} {
		for i := range f.Requests {
			f.Requests[i].Line = 0
		}
	}
	if !reflect.DeepEqual(again, got) {
		t.Errorf("written and read, it is %+v, and was %+v", again, got)
	}
}

func TestParseRefusesBadRequestsAndLimits(t *testing.T) {
	head, _, _ := strings.Cut(requestsFile, "requests:")
	for text, want := range map[string]string{
		"requests: none":                                `f.yaml:7: requests must be a list`,
		"requests: []":                                  `f.yaml:7: requests must list 1 to 1000 requests, got 0`,
		"requests:\n  - name: x":                        `f.yaml:8: request 1: path missing; add one such as`,
		"requests:\n  - path: items":                    `f.yaml:8: request 1: path must begin with a slash, got "items"`,
		"requests:\n  - path: http://h/":                `path must begin with a slash`,
		"requests:\n  - path: /\n    weight: -1":        `f.yaml:9: request 1: weight must be a number above 0, got "-1"`,
		"requests:\n  - path: /\n    wieght: 1":         `f.yaml:9: request 1: unknown key "wieght": did you mean "weight"?`,
		"requests:\n  - path: /\n    headers: [C4N4RY]": `f.yaml:9: request 1: a header is written in quotes`,
		"limits: 5":                    `f.yaml:7: limits: limits is a mapping`,
		"limits:\n  timeout: soon":     `f.yaml:8: limits: timeout must be a duration above 0 such as 10s, got "soon"`,
		"limits:\n  requests: 1e6":     `f.yaml:8: limits: requests must be a whole number above 0, got "1e6"`,
		"limits:\n  no-keepalive: off": `f.yaml:8: limits: no-keepalive must be true or false, got "off"`,
		"limits:\n  connections: 0":    `f.yaml:8: limits: connections must be a whole number above 0, got "0"`,
	} {
		_, err := Parse("f.yaml", []byte(head+text+"\n"))
		if err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "C4N4RY") {
			t.Errorf("%q: error %v, want one with %q", text, err, want)
		}
	}
}
