package loadgen

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/seed-5a006608/bench/loadgen/runfile"
)

func TestParseServerTiming(t *testing.T) {
	ms := func(v float64) time.Duration { return time.Duration(v * 1e6) }
	for _, tc := range []struct {
		header string
		want   []runfile.ServerTiming
	}{
		{"", nil},
		{"db;dur=1.5", []runfile.ServerTiming{{Name: "db", Count: 1, SumNS: ms(1.5)}}},
		{"db;dur=1.5, cache;dur=0.02", []runfile.ServerTiming{{Name: "db", Count: 1, SumNS: ms(1.5)}, {Name: "cache", Count: 1, SumNS: ms(0.02)}}},
		{`db;desc="a, b; c";dur=2`, []runfile.ServerTiming{{Name: "db", Count: 1, SumNS: ms(2)}}},
		{`db;desc="a \" , b";dur=2, x;dur=1`, []runfile.ServerTiming{{Name: "db", Count: 1, SumNS: ms(2)}, {Name: "x", Count: 1, SumNS: ms(1)}}},
		{`db;DUR="3"`, []runfile.ServerTiming{{Name: "db", Count: 1, SumNS: ms(3)}}},
		{"miss, db;dur=1", []runfile.ServerTiming{{Name: "db", Count: 1, SumNS: ms(1)}}},
		{"db;dur=-1, b;dur=NaN, c;dur=x, d;dur=1e300", nil},
		{"a b;dur=1, \x1b[31m;dur=1, ;dur=1", nil},
		{strings.Repeat("n", 41) + ";dur=1", nil},
	} {
		if got := inTotals(parseServerTiming(nil, []byte(tc.header))); !slices.Equal(got, tc.want) {
			t.Errorf("%q = %v, want %v", tc.header, got, tc.want)
		}
	}
	if got := parseServerTiming(nil, []byte(strings.Repeat("a;dur=1,", 100))); len(got) != runfile.MaxTimings {
		t.Errorf("%d metrics of a hundred, want %d", len(got), runfile.MaxTimings)
	}
}

// inTotals returns timings as the totals of one answer have them.
func inTotals(timings []timing) []runfile.ServerTiming {
	var t totals
	for _, m := range timings {
		t.timings = runfile.AddTiming(t.timings, m.name, 1, m.duration)
	}
	return t.timings
}
