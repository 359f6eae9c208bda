package capacity

import (
	"encoding/json"
	"io"
)

// Encode writes what was concluded of one target or several as JSON.
func Encode(w io.Writer, list []*Capacity) error {
	f := File{Schema: SchemaVersion, Capacity: list[0]}
	if len(list) > 1 {
		f.Targets = list
	}
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	return e.Encode(f)
}
