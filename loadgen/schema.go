package loadgen

import (
	_ "embed"
	"encoding/json"
	"reflect"
	"slices"
	"sync"
	"time"

	"github.com/google/jsonschema-go/jsonschema"
)

// RunSchema is the JSON Schema (draft 2020-12) of the run file. It is generated from the types of this package and
// kept beside them; a test holds the two together.
//
//go:embed run.schema.json
var RunSchema []byte

// generateSchema describes the run file from its types. Keys that are not known are allowed: later versions add some.
func generateSchema() (*jsonschema.Schema, error) {
	enum := func(values ...any) *jsonschema.Schema { return &jsonschema.Schema{Type: "string", Enum: values} }
	s, err := jsonschema.For[File](&jsonschema.ForOptions{TypeSchemas: map[reflect.Type]*jsonschema.Schema{
		reflect.TypeFor[time.Time]():     {Type: "string", Format: "date-time"},
		reflect.TypeFor[VerdictKind]():   enum(string(HostLimited), string(GeneratorLimited), string(TargetLimited), string(Valid)),
		reflect.TypeFor[Class]():         enum(string(ClassOK), string(ClassHit), string(ClassMiss), string(ClassFailed)),
		reflect.TypeFor[RecoveryState](): enum(string(Recovered), string(NotRecovered), string(NotMeasurable)),
	}})
	if err != nil {
		return nil, err
	}
	s.Title = "bench run file"
	s.Schema = "https://json-schema.org/draft/2020-12/schema"
	s.Properties["schema"] = &jsonschema.Schema{Type: "integer", Const: jsonschema.Ptr[any](SchemaVersion)}
	adjust(s)
	return s, nil
}

// adjust allows unknown keys in s and all below it, and forbids null, which Go reads as an empty value.
func adjust(s *jsonschema.Schema) {
	if s == nil {
		return
	}
	s.AdditionalProperties = nil
	if len(s.Types) > 0 {
		s.Types = slices.DeleteFunc(s.Types, func(t string) bool { return t == "null" })
		s.Type, s.Types = s.Types[0], nil
	}
	adjust(s.Items)
	for _, p := range s.Properties {
		adjust(p)
	}
}

// runSchema returns the embedded schema, ready to validate.
var runSchema = sync.OnceValues(func() (*jsonschema.Resolved, error) {
	var s jsonschema.Schema
	if err := json.Unmarshal(RunSchema, &s); err != nil {
		return nil, err
	}
	return s.Resolve(nil)
})
