package profiles

import (
	"reflect"
	"strings"
	"testing"
)

const consistencyFile = `name: x
phases: [{name: a, kind: hold, duration: 1s, rate: 5}]
requests:
  - path: /items/{{zipf 100 1.1}}
    consistency: {role: read, key: 'path~^/items/([0-9]+)', version: 'header:X-Version'}
  - path: /items/{{zipf 100 1.1}}
    method: PUT
    body: "{{version}}"
    consistency:
      role: write
      key: body~(.)
`

func TestParseConsistency(t *testing.T) {
	f, err := Parse("x.yaml", []byte(consistencyFile))
	if err != nil {
		t.Fatal(err)
	}
	want := []*Consistency{
		{Key: Text{"path~^/items/([0-9]+)", 5}, Version: Text{"header:X-Version", 5}},
		{Write: true, Key: Text{"body~(.)", 11}},
	}
	if got := []*Consistency{f.Requests[0].Consistency, f.Requests[1].Consistency}; !reflect.DeepEqual(got, want) {
		t.Errorf("%+v %+v", got[0], got[1])
	}
	again, err := Parse("again.yaml", f.YAML())
	if err != nil {
		t.Fatal(err)
	}
	for i, r := range again.Requests {
		got, want := *r.Consistency, *want[i]
		if got.Key.Text != want.Key.Text || got.Version.Text != want.Version.Text || got.Write != want.Write {
			t.Errorf("written and read, it is %+v, and was %+v", got, want)
		}
	}
	for from, cases := range map[string]map[string]string{
		"{role: read, key: 'path~^/items/([0-9]+)', version: 'header:X-Version'}": {
			"{key: a, version: b}":               `5: request 1: consistency: role missing; add "role: read" or "role: write"`,
			"{role: reads, key: a, version: b}":  `5: request 1: consistency: role must be read or write, got "reads"`,
			"{role: read, version: b}":           `5: request 1: consistency: key missing; add one such as`,
			"{role: read, key: a}":               `5: request 1: consistency: version missing; say where a read's answer has it`,
			"{role: write, key: a, version: b}":  `5: request 1: consistency: a write sends its version where {{version}} stands`,
			"{role: read, kee: a, version: b}":   `5: request 1: consistency: unknown key "kee": did you mean "key"?`,
			"{role: read, key: [a], version: b}": `5: request 1: consistency: key must be a single value, got a list`,
			"read":                               `5: request 1: consistency: consistency is a mapping with the keys role, key, version, got "read"`,
		},
	} {
		for to, want := range cases {
			_, err := Parse("x.yaml", []byte(strings.Replace(consistencyFile, from, to, 1)))
			if err == nil || !strings.HasPrefix(err.Error(), "x.yaml:"+want) {
				t.Errorf("%s: %v, want %s", to, err, want)
			}
		}
	}
}
