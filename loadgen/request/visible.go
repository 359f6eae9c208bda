package request

import (
	"maps"
	"net/http"
	"slices"
	"strings"
	"time"
)

// masked stands for what must not be shown.
const masked = "…"

// visibleHeader is a header's value as it was written: references to secrets stand in it, not what they refer to.
type visibleHeader struct {
	name  string
	value template
}

// Show returns the header's line for request k. Only headers known to hold no secret are shown whole; of the others it
// shows what bench itself drew.
func (h visibleHeader) Show(k uint64, due time.Time) string {
	if !openHeader(h.name) {
		return h.name + ": " + h.value.drawn(k, due)
	}
	var b strings.Builder
	for _, s := range h.value.segments {
		if strings.Contains(s.text, "${env:") || strings.Contains(s.text, "${file:") {
			b.WriteString(masked)
		} else {
			b.WriteString(s.text)
		}
		b.WriteString(shownValue(s.value, k, due))
	}
	return h.name + ": " + b.String()
}

// openHeader reports whether a header's values may be written.
func openHeader(name string) bool {
	name = http.CanonicalHeaderKey(name)
	return strings.HasPrefix(name, "Accept") || name == "Content-Type" || name == "User-Agent" || name == "Host"
}

// drawn returns the values that bench itself drew for request k, and masks the fixed text between them.
func (t template) drawn(k uint64, due time.Time) string {
	var b strings.Builder
	for _, s := range t.segments {
		if s.text != "" && !strings.HasSuffix(b.String(), masked) {
			b.WriteString(masked)
		}
		switch s.value.(type) {
		case nil:
		case textValue:
			if !strings.HasSuffix(b.String(), masked) {
				b.WriteString(masked)
			}
		default:
			b.Write(s.value.append(nil, k, due))
		}
	}
	return b.String()
}

// shownValue returns a value that stands in text which is shown: all but what comes from a file.
func shownValue(v value, k uint64, due time.Time) string {
	switch v := v.(type) {
	case nil:
		return ""
	case csvKey, nameValue:
		return masked
	case linePath:
		return v.shown(k)
	}
	return string(v.append(nil, k, due))
}

// Shown returns the target of request k with its path, and of its query what pathOf shows of it and what bench drew.
func (t template) Shown(k uint64, due time.Time) string {
	const hole = "\ue000" // of the private use area; it stands for a value while the query is taken apart
	var b strings.Builder
	var values []string
	inQuery := false
	for _, s := range t.segments {
		b.WriteString(strings.ReplaceAll(s.text, hole, ""))
		inQuery = inQuery || strings.Contains(s.text, "?")
		if s.value == nil {
			continue
		}
		b.WriteString(hole)
		if _, list := s.value.(textValue); list && inQuery {
			values = append(values, masked)
		} else {
			values = append(values, shownValue(s.value, k, due))
		}
	}
	base, query, found := strings.Cut(b.String(), "?")
	if found {
		var pairs []string
		for pair := range strings.SplitSeq(query, "&") {
			key, value, hasValue := strings.Cut(pair, "=")
			if hasValue {
				key += "=" + maskAround(value, hole)
			} else if key != "" {
				key = maskAround(key, hole) // a bare word is a value as likely as a key
			}
			pairs = append(pairs, key)
		}
		base += "?" + strings.Join(pairs, "&")
	}
	for _, v := range values {
		base = strings.Replace(base, hole, v, 1)
	}
	return base
}

// maskAround masks what stands before, between and after the holes; an empty value is masked as any other.
func maskAround(text, hole string) string {
	if text == "" {
		return masked
	}
	parts := strings.Split(text, hole)
	for i, part := range parts {
		if part != "" {
			parts[i] = masked
		}
	}
	return strings.Join(parts, hole)
}

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }
