package request

import (
	"fmt"
	"net/url"
	"strings"

	"golang.org/x/net/idna"
)

// encodeZone writes the % before the zone of an IPv6 address as it stands in a URL (RFC 6874), where it is written bare.
func encodeZone(authority string) string {
	end := strings.LastIndexByte(authority, ']')
	if !strings.HasPrefix(authority, "[") || end < 0 {
		return authority
	}
	at := strings.IndexByte(authority[:end], '%')
	if at < 0 || strings.HasPrefix(authority[at:end], "%25") && at+len("%25") < end {
		return authority
	}
	return authority[:at] + "%25" + authority[at+1:]
}

// AsciiHost writes the international name of a host, with or without a port, as it is looked up and sent (RFC 5891). A name
// of ASCII is left as it is.
func AsciiHost(host string) (string, error) {
	if !strings.ContainsFunc(host, func(r rune) bool { return r >= 0x80 }) {
		return host, nil
	}
	u := url.URL{Host: host}
	name, err := idna.Lookup.ToASCII(u.Hostname())
	if err != nil {
		return "", fmt.Errorf("%q is no name that a host can have: %w", u.Hostname(), err)
	}
	if port := u.Port(); port != "" {
		name += ":" + port
	}
	return name, nil
}
