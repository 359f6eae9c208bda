package runfile

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/google/jsonschema-go/jsonschema"
)

// maxFileBytes bounds a run file, unpacked.
const maxFileBytes = 256 << 20

// ErrNoRunFile is the error for JSON that is complete but not a run file.
var ErrNoRunFile = errors.New("is no run file")

// Encode writes runs as a run file.
func Encode(w io.Writer, runs []*Run) error {
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	return e.Encode(File{Schema: SchemaVersion, Kind: RunKind, Runs: runs})
}

// WriteFile writes runs to the file at path as [ReplaceFile] does.
func WriteFile(path string, runs []*Run) error {
	return ReplaceFile(path, func(w io.Writer) error { return Encode(w, runs) })
}

// ReadFile reads and validates the run file at path, packed or not. Its errors begin with the path, and for a file that
// is no JSON with the line.
func ReadFile(path string) (*File, error) {
	data, err := ReadBytes(path)
	if err != nil {
		return nil, err
	}
	return decodeRuns(path, data)
}

// ReadBytes reads the file at path, of at most 256 MiB, and unpacks it if it is packed. Its errors begin with the path.
func ReadBytes(path string) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	data, err := readBounded(f)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return data, nil
}

// Decode reads and validates a run file; name stands in its errors. A run file is untrusted: every figure in it is
// compared with the histograms it comes from, so a damaged or edited one is refused.
func Decode(name string, r io.Reader) (*File, error) {
	data, err := readBounded(r)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return decodeRuns(name, data)
}

func decodeRuns(name string, data []byte) (*File, error) {
	var head struct {
		Schema *int              `json:"schema"`
		Kind   string            `json:"kind"`
		Runs   []json.RawMessage `json:"runs"`
	}
	if err := json.Unmarshal(data, &head); err != nil {
		return nil, jsonError(name, "run file", data, err)
	}
	switch {
	case head.Runs == nil && head.Kind != "":
		return nil, fmt.Errorf("%s: %w: it is a %q that holds no runs", name, ErrNoRunFile, Excerpt(head.Kind))
	case head.Schema == nil || head.Runs == nil:
		return nil, fmt.Errorf("%s: %w: it has no schema and runs", name, ErrNoRunFile)
	case *head.Schema != SchemaVersion:
		return nil, fmt.Errorf("%s: has schema %d and this bench reads schema %d: use the bench that wrote it", name, *head.Schema, SchemaVersion)
	case len(head.Runs) == 0:
		return nil, fmt.Errorf("%s: holds no run", name)
	}
	schema, err := runSchema()
	if err != nil {
		return nil, err
	}
	var file File
	if err := DecodeDocument(name, "run file", data, schema, &file); err != nil {
		return nil, err
	}
	for i, run := range file.Runs {
		if err := run.check(); err != nil {
			return nil, fmt.Errorf("%s: is damaged or was edited: run %d: %w", name, i+1, err)
		}
	}
	return &file, nil
}

// DecodeDocument decodes JSON that comes from outside into v. It must follow the schema. Name and kind, such as "run
// file", stand in errors.
func DecodeDocument(name, kind string, data []byte, schema *jsonschema.Resolved, v any) error {
	var instance any
	if err := json.Unmarshal(data, &instance); err != nil {
		return jsonError(name, kind, data, err)
	}
	if err := schema.Validate(instance); err != nil {
		return fmt.Errorf("%s: is damaged: %w", name, err)
	}
	if err := json.Unmarshal(data, v); err != nil {
		return jsonError(name, kind, data, err)
	}
	return nil
}

// DecodeKind decodes JSON that comes from outside, of one kind of document, such as "mirror file", and one version, into v. Keys
// that are not known are passed over; what the values mean is left to be checked.
func DecodeKind(name, kind string, version int, data []byte, v any) error {
	var head struct {
		Schema *int `json:"schema"`
	}
	if err := json.Unmarshal(data, &head); err == nil && (head.Schema == nil || *head.Schema != version) {
		return fmt.Errorf("%s: this bench reads a %s of schema %d, and it has another: use the bench that wrote it", name, kind, version)
	}
	if err := json.Unmarshal(data, v); err != nil {
		return jsonError(name, kind, data, err)
	}
	return nil
}

var errTooLarge = fmt.Errorf("is larger than %d MiB, more than any run file", maxFileBytes>>20)

func readBounded(r io.Reader) ([]byte, error) {
	data, err := io.ReadAll(io.LimitReader(r, maxFileBytes+1))
	if err != nil {
		return nil, err
	}
	if len(data) > maxFileBytes {
		return nil, errTooLarge
	}
	if !bytes.HasPrefix(data, []byte{0x1f, 0x8b}) {
		return data, nil
	}
	unpacked, err := gzip.NewReader(bytes.NewReader(data))
	if err == nil {
		data, err = io.ReadAll(io.LimitReader(unpacked, maxFileBytes+1))
	}
	switch {
	case err != nil:
		return nil, fmt.Errorf("is cut off or damaged: gzip: %w", err)
	case len(data) > maxFileBytes:
		return nil, errTooLarge
	}
	return data, nil
}

// jsonError says at which line a file stops being one of its kind.
func jsonError(name, what string, data []byte, err error) error {
	var syntax *json.SyntaxError
	var kind *json.UnmarshalTypeError
	offset := int64(len(data))
	switch {
	case errors.As(err, &syntax):
		offset = min(syntax.Offset, offset)
	case errors.As(err, &kind):
		offset = min(kind.Offset, offset)
	}
	line := 1 + bytes.Count(data[:max(offset-1, 0)], []byte("\n"))
	if len(data) == 0 {
		return fmt.Errorf("%s: is empty: take a whole copy of it, or run again", name)
	}
	if offset == int64(len(data)) && syntax != nil {
		return fmt.Errorf("%s:%d: is cut off after %d bytes: take a whole copy of it, or run again", name, line, len(data))
	}
	switch {
	case kind != nil && kind.Field == "":
		return fmt.Errorf("%s:%d: is no %s: it is a JSON %s and not an object", name, line, what, Excerpt(kind.Value))
	case kind != nil:
		return fmt.Errorf("%s:%d: is no %s: %q is JSON of a kind that it cannot be (%s), at byte %d", name, line, what, Excerpt(kind.Field), Excerpt(kind.Value), offset)
	}
	return fmt.Errorf("%s:%d: is no %s: %w at byte %d", name, line, what, err, offset)
}
