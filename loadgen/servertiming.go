package loadgen

import (
	"math"
	"strconv"
	"strings"
	"time"
)

// The bounds on what is believed of a Server-Timing header.
const (
	maxTimingName = 40
	maxTimingMS   = 3.6e6
)

// parseServerTiming appends the metrics with a duration of a Server-Timing header ("db;dur=1.2, cache;desc=\"a, b\"").
// Names are tokens; what is malformed is passed over, because a header of the server under test is no reason to stop.
func parseServerTiming(dst []timing, header string) []timing {
	for header != "" && len(dst) < maxTimings {
		var metric string
		metric, header = cutUnquoted(header, ',')
		name, params := cutUnquoted(metric, ';')
		name = strings.TrimSpace(name)
		if name == "" || len(name) > maxTimingName || strings.ContainsFunc(name, notToken) {
			continue
		}
		for params != "" {
			var param string
			param, params = cutUnquoted(params, ';')
			key, value, _ := strings.Cut(param, "=")
			if !strings.EqualFold(strings.TrimSpace(key), "dur") {
				continue
			}
			ms, err := strconv.ParseFloat(strings.Trim(strings.TrimSpace(value), `"`), 64)
			if err == nil && ms >= 0 && ms <= maxTimingMS && !math.IsNaN(ms) {
				dst = append(dst, timing{name, time.Duration(ms * float64(time.Millisecond))})
			}
			break
		}
	}
	return dst
}

// cutUnquoted cuts s at the first sep outside a quoted string.
func cutUnquoted(s string, sep byte) (before, after string) {
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
	return s, ""
}

// notToken reports whether r cannot stand in a token (RFC 9110, section 5.6.2).
func notToken(r rune) bool {
	return r <= ' ' || r >= 0x7f || strings.ContainsRune(`"(),/:;<=>?@[\]{}`, r)
}
