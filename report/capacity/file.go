package capacity

import (
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"sync"

	"github.com/google/jsonschema-go/jsonschema"

	"github.com/seed-5a006608/bench/loadgen/runfile"
)

// FileSchema is the JSON Schema (draft 2020-12) of the capacity file. It is generated from the types of this package and
// kept beside them; a test holds the two together.
//
//go:embed capacity.schema.json
var FileSchema []byte

// Kind is the "kind" of a capacity file.
const Kind = "capacity"

const kindOfFile = "capacity file"

func generateSchema() (*jsonschema.Schema, error) {
	return runfile.SchemaOf[File]("bench "+kindOfFile, SchemaVersion,
		runfile.EnumOf(Found, Everywhere, Nowhere, Limited, OutOfTime, Unconfirmed, Undecided),
		runfile.EnumOf(Requests, Journeys),
		runfile.EnumOf(Interrupted, OwnProcessors, TooLate, NotSent, Behind, ServedLess, Missed, Unsure, TooFew),
		runfile.EnumOf("", Staircase, Growing, Light, Bursts, Bisection, Edge, Overload, Confirmation))
}

var fileSchema = sync.OnceValues(func() (*jsonschema.Resolved, error) { return runfile.ResolveSchema(FileSchema) })

// Encode writes the capacities of one target or several as JSON.
func Encode(w io.Writer, list []*Capacity) error {
	if len(list) == 0 {
		return errors.New("there is no capacity to write")
	}
	f := File{Schema: SchemaVersion, Kind: Kind, Capacity: list[0]}
	if len(list) > 1 {
		f.Targets = list
	}
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	return e.Encode(f)
}

// IsFile reports whether JSON, possibly cut off, is a capacity file rather than a run file.
func IsFile(data []byte) bool {
	var head struct {
		Capacity json.RawMessage `json:"capacity"`
		Runs     json.RawMessage `json:"runs"`
	}
	return json.Unmarshal(data, &head) == nil && head.Capacity != nil && head.Runs == nil
}

// Decode reads and validates an untrusted capacity file, and returns the capacity of each target. Every figure must be one
// that a measurement can have; a plan is computed again from its inputs, so that all its figures follow from them. Errors
// begin with name.
func Decode(name string, data []byte) ([]*Capacity, error) {
	var head struct {
		Schema *int `json:"schema"`
	}
	if err := json.Unmarshal(data, &head); err == nil && (head.Schema == nil || *head.Schema != SchemaVersion) {
		return nil, fmt.Errorf("%s: this bench reads capacity files of schema %d, and it has another: use the bench that wrote it", name, SchemaVersion)
	}
	schema, err := fileSchema()
	if err != nil {
		return nil, err
	}
	var f File
	if err := runfile.DecodeDocument(name, kindOfFile, data, schema, &f); err != nil {
		return nil, err
	}
	list := f.Targets
	if len(list) == 0 {
		list = []*Capacity{f.Capacity}
	}
	if len(list) > mostTargets {
		return nil, fmt.Errorf("%s: is damaged: it has %d targets, more than %d", name, len(list), mostTargets)
	}
	for i, c := range list {
		if err := c.check(); err != nil {
			return nil, fmt.Errorf("%s: is damaged or was edited: target %d: %w", name, i+1, err)
		}
		if c.Plan == nil {
			continue
		}
		in := c.Plan.Inputs
		if err := in.check(); err != nil {
			return nil, fmt.Errorf("%s: is damaged or was edited: the plan of target %d: %w", name, i+1, err)
		}
		in.Simulate = len(c.Plan.Simulations) > 0
		if c.Plan, err = MakePlan(in, c); err != nil {
			return nil, fmt.Errorf("%s: the plan of target %d: %w", name, i+1, err)
		}
	}
	return list, nil
}
