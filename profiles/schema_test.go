package profiles

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"
	"github.com/google/jsonschema-go/jsonschema"
)

func testSchema(t *testing.T) (*jsonschema.Schema, *jsonschema.Resolved) {
	t.Helper()
	var s jsonschema.Schema
	if err := json.Unmarshal(TestSchema, &s); err != nil {
		t.Fatal(err)
	}
	resolved, err := s.Resolve(nil)
	if err != nil {
		t.Fatal(err)
	}
	return &s, resolved
}

// valid says whether the schema takes a test file.
func valid(t *testing.T, s *jsonschema.Resolved, text string) error {
	t.Helper()
	data, err := yaml.YAMLToJSON([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	var instance any
	if err := json.Unmarshal(data, &instance); err != nil {
		t.Fatal(err)
	}
	return s.Validate(instance)
}

func TestSchemaTakesWhatParseTakes(t *testing.T) {
	_, s := testSchema(t)
	texts := []string{requestsFile, journeysFile}
	for _, name := range Builtins() {
		source, _ := Builtin(name)
		texts = append(texts, string(source))
	}
	for _, text := range texts {
		if _, err := Parse("f.yaml", []byte(text)); err != nil {
			t.Fatal(err)
		}
		if err := valid(t, s, text); err != nil {
			t.Errorf("%v in\n%s", err, text)
		}
	}
	head := "name: x\nphases:\n  - name: a\n    kind: hold\n    duration: 1s\n"
	for _, text := range []string{
		"name: x\n",
		head,
		head + "    rate: fast\n",
		head + "    rate: 1/s\n    from: 1/s\n    to: 2/s\n",
		head + "    from: 1/s\n",
		head + "    rate: 1/s\nunknown: 1\n",
		"version: 3\n" + head + "    rate: 1/s\n",
		strings.Replace(head, "1s", "soon", 1) + "    rate: 1/s\n",
		strings.Replace(head, "hold", "held", 1) + "    rate: 1/s\n",
		head + "    rate: 1/s\nrequests:\n  - path: items\n",
		head + "    rate: 1/s\nlimits:\n  connections: 0\n",
		head + "    rate: 1/s\nlimits:\n  requests: 0\n",
		head + "    rate: 1/s\nlimits:\n  body: 1 GiB\n",
		head + "    rate: 1/s\nwarm_up: soon\n",
		head + "    rate: 1/s\nthresholds: []\n",
		head + "    rate: 1/s\nslo: {p99: 1s}\n",
		head + "    rate: 1/s\noutputs: [[a]]\n",
		head + "    rate: 1/s\nhit_when: [a]\n",
		head + "    rate: 1/s\norigin: {metrics: 'http://h/'}\n",
		head + "    rate: 1/s\norigin: {url: 'http://h/'}\n",
		head + "    rate: 1/s\nrequests:\n  - path: /\n    expect: []\n",
	} {
		_, parse := Parse("f.yaml", []byte(text))
		if schema := valid(t, s, text); parse == nil || schema == nil {
			t.Errorf("Parse says %v, the schema says %v of\n%s", parse, schema, text)
		}
	}
}

// Every key that Parse knows is in the schema, and no other.
func TestSchemaKnowsTheKeys(t *testing.T) {
	s, _ := testSchema(t)
	for _, tc := range []struct {
		known []string
		in    *jsonschema.Schema
	}{
		{fileKeys, s}, {phaseKeys, s.Properties["phases"].Items}, {requestKeys, s.Properties["requests"].Items}, {limitKeys, s.Properties["limits"]}, {originKeys, s.Properties["origin"]},
		{journeyKeys, s.Properties["journeys"].Items}, {stepKeys, s.Properties["journeys"].Items.Properties["steps"].Items},
	} {
		for _, key := range tc.known {
			if tc.in.Properties[key] == nil {
				t.Errorf("the schema lacks %s", key)
			}
		}
		for key, property := range tc.in.Properties {
			if property.Description == "" {
				t.Errorf("the schema does not say what %s is", key)
			}
			if !slices.Contains(tc.known, key) {
				t.Errorf("Parse does not know %s", key)
			}
		}
	}
}
