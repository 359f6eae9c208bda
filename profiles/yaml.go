package profiles

import (
	"bytes"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/lexer"
	"github.com/goccy/go-yaml/parser"
	"github.com/goccy/go-yaml/token"
)

// The bounds of a test file. The library's time grows with the square of the lines in a block scalar and of the depth of
// nesting, and it recurses without a limit: so lines and depth are bounded before it sees them.
const (
	maxFileBytes = 1 << 20
	maxFileLines = 10_000
	maxFileDepth = 8
)

// yamlFile reads the part of YAML that test files need, strictly, and keeps the line of everything for messages.
type yamlFile struct{ name string }

// A yamlPair is one key of a mapping with its value.
type yamlPair struct {
	key   string
	line  int
	value ast.Node
}

func (f yamlFile) errorf(line int, format string, args ...any) error {
	return fmt.Errorf("%s:%d: %s", f.name, line, fmt.Sprintf(format, args...))
}

// document returns the pairs of the mapping that the file consists of.
func (f yamlFile) document(data []byte, known []string) ([]yamlPair, error) {
	if len(data) > maxFileBytes {
		return nil, f.errorf(1, "a test file may have at most %d bytes, got %d", maxFileBytes, len(data))
	}
	data = bytes.TrimPrefix(data, []byte("\xef\xbb\xbf"))
	if lines := 1 + bytes.Count(data, []byte("\n")); lines > maxFileLines {
		return nil, f.errorf(maxFileLines+1, "a test file may have at most %d lines, got %d", maxFileLines, lines)
	}
	if at := firstUnreadable(data); at >= 0 {
		return nil, f.errorf(1+bytes.Count(data[:at], []byte("\n")),
			"a test file is UTF-8 text without control characters, got byte 0x%02x", data[at])
	}
	file, err := f.parse(data)
	if err != nil {
		if quoted := quoteFileNames(data); !bytes.Equal(quoted, data) {
			file, err = f.parse(quoted)
		}
	}
	if err != nil {
		return nil, err
	}
	for _, doc := range file.Docs {
		if doc.Body != nil && doc.Body.Type() != ast.NullType && doc.Body.Type() != ast.CommentType {
			return f.mapping(doc.Body, "", "a test file", known)
		}
	}
	return nil, f.errorf(1, "a test file is a mapping with the keys %s, got nothing", strings.Join(known, ", "))
}

func (f yamlFile) parse(data []byte) (*ast.File, error) {
	tokens := lexer.Tokenize(string(data))
	if err := f.checkTokens(tokens); err != nil {
		return nil, err
	}
	file, err := parser.Parse(tokens, 0, parser.AllowDuplicateMapKey())
	if err != nil {
		return nil, f.syntaxError(err)
	}
	return file, nil
}

// fileName is a body's line with @ and a file's name, as everybody writes it. YAML reserves an @ that is not quoted.
var fileName = regexp.MustCompile(`(?m)^([ \t]*(?:-[ \t]+)?body(?:_template)?:[ \t]+)(@[^'"\r\n]*?)([ \t]*(?:[ \t]#.*)?\r?)$`)

// quoteFileNames quotes what follows body: and begins with an @.
func quoteFileNames(data []byte) []byte { return fileName.ReplaceAll(data, []byte("$1'$2'$3")) }

// firstUnreadable is the index of the first byte that no text editor would have written, or -1.
func firstUnreadable(data []byte) int {
	for i := 0; i < len(data); {
		r, n := utf8.DecodeRune(data[i:])
		if r == utf8.RuneError && n == 1 || r < ' ' && r != '\n' && r != '\t' && r != '\r' || r == 0x7f {
			return i
		}
		if r == '\r' && (i+1 == len(data) || data[i+1] != '\n') {
			return i
		}
		i += n
	}
	return -1
}

// checkTokens refuses YAML that test files do not need, and nesting that could make the parser recurse deeply.
func (f yamlFile) checkTokens(tokens token.Tokens) error {
	flow := 0        // depth of [ ] and { }
	var blocks []int // columns of the block collections around this token
	content, ended := false, false
	for i, tk := range tokens {
		line, column := tk.Position.Line, tk.Position.Column
		switch tk.Type {
		case token.AnchorType, token.AliasType, token.MergeKeyType:
			return f.errorf(line, "anchors, aliases and merge keys are not read, got %s; "+
				"write the value out, or quote it if it is text", quote(withNext(tokens, i)))
		case token.TagType, token.DirectiveType, token.MappingKeyType:
			return f.errorf(line, "tags, directives and complex keys are not read, got %s; quote it if it is text",
				quote(tk.Value))
		case token.DocumentHeaderType:
			if content {
				return f.errorf(line, "a second document begins here; keep one test to a file")
			}
		case token.DocumentEndType:
			ended = true
		case token.CommentType:
		default:
			if ended {
				return f.errorf(line, "text after the end of the document, got %s; keep one test to a file", quote(tk.Value))
			}
			content = true
		}
		switch tk.Type {
		case token.SequenceStartType, token.MappingStartType:
			flow++
		case token.SequenceEndType, token.MappingEndType:
			flow = max(flow-1, 0)
		case token.MappingValueType, token.SequenceEntryType:
			if flow > 0 {
				break
			}
			if tk.Type == token.MappingValueType && i > 0 {
				column = tokens[i-1].Position.Column
			}
			for len(blocks) > 0 && blocks[len(blocks)-1] >= column {
				blocks = blocks[:len(blocks)-1]
			}
			blocks = append(blocks, column)
		}
		if depth := len(blocks) + flow; depth > maxFileDepth {
			return f.errorf(line, "nested more than %d deep; a test file needs 3", maxFileDepth)
		}
	}
	return nil
}

// withNext is the text of a token and of the one behind it on its line: an anchor's sign and its name.
func withNext(tokens token.Tokens, i int) string {
	text := tokens[i].Value
	if i+1 < len(tokens) && tokens[i+1].Position.Line == tokens[i].Position.Line {
		text += tokens[i+1].Value
	}
	return text
}

// maxShownToken is the greatest length of quoted text that is not YAML: longer text may be a secret in a header or a body.
const maxShownToken = 8

func (f yamlFile) syntaxError(err error) error {
	var bad yaml.Error
	if !errors.As(err, &bad) || bad.GetToken() == nil {
		return f.errorf(1, "not valid YAML: %v", err)
	}
	tk := bad.GetToken()
	at := ""
	if text := strings.TrimSpace(tk.Value); len(text) <= maxShownToken {
		at = ", at " + quote(text)
	}
	if strings.Contains(bad.GetMessage(), "'\t'") {
		return f.errorf(tk.Position.Line, "not valid YAML: a tab stands where only spaces may: indent with spaces")
	}
	return f.errorf(tk.Position.Line, "not valid YAML: %s%s", bad.GetMessage(), at)
}

// mapping returns the pairs of a mapping with known keys, or any keys where known is nil, each given once. where, such as `phase "peak": `, begins its
// messages.
func (f yamlFile) mapping(node ast.Node, where, what string, known []string) ([]yamlPair, error) {
	m, ok := node.(ast.MapNode)
	if !ok {
		return nil, f.errorf(lineOf(node), "%s%s is a mapping with the keys %s, got %s",
			where, what, strings.Join(known, ", "), describe(node))
	}
	var pairs []yamlPair
	lines := make(map[string]int, len(known))
	for it := m.MapRange(); it.Next(); {
		key, ok := scalar(it.Key())
		line := lineOf(it.Key())
		if !ok {
			return nil, f.errorf(line, "%sa key is a plain word, got %s", where, describe(it.Key()))
		}
		if known != nil && !slices.Contains(known, key) {
			if near := Suggest(key, known); near != "" {
				return nil, f.errorf(line, "%sunknown key %s: did you mean %q?", where, quote(key), near)
			}
			return nil, f.errorf(line, "%sunknown key %s; the keys are %s", where, quote(key), strings.Join(known, ", "))
		}
		if before, dup := lines[key]; dup {
			return nil, f.errorf(line, "%skey %q is given twice, first on line %d; keep one", where, key, before)
		}
		lines[key] = line
		pairs = append(pairs, yamlPair{key, line, it.Value()})
	}
	return pairs, nil
}

// text returns a scalar as it is written, numbers included; quotes are removed.
func (f yamlFile) text(pair yamlPair, where string) (string, error) {
	s, ok := scalar(pair.value)
	if !ok {
		return "", f.errorf(pair.line, "%s%s must be a single value, got %s", where, pair.key, describe(pair.value))
	}
	return s, nil
}

// items returns the elements of a sequence; a single value stands for a sequence of one where single is set.
func (f yamlFile) items(pair yamlPair, single bool) ([]ast.Node, error) {
	if seq, ok := pair.value.(*ast.SequenceNode); ok {
		return seq.Values, nil
	}
	if _, ok := scalar(pair.value); ok && single {
		return []ast.Node{pair.value}, nil
	}
	return nil, f.errorf(pair.line, "%s must be a list, got %s; begin each of its items with \"- \"",
		pair.key, describe(pair.value))
}

func scalar(node ast.Node) (string, bool) {
	switch n := node.(type) {
	case *ast.StringNode:
		return n.Value, true
	case *ast.LiteralNode:
		if n.Value == nil {
			return "", true
		}
		return n.Value.Value, true
	case *ast.IntegerNode, *ast.FloatNode, *ast.BoolNode, *ast.InfinityNode, *ast.NanNode:
		return strings.TrimSpace(node.GetToken().Value), true
	}
	return "", false
}

func describe(node ast.Node) string {
	if s, ok := scalar(node); ok {
		return quote(s)
	}
	switch node.(type) {
	case nil, *ast.NullNode:
		return "nothing"
	case ast.MapNode:
		return "a mapping"
	case *ast.SequenceNode:
		return "a list"
	}
	return strings.ToLower(node.Type().String())
}

// lineOf is the line where a node begins. A mapping's own token is its first colon, so its first key is asked.
func lineOf(node ast.Node) int {
	if m, ok := node.(ast.MapNode); ok {
		if it := m.MapRange(); it.Next() {
			return lineOf(it.Key())
		}
	}
	if node == nil || node.GetToken() == nil {
		return 1
	}
	return node.GetToken().Position.Line
}

// listOf reads a list of 1 to most items, each by read.
func listOf[T any](r *fileReader, pair yamlPair, where string, most int, read func(i int, node ast.Node) (T, error)) ([]T, error) {
	nodes, err := r.items(pair, false)
	if err != nil {
		return nil, err
	}
	if len(nodes) == 0 || len(nodes) > most {
		return nil, r.errorf(pair.line, "%s%s must list 1 to %d %[2]s, got %[4]d", where, pair.key, most, len(nodes))
	}
	list := make([]T, len(nodes))
	for i, node := range nodes {
		if list[i], err = read(i, node); err != nil {
			return nil, err
		}
	}
	return list, nil
}
