package request

import (
	"errors"
	"net/url"
	"strings"
)

// splitURL cuts a URL without user information behind its host.
func splitURL(raw string) (scheme, authority, rest string) {
	scheme, rest, _ = strings.Cut(raw, "://")
	end := strings.IndexAny(rest, "/?#")
	if end < 0 {
		end = len(rest)
	}
	return scheme, rest[:end], rest[end:]
}

// errPercent is about a % that encodes nothing.
var errPercent = errors.New("has no two hexadecimal digits behind it; write %25 for the sign itself")

// parseTarget compiles what stands behind the host of a URL to the request target that both engines send, in origin form.
// What is encoded already stays so. Of the rest, in a path all is encoded that RFC 3986 (section 3.3) does not allow there; in
// a query, what no client sends as it is: white space, control and non-ASCII bytes, quotes and angle brackets. Values are
// escaped so that they are no more than values. A fragment is no part of a request.
//
// Its error is a [TextError] of the URL; before is how many bytes of that stand before rest.
func parseTarget(rest string, before int, from drawing, purpose string) (template, error) {
	const part = "URL"
	t, places, err := parsePlaced(part, rest, from, purpose)
	if bad := (*TextError)(nil); errors.As(err, &bad) {
		bad.At += before
	}
	if err != nil {
		return template{}, err
	}
	e := targetEncoder{allowed: &pathBytes, escape: url.PathEscape}
	if !strings.HasPrefix(rest, "/") {
		e.text = []byte("/")
	}
	var out template
	for i, s := range t.segments {
		bad, ended := e.encode(s.text)
		if bad >= 0 {
			return template{}, &TextError{Part: part, At: before + places[i] + bad, Length: 1, What: "%", Err: errPercent}
		}
		if ended {
			s.value = nil
		} else if list, ok := s.value.(textValue); ok {
			s.value = list.each(e.escape)
		}
		if s.value != nil || ended || i == len(t.segments)-1 {
			out.segments = append(out.segments, segment{string(e.text), s.value})
			e.text = e.text[:0]
		}
		if ended {
			break
		}
	}
	return out, nil
}

// encodedTarget returns as it is sent what stands behind the host of a URL without values, or where in it a % stands that
// encodes nothing; bad is negative where none does.
func encodedTarget(rest string) (target string, bad int) {
	e := targetEncoder{allowed: &pathBytes, escape: url.PathEscape}
	if !strings.HasPrefix(rest, "/") {
		e.text = []byte("/")
	}
	bad, _ = e.encode(rest)
	return string(e.text), bad
}

// EncodedReference encodes what stands behind the host of a URL, or of a reference to one, that a server wrote. A % that
// encodes nothing stays, as clients leave it; a fragment does not.
func EncodedReference(ref string) string {
	start := 0
	if i := strings.Index(ref, "//"); i == 0 || i > 0 && ref[i-1] == ':' && !strings.ContainsAny(ref[:i], "/?#") {
		_, authority, _ := splitURL("x:" + ref[i:])
		start = i + len("//") + len(authority)
	}
	e := targetEncoder{text: []byte(ref[:start]), allowed: &pathBytes, escape: url.PathEscape}
	for rest := ref[start:]; ; {
		bad, _ := e.encode(rest)
		if bad < 0 {
			return string(e.text)
		}
		e.text, rest = append(e.text, '%'), rest[bad+1:]
	}
}

// targetEncoder encodes a request target piece by piece.
type targetEncoder struct {
	text    []byte
	allowed *[256]bool          // bytes left as they are at the encoder's place
	escape  func(string) string // escapes text to be no more than a value there
}

// encode takes the next piece. It returns where in it a % stands that encodes nothing, or -1, and whether a fragment begins
// in it.
func (e *targetEncoder) encode(piece string) (bad int, ended bool) {
	const digits = "0123456789ABCDEF"
	for i := range len(piece) {
		c := piece[i]
		switch {
		case c == '#':
			return -1, true
		case c == '?' && e.allowed == &pathBytes:
			e.allowed, e.escape = &queryBytes, url.QueryEscape
			e.text = append(e.text, c)
		case c == '%' && (i+2 >= len(piece) || !isHex(piece[i+1]) || !isHex(piece[i+2])):
			return i, false
		case e.allowed[c]:
			e.text = append(e.text, c)
		default:
			e.text = append(e.text, '%', digits[c>>4], digits[c&15])
		}
	}
	return -1, false
}

func isHex(c byte) bool { return '0' <= c && c <= '9' || 'a' <= c|0x20 && c|0x20 <= 'f' }

// What stays as it is in a path and in a query, and the % of what is encoded already.
var pathBytes, queryBytes = func() (path, query [256]bool) {
	for c := range path {
		letter := 'a' <= c|0x20 && c|0x20 <= 'z' || '0' <= c && c <= '9'
		path[c] = letter || c < 0x80 && strings.ContainsRune("-._~!$&'()*+,;=:@/%", rune(c))
		query[c] = ' ' < c && c < 0x7f && !strings.ContainsRune(`"<>#`, rune(c))
	}
	return path, query
}()

// URLOf returns the URL of which net/http writes just that target. Its path is given as it is written and decoded: else
// net/http would encode it its own way.
func (c *CompiledRequest) URLOf(target string) (*url.URL, error) {
	u := url.URL{Scheme: c.Scheme, Host: c.Host}
	var query bool
	u.RawPath, u.RawQuery, query = strings.Cut(target, "?")
	u.ForceQuery = query && u.RawQuery == ""
	var err error
	u.Path, err = url.PathUnescape(u.RawPath)
	return &u, err
}
