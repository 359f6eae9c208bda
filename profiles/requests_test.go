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
    expect: status=201
warm_up: 2s
expect:
  - status=200
  - "body~^[{]"
hit_when: X-Cache~hit
thresholds: ["p99<200ms", "errors<1%"]
abort_on: errors>5%
slo: p95<100
outputs:
  - junit=t.xml
limits:
  connections: 64
  timeout: 5s
  drain: 2s
  deadline: 1500ms
  requests: 10000
  no_keepalive: true
  body: 64 KiB
`

func TestParseRequestsAndLimits(t *testing.T) {
	got, err := Parse("shop.yaml", []byte(requestsFile))
	if err != nil {
		t.Fatal(err)
	}
	want := []Request{
		{Name: "item", Weight: 3, Path: "/items/{{zipf 1000 1.1}}?q={{uniform 1 9}}", Headers: []string{"Accept: application/json", "X-Test: a: b"}, Line: 8},
		{Method: "POST", Path: "/cart", Body: `{"item": {{seq}}}`, Expect: []Text{{"status=201", 15}}, Line: 12},
	}
	if !reflect.DeepEqual(got.Requests, want) {
		t.Errorf("requests %+v\nwant     %+v", got.Requests, want)
	}
	texts := [][]Text{
		{{"status=200", 18}, {"body~^[{]", 19}}, {{"X-Cache~hit", 20}}, {{"p99<200ms", 21}, {"errors<1%", 21}}, {{"errors>5%", 22}}, {{"p95<100", 23}}, {{"junit=t.xml", 25}},
	}
	if read := [][]Text{got.Expect, {got.HitWhen}, got.Thresholds, got.AbortOn, got.SLO, got.Outputs}; !reflect.DeepEqual(read, texts) || got.WarmUp != 2*time.Second {
		t.Errorf("texts %v, want %v; warm-up %v", read, texts, got.WarmUp)
	}
	if want := (Limits{64, 5 * time.Second, 2 * time.Second, 1500 * time.Millisecond, 10_000, true, 64 << 10}); got.Limits != want {
		t.Errorf("limits %+v, want %+v", got.Limits, want)
	}
	again, err := Parse("again.yaml", got.YAML())
	if err != nil {
		t.Fatalf("%v in\n%s", err, got.YAML())
	}
	for _, f := range []*File{&got, &again} {
		f.HitWhen.Line = 0
		lists := [][]Text{f.Expect, f.Thresholds, f.AbortOn, f.SLO, f.Outputs}
		for i := range f.Requests {
			f.Requests[i].Line = 0
			lists = append(lists, f.Requests[i].Expect)
		}
		for _, list := range lists {
			for i := range list {
				list[i].Line = 0
			}
		}
	}
	if !reflect.DeepEqual(again, got) {
		t.Errorf("written and read, it is %+v, and was %+v", again, got)
	}
}

// A body's file is named as everybody writes it, though YAML wants an @ to be quoted.
func TestBodyFilesNeedNoQuotes(t *testing.T) {
	head, _, _ := strings.Cut(requestsFile, "requests:")
	for text, want := range map[string]Request{
		"    body: @a b.bin\n":                      {Path: "/", Body: "@a b.bin"},
		"    body: @a#b.bin   # a remark\r\n":       {Path: "/", Body: "@a#b.bin"},
		"    body_template: @dir/{{x}}.json":        {Path: "/", BodyTemplate: "@dir/{{x}}.json"},
		"    body: '@a'\n    body_template: \"@b\"": {Path: "/", Body: "@a", BodyTemplate: "@b"},
	} {
		got, err := Parse("f.yaml", []byte(head+"requests:\n  - path: /\n"+text))
		if err != nil {
			t.Errorf("%q: %v", text, err)
			continue
		}
		if want.Line = got.Requests[0].Line; !reflect.DeepEqual(got.Requests[0], want) {
			t.Errorf("%q: %+v, want %+v", text, got.Requests[0], want)
		}
		if again, err := Parse("again.yaml", got.YAML()); err != nil || again.Requests[0].Body != want.Body || again.Requests[0].BodyTemplate != want.BodyTemplate {
			t.Errorf("%q: written and read, it is %+v, %v", text, again.Requests, err)
		}
	}
	if got, err := Parse("f.yaml", []byte(head+"requests:\n  - body: @a\n    path: /\n")); err != nil || got.Requests[0].Body != "@a" {
		t.Errorf("first of its keys: %+v, %v", got.Requests, err)
	}
	if _, err := Parse("f.yaml", []byte(head+"requests:\n  - path: @a\n")); err == nil || !strings.Contains(err.Error(), "f.yaml:8: not valid YAML: '@' is a reserved character") {
		t.Errorf("a path: %v", err)
	}
	if _, err := Parse("f.yaml", []byte(head+"requests:\n  - path: /\n    body: \"C4N4RY {{C4N4RY}}\n")); err == nil || strings.Contains(err.Error(), "C4N4RY") {
		t.Errorf("an open quote: %v", err)
	}
}

func TestParseRefusesBadRequestsAndLimits(t *testing.T) {
	head, _, _ := strings.Cut(requestsFile, "requests:")
	for text, want := range map[string]string{
		"requests: none":                                `f.yaml:7: requests must be a list`,
		"requests: []":                                  `f.yaml:7: requests must list 1 to 1000 requests, got 0`,
		"requests:\n  - name: x":                        `f.yaml:8: request 1: path missing; add one such as`,
		"requests:\n  - path: items":                    `f.yaml:8: request 1: path must begin with a slash, or with the ? of a query; the host is the target's`,
		"requests:\n  - path: http://h/":                `path must begin with a slash`,
		"requests:\n  - path: /\n    weight: -1":        `f.yaml:9: request 1: weight must be a number above 0, got "-1"`,
		"requests:\n  - path: /\n    wieght: 1":         `f.yaml:9: request 1: unknown key "wieght": did you mean "weight"?`,
		"requests:\n  - path: /\n    headers: [C4N4RY]": `f.yaml:9: request 1: a header is written in quotes`,
		"requests:\n  - path: /\n    expect: []":        `f.yaml:9: request 1: expect must list 1 to 1000 texts, got 0`,
		"expect: {status: 200}":                         `f.yaml:7: expect must be a list, got a mapping`,
		"thresholds: [[a]]":                             `f.yaml:7: thresholds holds a text in quotes for each item, got a list`,
		"slo:":                                          `f.yaml:7: slo must be a list, got nothing`,
		"outputs: []":                                   `f.yaml:7: outputs must list 1 to 1000 texts, got 0`,
		"warm_up: 5":                                    `f.yaml:7: duration must be a number with a unit such as 500ms, 8s or 1h30m, got "5"`,
		"warm_up: -5s":                                  `f.yaml:7: warm_up must be above 0, got "-5s"`,
		"hit_when: [a]":                                 `f.yaml:7: hit_when must be a single value, got a list`,
		"hit_when: a~b\nhit_when: a":                    `f.yaml:8: key "hit_when" is given twice, first on line 7; keep one`,
		"threshold: p99<1s":                             `f.yaml:7: unknown key "threshold": did you mean "thresholds"?`,
		"limits: 5":                                     `f.yaml:7: limits: limits is a mapping`,
		"limits:\n  timeout: soon":                      `f.yaml:8: limits: timeout must be a duration above 0 such as 10s, got "soon"`,
		"limits:\n  requests: 1e6":                      `f.yaml:8: limits: requests must be a whole number above 0, got "1e6"`,
		"limits:\n  no_keepalive: off":                  `f.yaml:8: limits: no_keepalive must be true or false, got "off"`,
		"limits:\n  body: 65 MiB":                       `f.yaml:8: limits: body must be a size of 1 to 64MiB such as 256KiB, got "65 MiB"`,
		"limits:\n  connections: 0":                     `f.yaml:8: limits: connections must be a whole number above 0, got "0"`,
	} {
		_, err := Parse("f.yaml", []byte(head+text+"\n"))
		if err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "C4N4RY") {
			t.Errorf("%q: error %v, want one with %q", text, err, want)
		}
	}
}
