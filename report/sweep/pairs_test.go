package sweep

import "testing"

// What follows from two findings is one: of A < B and B < C, A < C.
func TestPlaces(t *testing.T) {
	s := &Sweep{Cells: make([]Cell, 4), Pairs: []Pair{{A: 0, B: 1, Slower: "b"}, {A: 1, B: 2, Slower: "b"}, {A: 0, B: 2}, {A: 0, B: 3}, {A: 1, B: 3}, {A: 2, B: 3}}}
	s.Rank()
	for i, want := range []struct {
		first, last int
		best        bool
	}{{1, 2, true}, {2, 3, false}, {3, 4, false}, {1, 4, true}} {
		if c := s.Cells[i]; c.First != want.first || c.Last != want.last || c.Best != want.best {
			t.Errorf("cell %d: places %d–%d, best %v, want %v", i, c.First, c.Last, c.Best, want)
		}
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
