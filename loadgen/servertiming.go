package loadgen

import (
	"bytes"
	"math"
	"strconv"
	"strings"
	"time"

	"github.com/seed-5a006608/bench/loadgen/runfile"
)

// The bounds on what is believed of a Server-Timing header.
const (
	maxTimingName = 40
	maxTimingMS   = 3.6e6
)

// parseServerTiming appends the metrics with a duration of a Server-Timing header ("db;dur=1.2, cache;desc=\"a, b\"").
// Names are tokens; what is malformed is passed over, because a header of the server under test is no reason to stop.
func parseServerTiming(dst []timing, header []byte) []timing {
	for len(header) > 0 && len(dst) < runfile.MaxTimings {
		var metric []byte
		metric, header = cutUnquoted(header, ',')
		name, params := cutUnquoted(metric, ';')
		name = bytes.TrimSpace(name)
		if len(name) == 0 || len(name) > maxTimingName || bytes.ContainsFunc(name, notToken) {
			continue
		}
		for len(params) > 0 {
			var param []byte
			param, params = cutUnquoted(params, ';')
			key, value, _ := bytes.Cut(param, []byte{'='})
			if !bytes.EqualFold(bytes.TrimSpace(key), []byte("dur")) {
				continue
			}
			ms, err := strconv.ParseFloat(string(bytes.Trim(bytes.TrimSpace(value), `"`)), 64)
			if err == nil && ms >= 0 && ms <= maxTimingMS && !math.IsNaN(ms) {
				dst = append(dst, timing{name, time.Duration(ms * float64(time.Millisecond))})
			}
			break
		}
	}
	return dst
}

// cutUnquoted cuts s at the first sep outside a quoted string.
func cutUnquoted(s []byte, sep byte) (before, after []byte) {
	quoted := false
	for i := 0; i < len(s); i++ {
		switch {
		case s[i] == '\\' && quoted:
			i++
		case s[i] == '"':
			quoted = !quoted
		case s[i] == sep && !quoted:
			return s[:i], s[i+1:]
		}
	}
	return s, nil
}

// notToken reports whether r cannot stand in a token (RFC 9110, section 5.6.2).
func notToken(r rune) bool {
	return r <= ' ' || r >= 0x7f || strings.ContainsRune(`"(),/:;<=>?@[\]{}`, r)
}
