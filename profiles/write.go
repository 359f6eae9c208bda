package profiles

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
)

// YAML writes a valid file so that [Parse] reads the same back. Comments are not part of a File and are lost.
func (f File) YAML() []byte {
	var b bytes.Buffer
	fmt.Fprintf(&b, "name: %s\n", yamlText(f.Name))
	if f.Description != "" {
		fmt.Fprintf(&b, "description: %s\n", yamlText(f.Description))
	}
	fmt.Fprintf(&b, "arrivals: %s\n", f.arrivals())
	if len(f.Target) > 0 {
		b.WriteString("target:\n")
		for _, t := range f.Target {
			fmt.Fprintf(&b, "  - %s\n", yamlText(t))
		}
	}
	b.WriteString("phases:\n")
	for _, ph := range f.Phases {
		fmt.Fprintf(&b, "  - name: %s\n    kind: %s\n    duration: %v\n", yamlText(ph.Name), ph.Kind, ph.Duration)
		if ph.From == ph.To {
			fmt.Fprintf(&b, "    rate: %s\n", formatRate(ph.From))
		} else {
			fmt.Fprintf(&b, "    from: %s\n    to: %s\n", formatRate(ph.From), formatRate(ph.To))
		}
	}
	return b.Bytes()
}

// yamlText leaves a plain word as it is and quotes the rest. A JSON string is a double-quoted YAML scalar.
func yamlText(s string) string {
	plain := strings.Trim(s, "abcdefghijklmnopqrstuvwxyz-") == "" && s[0] != '-'
	if plain && s != "null" && s != "true" && s != "false" {
		return s
	}
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	_ = enc.Encode(s) // a string into memory cannot fail
	return strings.TrimSuffix(b.String(), "\n")
}
