package wire

import (
	"bytes"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/seed-5a006608/bench/loadgen/exchange"
)

// Head is what requests that differ in target and body have in common, encoded once.
type Head struct {
	// Close is whether the header asks the server to close the connection after the answer.
	Close bool

	method []byte // and the space after it
	first  []byte // from the space after the target to Host and User-Agent
	fields []byte // the other header lines
	length bool   // a Content-Length is sent without a body too
}

var errTarget = errors.New("the request target is empty or holds a space or a control character")

// NewHead encodes method and header as net/http does: a Host in the header wins over host, IPv6 zones are left out, and
// what frames the message (Content-Length, Transfer-Encoding, Trailer) is not the header's to say. A header without a
// User-Agent sends none. Host, User-Agent and Content-Length come first, as net/http has them; the other header lines are
// sorted by name, so that requests do not depend on a map's order.
//
// The error names what cannot be sent, but no value, which may be a secret.
func NewHead(method, host string, header map[string][]string) (Head, error) {
	if !isToken(method) {
		return Head{}, fmt.Errorf("method %q cannot be sent: it must be a word without spaces", method)
	}
	h := Head{
		method: []byte(method + " "),
		first:  []byte(" HTTP/1.1\r\nHost: "),
		length: method == "POST" || method == "PUT" || method == "PATCH", // many servers insist
	}
	names := slices.Sorted(maps.Keys(header))
	for _, name := range names {
		if !isToken(name) {
			return Head{}, fmt.Errorf("header %q cannot be sent: a name has no spaces, colons or control characters", name)
		}
		for _, value := range header[name] {
			if cleanLen([]byte(value)) < len(value) {
				return Head{}, fmt.Errorf("header %s cannot be sent: its value holds a line break or another control character", name)
			}
		}
		if values := header[name]; strings.EqualFold(name, "Host") && len(values) > 0 && values[0] != "" {
			host = values[0]
		}
	}
	if err := CheckHost(host); err != nil {
		return Head{}, err
	}
	h.first = append(append(h.first, withoutZone(host)...), "\r\n"...)
	for _, name := range names {
		switch values := header[name]; strings.ToLower(name) {
		case "host", "content-length", "transfer-encoding", "trailer":
		case "user-agent":
			if len(values) > 0 && values[0] != "" {
				h.first = appendField(h.first, name, values[0])
			}
		default:
			for _, value := range values {
				h.fields = appendField(h.fields, name, value)
				h.Close = h.Close || strings.EqualFold(name, "Connection") && hasToken([]byte(value), "close")
			}
		}
	}
	return h, nil
}

func appendField(dst []byte, name, value string) []byte {
	dst = append(dst, name...)
	dst = append(dst, ": "...)
	dst = append(dst, exchange.Trim([]byte(value))...)
	return append(dst, "\r\n"...)
}

// Append appends a request for target, in origin form as in "/items?id=7", to dst. It allocates nothing if dst has the
// room. The error is that target cannot be sent; dst is then returned as it was.
func (h *Head) Append(dst, target, body []byte) ([]byte, error) {
	if len(target) == 0 || bytes.IndexByte(target, ' ') >= 0 || bytes.IndexByte(target, '\t') >= 0 ||
		cleanLen(target) < len(target) {
		return dst, errTarget
	}
	dst = append(dst, h.method...)
	dst = append(dst, target...)
	dst = append(dst, h.first...)
	if len(body) > 0 || h.length {
		dst = append(dst, "Content-Length: "...)
		dst = strconv.AppendInt(dst, int64(len(body)), 10)
		dst = append(dst, "\r\n"...)
	}
	dst = append(dst, h.fields...)
	dst = append(dst, "\r\n"...)
	return append(dst, body...), nil
}

// isToken reports whether s is a token (RFC 9110, section 5.6.2), as methods and header names are.
func isToken(s string) bool {
	for i := range len(s) {
		if !nameBytes[s[i]] || s[i] == ' ' {
			return false
		}
	}
	return s != ""
}

// CheckHost returns why a host and port cannot be sent, or nil.
func CheckHost(host string) error {
	if i := strings.IndexFunc(host, notInHost); i >= 0 {
		return fmt.Errorf("the host cannot be sent: its byte %d must be encoded", i+1)
	}
	return nil
}

// notInHost reports whether r cannot stand in a host and port (RFC 3986, section 3.2.2).
func notInHost(r rune) bool {
	return !(r >= '0' && r <= '9' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z') && !strings.ContainsRune("!$%&()*+,-.:;=[]'_~", r)
}

// withoutZone leaves the zone out of an IPv6 address, which means nothing to the server (RFC 6874, section 4).
func withoutZone(host string) string {
	end := strings.LastIndexByte(host, ']')
	if !strings.HasPrefix(host, "[") || end < 0 {
		return host
	}
	zone := strings.LastIndexByte(host[:end], '%')
	if zone < 0 {
		return host
	}
	return host[:zone] + host[end:]
}
