package sweep

import (
	"cmp"
	"fmt"
	"strings"
	"testing"
)

// What follows from two findings is one: of A < B and B < C, A < C.
func TestPlaces(t *testing.T) {
	places(t, 4, []Pair{{A: 0, B: 1, Slower: "b"}, {A: 1, B: 2, Slower: "b"}, {A: 0, B: 2}, {A: 0, B: 3}, {A: 1, B: 3}, {A: 2, B: 3}}, "1–2 2–3 3–4 1–4")
}

// A cell is behind another where it is slower by one percentile and not faster by the other; what is faster and slower is neither.
func TestPlacesByTwoPercentiles(t *testing.T) {
	median := func(a, b int, slower string) Pair { return Pair{A: a, B: b, Metric: "p50", Slower: slower} }
	high := func(a, b int, slower string) Pair { return Pair{A: a, B: b, Metric: "p99", Slower: slower} }
	for want, pairs := range map[string][]Pair{
		"1–2 3–3 1–2": {median(0, 1, "b"), high(1, 2, "a")},
		"1–3 1–3 1–3": {median(0, 1, "b"), high(0, 1, "a")},
		"1–1 2–2 3–3": {median(0, 1, "b"), high(0, 1, "b"), high(1, 2, "b"), median(0, 2, "b")},
		// Each is behind another by turns: then the higher percentile says it alone.
		"2–4 1–3 2–4 1–3": {median(0, 1, "b"), high(1, 2, "b"), median(2, 3, "b"), high(0, 3, "a")},
	} {
		t.Run(want, func(t *testing.T) { places(t, strings.Count(want, "–"), pairs, want) })
	}
}

// places holds the places of so many cells against those wanted; who may be first is among the best.
func places(t *testing.T, cells int, pairs []Pair, want string) {
	t.Helper()
	s := &Sweep{Metric: "p99", Cells: make([]Cell, cells), Pairs: pairs}
	for i := range pairs {
		pairs[i].Metric = cmp.Or(pairs[i].Metric, s.Metric)
	}
	s.Rank()
	var got []string
	for _, c := range s.Cells {
		if got = append(got, fmt.Sprintf("%d–%d", c.First, c.Last)); c.Best != (c.First == 1) {
			t.Errorf("place %d–%d, among the best: %v", c.First, c.Last, c.Best)
		}
	}
	if strings.Join(got, " ") != want {
		t.Errorf("%v, want %s", got, want)
	}
}

// Only the values of one option that are all numbers have an order.
func TestNumericOptions(t *testing.T) {
	for _, c := range []struct {
		values []string
		want   []int
	}{
		{[]string{"16", "2", "4"}, []int{1, 2, 0}},
		{[]string{"1m", "500ms", "2s"}, []int{1, 2, 0}},
		{[]string{"75%", "50%"}, []int{1, 0}},
		{[]string{"none", "2"}, nil},
		{[]string{"NaN", "2"}, nil},
	} {
		var cells []Cell
		for _, v := range c.values {
			cells = append(cells, Cell{Values: []string{v}})
		}
		got := numeric(cells, 1)
		if len(got) != len(c.want) {
			t.Errorf("%v: %v", c.values, got)
			continue
		}
		for i := range got {
			if got[i] != c.want[i] {
				t.Errorf("%v: %v, want %v", c.values, got, c.want)
			}
		}
	}
	if numeric([]Cell{{Values: []string{"1", "2"}}}, 2) != nil {
		t.Error("a grid has an order")
	}
}
