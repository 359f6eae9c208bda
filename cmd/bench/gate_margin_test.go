package main

import (
	"slices"
	"strings"
	"testing"

	"github.com/seed-5a006608/bench/report/compare"
)

func TestMarginsAreRead(t *testing.T) {
	for _, tc := range []struct {
		flags  []string
		metric string
		want   [2]float64 // 0: it is not judged
		err    string
	}{
		{nil, "p50", [2]float64{0.05, 0.05}, ""},
		{nil, "p99", [2]float64{0.1, 0.2}, ""},
		{[]string{"p99=30%"}, "p99", [2]float64{0.3, 0.3}, ""},
		{[]string{"p99=5%:15%"}, "p99", [2]float64{0.05, 0.15}, ""},
		{[]string{"p99.9=10%:50%"}, "p999", [2]float64{0.1, 0.5}, ""},
		{[]string{"p99=off"}, "p99", [2]float64{}, ""},
		{[]string{"p99=20%:10%"}, "", [2]float64{}, "the second is not the lesser"},
		{[]string{"p99=10:20%"}, "", [2]float64{}, "want a share"},
		{[]string{"p99=10%:"}, "", [2]float64{}, "want a share"},
		{[]string{"p99=NaN%"}, "", [2]float64{}, "want a share"},
		{[]string{"p99"}, "", [2]float64{}, "want a share"},
		{[]string{"errors=1%:2%"}, "", [2]float64{}, "one margin"},
		{[]string{"origin=10%"}, "origin_queries", [2]float64{0.1, 0.1}, ""},
		{nil, "origin_queries", [2]float64{}, ""},
		{[]string{"stale=1%:2%"}, "", [2]float64{}, "one margin"},
		{[]string{"errors=off"}, "", [2]float64{}, "want a share"},
		{[]string{"p42=1%"}, "", [2]float64{}, `no "p42"`},
	} {
		list, err := (&gateOptions{inconclusive: "fail", margins: tc.flags}).criteria()
		if tc.err != "" || err != nil {
			if tc.err == "" || err == nil || !strings.Contains(err.Error(), tc.err) {
				t.Errorf("%q: %v, want %q", tc.flags, err, tc.err)
			}
			continue
		}
		var got [2]float64
		for _, c := range list {
			if c.Metric.Key == tc.metric {
				got = [2]float64{c.Margin, c.PassMargin}
			}
		}
		if got != tc.want {
			t.Errorf("%q: %s has %v, want %v", tc.flags, tc.metric, got, tc.want)
		}
	}
}

func TestMarginsOfShares(t *testing.T) {
	g := &gateOptions{inconclusive: "fail"}
	if _, err := g.criteria(); err != nil || len(g.shares) != 0 {
		t.Errorf("by default: %v, %v", g.shares, err)
	}
	g.margins = []string{"hits=5%", "stale=0.1%"}
	want := []compare.PartMargin{{Of: compare.StaleReads, Margin: 0.001}, {Of: compare.CacheMisses, Margin: 0.05}}
	if _, err := g.criteria(); err != nil || !slices.Equal(g.shares, want) {
		t.Errorf("%v, %v, want %v", g.shares, err, want)
	}
	if g.margins = append(g.margins, "hits=off"); true {
		if _, err := g.criteria(); err != nil || !slices.Equal(g.shares, want[:1]) {
			t.Errorf("without hits: %v, %v", g.shares, err)
		}
	}
}
