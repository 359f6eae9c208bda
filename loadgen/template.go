package loadgen

import (
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/seed-5a006608/bench/profiles"
)

// template is text with values drawn anew for each request, compiled once into segments.
type template struct {
	segments []segment
}

// segment is fixed text followed by a value; value is nil where the template ends in text.
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

// parseTemplate compiles text such as "/products/{{zipf 100000 1.1}}". The values of one template are drawn from seed
// and purpose, so that two templates of one plan are independent.
func parseTemplate(text string, seed uint64, purpose string) (template, error) {
	var t template
	length := len(text)
	for i := 0; ; i++ {
		before, after, found := strings.Cut(text, "{{")
		if !found {
			if before != "" || len(t.segments) == 0 {
				t.segments = append(t.segments, segment{text: before})
			}
			return t, nil
		}
		expression, rest, closed := strings.Cut(after, "}}")
		if !closed {
			// The text around it may be a secret.
			return template{}, fmt.Errorf("has a {{ without }}, %d bytes from its beginning", length-len(after)-len("{{"))
		}
		v, err := parseValue(strings.Fields(expression), profiles.NewStream(seed, purpose+"/"+strconv.Itoa(i)))
		if err != nil {
			return template{}, fmt.Errorf("{{%s}}: %w", expression, err)
		}
		t.segments = append(t.segments, segment{text: before, value: v})
		text = rest
	}
}

// inURL returns the template with each value escaped for where it stands in a URL: in its path, or behind the ?. The
// fixed text is the user's own and stays as it is.
func (t template) inURL() template {
	escape := url.PathEscape
	segments := slices.Clone(t.segments)
	for i := range segments {
		if strings.Contains(segments[i].text, "?") {
			escape = url.QueryEscape
		}
		if text, ok := segments[i].value.(textValue); ok {
			segments[i].value = text.each(escape)
		}
	}
	return template{segments}
}

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

// append writes the template's text for request k, due at an instant.
func (t template) append(dst []byte, k uint64, due time.Time) []byte {
	for _, s := range t.segments {
		dst = append(dst, s.text...)
		if s.value != nil {
			dst = s.value.append(dst, k, due)
		}
	}
	return dst
}

// fixed reports whether the text is the same for every request.
func (t template) fixed() bool {
	for _, s := range t.segments {
		if s.value != nil {
			return false
		}
	}
	return true
}
