package profiles

import (
	"bytes"
	"fmt"
)

// Text is a text of a test file that means something elsewhere, and the line where it stands.
type Text struct {
	Text string
	Line int
}

// maxTexts bounds each list of texts.
const maxTexts = 1000

const maxTargets = 64

// texts reads a list of texts, or one that stands for such a list.
func (r *fileReader) texts(pair yamlPair, where string) ([]Text, error) {
	nodes, err := r.items(pair, true)
	if err != nil {
		return nil, err
	}
	if len(nodes) == 0 || len(nodes) > maxTexts {
		return nil, r.errorf(pair.line, "%s%s must list 1 to %d texts, got %d", where, pair.key, maxTexts, len(nodes))
	}
	var list []Text
	for _, node := range nodes {
		text, ok := scalar(node)
		if !ok {
			return nil, r.errorf(lineOf(node), "%s%s holds a text in quotes for each item, got %s", where, pair.key, describe(node))
		}
		list = append(list, Text{text, lineOf(node)})
	}
	return list, nil
}

func writeTexts(b *bytes.Buffer, indent, key string, texts []Text) {
	if len(texts) == 0 {
		return
	}
	fmt.Fprintf(b, "%s%s:\n", indent, key)
	for _, t := range texts {
		fmt.Fprintf(b, "%s  - %s\n", indent, yamlText(t.Text))
	}
}
