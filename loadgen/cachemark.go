package loadgen

import (
	"bytes"
	"errors"
	"net/http"
	"regexp"
	"strings"

	"github.com/seed-5a006608/bench/loadgen/request"
)

// HitRule says how an answer tells that it came from a cache: a header that matches is a hit, one that does not, or is
// missing, a miss. Without a rule X-Cache and CF-Cache-Status are read, and an Age above 0 is a hit.
type HitRule struct {
	header  string // canonical name
	pattern *regexp.Regexp
}

// ParseHitRule reads "NAME~REGEXP".
func ParseHitRule(text string) (*HitRule, error) {
	name, pattern, ok := strings.Cut(text, "~")
	if !ok || name == "" {
		return nil, errors.New("write it as HEADER~REGEXP, as in X-Served-By~cache")
	}
	re, err := request.CompilePattern(pattern)
	if err != nil {
		return nil, err
	}
	return &HitRule{http.CanonicalHeaderKey(name), re}, nil
}

// parseCacheMark reads "HIT", "MISS" or what CDNs write, such as "Hit from cloudfront". An expired answer was fetched anew, and
// one that is stale, updating or revalidated was not: the cache had it. The last word of a list counts, which is the cache nearest
// to the client.
func parseCacheMark(value []byte) cacheMark {
	if i := bytes.LastIndexByte(value, ','); i >= 0 {
		value = value[i+1:]
	}
	switch {
	case containsFold(value, "MISS"), containsFold(value, "EXPIRED"):
		return cacheMiss
	case containsFold(value, "HIT"), containsFold(value, "STALE"), containsFold(value, "UPDATING"), containsFold(value, "REVALIDATED"):
		return cacheHit
	default:
		return cacheUnmarked
	}
}

// containsFold reports whether text is in value, whatever the case of the letters.
func containsFold(value []byte, text string) bool {
	for ; len(value) >= len(text); value = value[1:] {
		if bytes.EqualFold(value[:len(text)], []byte(text)) {
			return true
		}
	}
	return false
}
