package profiles

import (
	"slices"
	"strings"
	"testing"
)

func TestTargetAsAMapping(t *testing.T) {
	const phases = "name: x\nphases: [{name: a, kind: hold, duration: 1s, rate: 3}]\n"
	_, s := testSchema(t)
	for text, want := range map[string][]string{
		"target: cached:aside,ttl=2s\n":                                           {"cached:aside,ttl=2s"},
		"target: {name: cached, strategy: none}\n":                                {"cached:strategy=none"},
		"target: {name: cached}\n":                                                {"cached"},
		"target:\n  name: cached\n  strategy: swr\n  flight: off\n  cold: true\n": {"cached:strategy=swr,flight=off,cold"},
		"target:\n  - {size: 4, name: pooled}\n  - uncached\n":                    {"pooled:size=4", "uncached"},
	} {
		f, err := Parse("f.yaml", []byte(phases+text))
		var got []string
		for _, target := range f.Target {
			got = append(got, target.Text)
		}
		if err != nil || !slices.Equal(got, want) {
			t.Errorf("%s: %v, %v: want %v", text, f.Target, err, want)
		}
		if err := valid(t, s, phases+text); err != nil {
			t.Errorf("%s: the schema refuses it: %v", text, err)
		}
	}
	for text, want := range map[string]string{
		"target: {strategy: aside}\n":                   "f.yaml:3: target: name is missing",
		"target: {name: cached, ttl: [2s]}\n":           "f.yaml:3: target: ttl must be a single value, got a list",
		"target: {name: cached, ttl: 2s, ttl: 3s}\n":    `key "ttl" is given twice`,
		"target: {name: 'cached:aside', ttl: 2s}\n":     `f.yaml:3: target: name must hold no colon, comma or =, got "cached:aside"`,
		"target:\n  name: cached\n  ttl: '2s,size=4'\n": `f.yaml:5: target: ttl must hold no colon, comma or =, got "2s,size=4"`,
	} {
		if _, err := Parse("f.yaml", []byte(phases+text)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %s", text, err, want)
		}
	}
}
