package profiles

import (
	"strings"

	"github.com/goccy/go-yaml/ast"
)

// target reads one target: a text, or a bundled service and its options as a mapping, which stands for NAME:OPTION=VALUE,….
func (r *fileReader) target(node ast.Node) (string, error) {
	if _, isMapping := node.(ast.MapNode); !isMapping {
		return r.text(yamlPair{"target", lineOf(node), node}, "")
	}
	pairs, err := r.mapping(node, "target: ", "target", nil)
	if err != nil {
		return "", err
	}
	var name string
	var options []string
	for _, pair := range pairs {
		value, err := r.text(pair, "target: ")
		if err != nil {
			return "", err
		}
		if strings.ContainsAny(pair.key+value, ":,=") {
			return "", r.errorf(pair.line, "target: %s must hold no colon, comma or =, got %s", pair.key, quote(value))
		}
		switch {
		case pair.key == "name":
			name = value
		case value == "true": // a bare word
			options = append(options, pair.key)
		default:
			options = append(options, pair.key+"="+value)
		}
	}
	if name == "" {
		return "", r.errorf(lineOf(node), "target: name is missing: the bundled service whose options these are")
	}
	if len(options) == 0 {
		return name, nil
	}
	return name + ":" + strings.Join(options, ","), nil
}
