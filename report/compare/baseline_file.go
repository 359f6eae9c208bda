package compare

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"time"

	"github.com/seed-5a006608/bench/loadgen/runfile"
)

// BaselineSchema is the version of the "baseline" key in a baseline's file. It rises only when the meaning of a key
// changes; keys are added without raising it.
const BaselineSchema = 1

// BaselineKind is the "kind" of a baseline's file.
const BaselineKind = "baseline"

// maxBaselineName is the greatest length of a baseline's name in a file, in bytes.
const maxBaselineName = 200

// baselineFile is a baseline's file: a run file with one more key, so every reader of run files can read the runs in it.
//
//	{"schema": 1, "kind": "baseline", "runs": [...],
//	 "baseline": {"schema": 1, "sha256": "...", "about": {"name": "main", "saved": "2026-11-24T12:00:00Z", "floor": {...}}}}
//
// sha256 is the hash of "runs" followed by "about", each without blanks. It finds a later change of the file, even one that
// leaves every figure plausible.
type baselineFile struct {
	Schema   int             `json:"schema"`
	Kind     string          `json:"kind,omitempty"` // "" in files of before
	Runs     json.RawMessage `json:"runs"`
	Baseline *baselinePart   `json:"baseline"`
}

type baselinePart struct {
	Schema int             `json:"schema"`
	SHA256 string          `json:"sha256"`
	About  json.RawMessage `json:"about"`
}

type baselineAbout struct {
	Name  string    `json:"name"`
	Saved time.Time `json:"saved"`
	Floor Floor     `json:"floor"`
}

// Encode writes the baseline as a file.
func (b *Baseline) Encode(w io.Writer) error {
	runs, err := encoded(b.Runs)
	if err != nil {
		return err
	}
	about, err := encoded(baselineAbout{b.Name, b.Saved, b.Floor})
	if err != nil {
		return err
	}
	sum, err := digest(runs, about)
	if err != nil {
		return err
	}
	text, err := encoded(baselineFile{runfile.SchemaVersion, BaselineKind, runs, &baselinePart{BaselineSchema, sum, about}})
	if err != nil {
		return err
	}
	_, err = w.Write(text)
	return err
}

func encoded(v any) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	err := e.Encode(v)
	return b.Bytes(), err
}

func digest(parts ...json.RawMessage) (string, error) {
	var b bytes.Buffer
	for _, p := range parts {
		if err := json.Compact(&b, p); err != nil {
			return "", err
		}
	}
	sum := sha256.Sum256(b.Bytes())
	return hex.EncodeToString(sum[:]), nil
}

// ReadBaseline reads and validates the baseline at path, packed or not. Its errors begin with the path.
func ReadBaseline(path string) (*Baseline, error) {
	data, err := runfile.ReadBytes(path)
	if err != nil {
		return nil, err
	}
	return DecodeBaseline(path, data)
}

// DecodeBaseline reads and validates an untrusted baseline. Errors begin with name.
func DecodeBaseline(name string, data []byte) (*Baseline, error) {
	var file baselineFile
	if err := json.Unmarshal(data, &file); err != nil || file.Schema != runfile.SchemaVersion || len(file.Runs) == 0 {
		if _, err := runfile.Decode(name, bytes.NewReader(data)); err != nil {
			return nil, err
		}
		return nil, fmt.Errorf("%s: is no baseline: %w", name, err)
	}
	switch part := file.Baseline; {
	case part == nil:
		return nil, fmt.Errorf("%s: holds runs and is no baseline: what the machine does to them was not measured (bench baseline save writes one)", name)
	case part.Schema != BaselineSchema:
		return nil, fmt.Errorf("%s: is a baseline of schema %d and this bench reads schema %d: use the bench that wrote it, or save a new one", name, part.Schema, BaselineSchema)
	}
	sum, err := digest(file.Runs, file.Baseline.About)
	if err != nil || sum != file.Baseline.SHA256 {
		return nil, fmt.Errorf("%s: was changed since it was saved: its content has another sum than the one it carries; save a new one", name)
	}
	runs, err := runfile.Decode(name, bytes.NewReader(data))
	if err != nil {
		return nil, err
	}
	var about baselineAbout
	if err := json.Unmarshal(file.Baseline.About, &about); err != nil {
		return nil, fmt.Errorf("%s: is no baseline: %w", name, err)
	}
	if len(about.Name) > maxBaselineName {
		return nil, fmt.Errorf("%s: is no baseline: its name has %d bytes", name, len(about.Name))
	}
	b := &Baseline{Name: about.Name, Saved: about.Saved, Runs: runs.Runs, Floor: about.Floor}
	if err = b.checkRuns(); err == nil {
		err = b.checkFloor()
	}
	if err != nil {
		return nil, fmt.Errorf("%s: is no baseline: %w", name, err)
	}
	return b, nil
}
