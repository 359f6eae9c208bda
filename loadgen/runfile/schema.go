package runfile

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

// generateSchema describes the run file from its types.
func generateSchema() (*jsonschema.Schema, error) {
	return SchemaOf[File]("bench run file", SchemaVersion)
}

// SchemaOf describes the JSON of a type of this package, or of one made of them, whose key schema has the version. Keys that
// are not known are allowed: later versions add some. Named types of strings that enums holds are described by their values.
func SchemaOf[T any](title string, version int, enums ...Enum) (*jsonschema.Schema, error) {
	types := map[reflect.Type]*jsonschema.Schema{reflect.TypeFor[time.Time](): {Type: "string", Format: "date-time"}, reflect.TypeFor[Written](): {Type: "string"}}
	for _, e := range append(enums, EnumOf(HostLimited, GeneratorLimited, TargetLimited, Valid),
		EnumOf(ClassOK, ClassHit, ClassMiss, ClassFailed), EnumOf(Recovered, NotRecovered, NotMeasurable),
		EnumOf(Sequential), EnumOf(GroupByName, GroupByPattern)) {
		types[e.kind] = &jsonschema.Schema{Type: "string", Enum: e.values}
	}
	s, err := jsonschema.For[T](&jsonschema.ForOptions{TypeSchemas: types})
	if err != nil {
		return nil, err
	}
	s.Title = title
	s.Schema = "https://json-schema.org/draft/2020-12/schema"
	s.Properties["schema"] = &jsonschema.Schema{Type: "integer", Const: jsonschema.Ptr[any](version)}
	adjust(s)
	return s, nil
}

// Enum is a type of strings with its values.
type Enum struct {
	kind   reflect.Type
	values []any
}

// EnumOf makes an enum of the values of a type.
func EnumOf[T ~string](values ...T) Enum {
	e := Enum{kind: reflect.TypeFor[T]()}
	for _, v := range values {
		e.values = append(e.values, string(v))
	}
	return e
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
var runSchema = sync.OnceValues(func() (*jsonschema.Resolved, error) { return ResolveSchema(RunSchema) })

// ResolveSchema makes a schema ready to validate.
func ResolveSchema(source []byte) (*jsonschema.Resolved, error) {
	var s jsonschema.Schema
	if err := json.Unmarshal(source, &s); err != nil {
		return nil, err
	}
	return s.Resolve(nil)
}
