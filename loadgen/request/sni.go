package request

import (
	"errors"
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"github.com/seed-5a006608/bench/loadgen/runfile"
)

// maxName is how long a host's name may be, in bytes (RFC 1035, section 2.3.4, as text).
const maxName = 253

// ErrPlainSNI is that a name to ask for by https was given and nothing goes by https.
var ErrPlainSNI = errors.New("sni names the server to https, and no request goes by https")

// CheckSNI wants the name that https asks for to be that of a host, or an address to hold certificates against; "" asks for the URL's host.
func CheckSNI(name string) error {
	if _, err := netip.ParseAddr(name); name == "" || err == nil {
		return nil
	}
	foreign := func(c rune) bool {
		return !('a' <= c|0x20 && c|0x20 <= 'z' || '0' <= c && c <= '9' || strings.ContainsRune("-_", c))
	}
	for label := range strings.SplitSeq(strings.TrimSuffix(name, "."), ".") {
		if label == "" || len(name) > maxName || strings.ContainsFunc(label, foreign) {
			return fmt.Errorf("sni %q: give the name of a host, as in shop.test, without port, and a foreign one as it is looked up (xn--)", runfile.Excerpt(name))
		}
	}
	return nil
}

// Secure reports whether a request goes by https.
func (m *Mix) Secure() bool {
	return slices.ContainsFunc(m.Requests, func(c CompiledRequest) bool { return c.Scheme == "https" })
}
