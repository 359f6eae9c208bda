package request

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"strings"

	"github.com/theory/jsonpath"
)

// jsonPath is a path into a JSON text (RFC 9535).
type jsonPath struct {
	path  *jsonpath.Path
	shown string // without what a filter compares with, which may be a secret
}

// errJSONPath is about a path that cannot be read; it shows nothing of it.
var errJSONPath = errors.New("what follows json: is no path as in $.items[0].id (RFC 9535)")

func parseJSONPath(text string) (jsonPath, error) {
	p, err := jsonpath.Parse(text)
	if err != nil {
		return jsonPath{}, errJSONPath
	}
	shown, _, filtered := strings.Cut(text, "?")
	if filtered {
		shown += "…"
	}
	return jsonPath{p, shown}, nil
}

// cutJSONPath cuts a text behind the path that it begins with: at the first = or ~ that stands neither in brackets nor in quotes.
func cutJSONPath(text string) (path, rest string) {
	depth, quote := 0, byte(0)
	for i := 0; i < len(text); i++ {
		switch c := text[i]; {
		case quote != 0 && c == '\\':
			i++
		case quote != 0:
			if c == quote {
				quote = 0
			}
		case c == '\'' || c == '"':
			quote = c
		case c == '[' || c == '(':
			depth++
		case c == ']' || c == ')':
			depth--
		case depth == 0 && (c == '=' || c == '~'):
			return text[:i], text[i:]
		}
	}
	return text, ""
}

// decodeJSON reads a whole JSON text, its numbers as they are written.
func decodeJSON(text []byte) (any, error) {
	d := json.NewDecoder(bytes.NewReader(text))
	d.UseNumber()
	var v any
	if err := d.Decode(&v); err != nil {
		return nil, err
	}
	if _, err := d.Token(); err != io.EOF {
		return nil, errors.New("more follows the JSON text")
	}
	return v, nil
}

// in returns what the path leads to in a document, in order: of an array as it stands, of an object by its names. What a server wrote must not end the run, so that a panic of the package on it
// counts as nothing found.
func (p jsonPath) in(document any) (found []any) {
	defer func() {
		if recover() != nil {
			found = nil
		}
	}()
	if found = p.path.Select(document); len(found) < 2 {
		return found
	}
	located := p.path.SelectLocated(document)
	located.Sort()
	for i, node := range located {
		found[i] = node.Node
	}
	return found
}

// scalarText returns a string without its quotes, a number as it was written, true or false. Of null, objects and arrays ok is false.
func scalarText(v any) (text string, ok bool) {
	switch v := v.(type) {
	case string:
		return v, true
	case json.Number:
		return v.String(), true
	case bool:
		if v {
			return "true", true
		}
		return "false", true
	}
	return "", false
}

// jsonText is what a regular expression is matched against: the text of a scalar, and JSON without spaces of all else, the names of
// an object in alphabetical order.
func jsonText(v any) string {
	if text, ok := scalarText(v); ok {
		return text
	}
	var b strings.Builder
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if enc.Encode(v) != nil {
		return ""
	}
	return strings.TrimSuffix(b.String(), "\n")
}
