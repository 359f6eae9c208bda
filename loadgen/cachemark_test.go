package loadgen

import (
	"net/http"
	"testing"

	"github.com/seed-5a006608/bench/loadgen/exchange"
)

func TestCacheMarkOf(t *testing.T) {
	rule, err := ParseHitRule("x-served-by~^cache")
	if err != nil {
		t.Fatal(err)
	}
	for _, tc := range []struct {
		header http.Header
		rule   *HitRule
		want   cacheMark
	}{
		{http.Header{}, nil, cacheUnmarked},
		{http.Header{"X-Cache": {"HIT"}}, nil, cacheHit},
		{http.Header{"X-Cache": {"miss"}}, nil, cacheMiss},
		{http.Header{"X-Cache": {"Hit from cloudfront"}}, nil, cacheHit},
		{http.Header{"X-Cache": {"MISS, HIT"}}, nil, cacheHit},
		{http.Header{"X-Cache": {"HIT", "MISS"}}, nil, cacheMiss},
		{http.Header{"X-Cache": {"TCP_MISS"}}, nil, cacheMiss},
		{http.Header{"X-Cache": {"bypass"}}, nil, cacheUnmarked},
		{http.Header{"X-Cache": {"bypass"}, "Cf-Cache-Status": {"HIT"}}, nil, cacheHit},
		{http.Header{"Cf-Cache-Status": {"EXPIRED"}}, nil, cacheMiss},
		{http.Header{"Cf-Cache-Status": {"DYNAMIC"}}, nil, cacheUnmarked},
		{http.Header{"Cf-Cache-Status": {"STALE"}}, nil, cacheHit},
		{http.Header{"Cf-Cache-Status": {"UPDATING"}}, nil, cacheHit},
		{http.Header{"Cf-Cache-Status": {"REVALIDATED"}}, nil, cacheHit},
		{http.Header{"X-Cache": {"stale"}}, nil, cacheHit},
		{http.Header{"Age": {"12"}}, nil, cacheHit},
		{http.Header{"Age": {"0"}}, nil, cacheUnmarked},
		{http.Header{"Age": {"-1"}}, nil, cacheUnmarked},
		{http.Header{"Age": {"0", "12"}}, nil, cacheUnmarked},
		{http.Header{"X-Served-By": {"cache-1"}}, rule, cacheHit},
		{http.Header{"X-Served-By": {"origin"}, "X-Cache": {"HIT"}}, rule, cacheMiss},
		{http.Header{}, rule, cacheMiss},
	} {
		m := newAnswerMarks(tc.rule)
		if m.read(exchange.Header{Fields: tc.header}); m.cache() != tc.want {
			t.Errorf("%v under %v = %v, want %v", tc.header, tc.rule, m.cache(), tc.want)
		}
	}
	for _, text := range []string{"", "hit", "~x", "X~("} {
		if _, err := ParseHitRule(text); err == nil {
			t.Errorf("%q was taken for a rule", text)
		}
	}
}
