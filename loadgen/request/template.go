package request

import (
	"errors"
	"slices"
	"strconv"
	"strings"
	"time"
)

// template is text with values drawn anew for each request, compiled once into segments.
type template struct {
	segments []segment
}

// segment is fixed text followed by a value; value is nil where no value follows.
type segment struct {
	text  string
	value value
}

// value writes a request's value: a pure function of its number k, or of when it was due.
type value interface {
	append(dst []byte, k uint64, due time.Time) []byte
}

// textValue is a value that comes from a list of texts, which may be anything.
type textValue interface {
	value
	each(change func(string) string) value
}

// What stands around a value, and what stands for the braces themselves.
const (
	openBraces       = "{{"
	closeBraces      = "}}"
	bracesThemselves = openBraces + openBraces
)

// errUnclosed is about braces that are opened and not closed.
var errUnclosed = errors.New("has no }} behind it; write {{{{ for the braces themselves")

// parseTemplate compiles text such as "/products/{{zipf 100000 1.1}}"; {{{{ stands for the braces themselves. The values of
// one template are drawn from a seed and a purpose, so that two templates of one plan are independent. Its error is a
// [TextError] of the part.
func parseTemplate(part, text string, from drawing, purpose string) (template, error) {
	t, _, err := parsePlaced(part, text, from, purpose)
	return t, err
}

// parsePlaced returns where in the text each segment begins, too.
func parsePlaced(part, text string, from drawing, purpose string) (t template, places []int, err error) {
	at, drawn := 0, 0
	add := func(s segment) {
		t.segments, places = append(t.segments, s), append(places, at)
	}
	for {
		before, after, found := strings.Cut(text[at:], openBraces)
		if !found {
			if before != "" || len(t.segments) == 0 {
				add(segment{text: before})
			}
			return t, places, nil
		}
		begin := at + len(before)
		if strings.HasPrefix(after, openBraces) {
			if before != "" {
				add(segment{text: before})
			}
			at = begin
			add(segment{text: openBraces})
			at += len(bracesThemselves)
			continue
		}
		bad := &TextError{Part: part, At: begin, Length: len(text) - begin, What: openBraces}
		expression, _, closed := strings.Cut(after, closeBraces)
		if !closed {
			bad.Length, bad.Err = len(openBraces), errUnclosed
			return template{}, nil, bad
		}
		end := begin + len(openBraces) + len(expression) + len(closeBraces)
		v, err := from.parse(strings.Fields(expression), purpose+"/"+strconv.Itoa(drawn))
		if err != nil {
			bad.What, bad.Length, bad.Err = openBraces+"…"+closeBraces, end-begin, err
			return template{}, nil, bad
		}
		add(segment{text: before, value: v})
		at = end
		drawn++
	}
}

// HoldsValue reports whether one of the values that a template may hold stands between braces in text, or a reference to
// a secret.
func HoldsValue(text string) bool {
	for rest := text; ; {
		_, after, found := strings.Cut(rest, openBraces)
		if !found {
			break
		}
		expression, _, closed := strings.Cut(after[:min(len(after), maxValueBytes)], closeBraces)
		if words := strings.Fields(expression); closed && len(words) > 0 && isValue(words[0]) {
			return true
		}
		rest = after
	}
	return strings.Contains(text, "${env:") || strings.Contains(text, "${file:")
}

// maxValueBytes bounds how far the end of braces is looked for in what may be no text.
const maxValueBytes = 1 << 10

// resolved returns the template with its references to secrets replaced in the fixed text. What a secret holds is never
// taken for a template.
func (t template) resolved() (template, error) {
	segments := slices.Clone(t.segments)
	for i := range segments {
		var err error
		if segments[i].text, err = resolve(segments[i].text); err != nil {
			return template{}, err
		}
	}
	return template{segments}, nil
}

// Append writes the template's text for request k, due at an instant.
func (t template) Append(dst []byte, k uint64, due time.Time) []byte {
	return t.AppendOf(dst, k, due, nil)
}

// AppendOf does so where names stand for texts, by their slots.
func (t template) AppendOf(dst []byte, k uint64, due time.Time, texts []string) []byte {
	for _, s := range t.segments {
		dst = append(dst, s.text...)
		switch v := s.value.(type) {
		case nil:
		case nameValue:
			dst = v.appendOf(dst, texts)
		default:
			dst = v.append(dst, k, due)
		}
	}
	return dst
}

// Fixed reports whether the text is the same for every request.
func (t template) Fixed() bool {
	for _, s := range t.segments {
		if s.value != nil {
			return false
		}
	}
	return true
}
