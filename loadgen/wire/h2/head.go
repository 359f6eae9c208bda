package h2

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// Head is what requests that differ in path and body have in common.
type Head struct {
	// Index is the head's place among those of a run; -1 of one that is used once, whose fields the peer is not asked to keep.
	Index int

	pseudo, fields []field
	length         bool // a Content-Length is sent without a body too
	isHead         bool // the answer has no body
}

// Request is one request.
type Request struct {
	Head *Head
	Path []byte // path and query, as in "/items?id=7"
	Body []byte
}

var errPath = errors.New("the request target is empty or holds a space or a control character")

// NewHead makes the head of requests to an authority, host or host:port. Names become lower case. What frames a message or
// speaks of the connection is left out (RFC 9113, section 8.2.2), a Host in the header is the authority. The other fields are
// sorted by name. The error names what cannot be sent, but no value, which may be a secret.
func NewHead(index int, method, scheme, authority string, fields map[string][]string) (*Head, error) {
	if !isName(strings.ToLower(method)) {
		return nil, fmt.Errorf("method %q cannot be sent: it must be a word without spaces", method)
	}
	h := &Head{Index: index, isHead: method == "HEAD", length: method == "POST" || method == "PUT" || method == "PATCH"}
	for _, name := range slices.Sorted(maps.Keys(fields)) {
		lower := strings.ToLower(name)
		if !isName(lower) {
			return nil, fmt.Errorf("header %q cannot be sent: a name has no spaces, colons or control characters", name)
		}
		for _, value := range fields[name] {
			value = strings.Trim(value, " \t")
			switch {
			case !isValue(value):
				return nil, fmt.Errorf("header %s cannot be sent: its value holds a line break or another control character", name)
			case lower == "host":
				if value != "" {
					authority = value
				}
			case lower == "connection", lower == "keep-alive", lower == "proxy-connection", lower == "transfer-encoding",
				lower == "upgrade", lower == "content-length", lower == "trailer", lower == "te" && value != "trailers",
				lower == "user-agent" && value == "":
			default:
				h.fields = append(h.fields, field{lower, value})
			}
		}
	}
	h.pseudo = []field{{":method", method}, {":scheme", scheme}, {":authority", authority}}
	return h, nil
}

// checkPath returns why a path cannot be sent, or nil.
func checkPath(path []byte) error {
	for _, c := range path {
		if c <= ' ' || c == 0x7f {
			return errPath
		}
	}
	if len(path) == 0 {
		return errPath
	}
	return nil
}
