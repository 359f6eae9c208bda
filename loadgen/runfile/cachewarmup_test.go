package runfile

import (
	"testing"
	"time"
)

// secondsOf are seconds of so many hits of 100 lookups each.
func secondsOf(hits ...uint64) (list []Interval) {
	for i, h := range hits {
		list = append(list, Interval{StartNS: time.Duration(i) * time.Second, Hits: h, Misses: 100 - h})
	}
	return list
}

func TestCacheWarmUp(t *testing.T) {
	flat := []uint64{90, 90, 90, 90, 90, 90, 90, 90, 90, 90}
	few := secondsOf(append([]uint64{50, 85, 90}, flat...)...)
	few[2].Hits, few[2].Misses = 0, 9
	for what, c := range map[string]struct {
		seconds []Interval
		want    *CacheWarmUp
	}{
		"no lookups":                {make([]Interval, 30), nil},
		"10 s":                      {secondsOf(flat...), nil},
		"warm from the start":       {secondsOf(append([]uint64{81}, flat...)...), &CacheWarmUp{0.9, true, 0}},
		"warm after 2 s":            {secondsOf(append([]uint64{10, 80}, flat...)...), &CacheWarmUp{0.9, true, 2 * time.Second}},
		"cold again":                {secondsOf(append([]uint64{10, 90, 90, 80}, flat...)...), &CacheWarmUp{0.9, true, 4 * time.Second}},
		"cold at the end":           {secondsOf(append(flat, 90, 0)...), &CacheWarmUp{0.81, false, 0}},
		"the end without lookups":   {append(secondsOf(append([]uint64{10}, flat...)...), Interval{}, Interval{}), &CacheWarmUp{0.9, true, time.Second}},
		"nine lookups":              {few, &CacheWarmUp{0.9, true, time.Second}},
		"a cache that never hits":   {secondsOf(make([]uint64, 12)...), &CacheWarmUp{0, true, 0}},
		"it warms up in the window": {secondsOf(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 100, 100), &CacheWarmUp{0.2, true, 10 * time.Second}},
	} {
		got := cacheWarmUp(c.seconds)
		if (got == nil) != (c.want == nil) || got != nil && !(near(got.Ratio, c.want.Ratio) && got.Ended == c.want.Ended && got.AfterNS == c.want.AfterNS) {
			t.Errorf("%s: %+v, want %+v", what, got, c.want)
		}
	}
}
