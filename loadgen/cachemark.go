package loadgen

import (
	"errors"
	"fmt"
	"net/http"
	"regexp"
	"strconv"
	"strings"
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
	re, err := regexp.Compile(pattern)
	if err != nil {
		return nil, fmt.Errorf("the regular expression cannot be read: %w", err)
	}
	return &HitRule{http.CanonicalHeaderKey(name), re}, nil
}

// cacheMarkOf reads what a response's header says of the cache that it came through.
func cacheMarkOf(header http.Header, rule *HitRule) cacheMark {
	if rule != nil {
		for _, v := range header[rule.header] {
			if rule.pattern.MatchString(v) {
				return cacheHit
			}
		}
		return cacheMiss
	}
	for _, name := range [...]string{"X-Cache", "Cf-Cache-Status"} {
		if values := header[name]; len(values) > 0 {
			if mark := parseCacheMark(values[len(values)-1]); mark != cacheUnmarked {
				return mark
			}
		}
	}
	if values := header["Age"]; len(values) > 0 {
		if age, err := strconv.ParseUint(values[0], 10, 63); err == nil && age > 0 {
			return cacheHit
		}
	}
	return cacheUnmarked
}

// parseCacheMark reads "HIT", "MISS" or what CDNs write, such as "Hit from cloudfront"; an expired answer was fetched
// anew. The last word of a list counts, which is the cache nearest to the client.
func parseCacheMark(value string) cacheMark {
	if i := strings.LastIndexByte(value, ','); i >= 0 {
		value = value[i+1:]
	}
	value = strings.ToUpper(value)
	switch {
	case strings.Contains(value, "MISS"), strings.Contains(value, "EXPIRED"):
		return cacheMiss
	case strings.Contains(value, "HIT"):
		return cacheHit
	default:
		return cacheUnmarked
	}
}
