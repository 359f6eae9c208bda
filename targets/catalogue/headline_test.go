package catalogue

import (
	"errors"
	"testing"
	"time"
)

func TestHeadlines(t *testing.T) {
	everywhere(t, func(t *testing.T, s *Store) {
		ctx := t.Context()
		first, err := s.Summary(ctx, 1)
		if err != nil || first.Headline != "" || first.Version != FirstVersion {
			t.Fatalf("at first: %+v, %v", first, err)
		}
		one := Headline{CategoryID: 1, Headline: `"50 %" off'; --`, Version: "a1"}
		if err := s.SetHeadline(ctx, one); err != nil {
			t.Fatal(err)
		}
		list := []Headline{{2, "two", "b"}, {3, "three", "c"}}
		if err := s.SetHeadlines(For(ctx, Flush), list); err != nil {
			t.Fatal(err)
		}
		for _, want := range append(list, one, Headline{4, "", FirstVersion}) {
			page, err := s.Summary(For(ctx, Check), want.CategoryID)
			if err != nil || page.Headline != want.Headline || page.Version != want.Version {
				t.Errorf("%+v, %v: want %+v", page, err, want)
			}
		}
		var missing *NotFoundError
		for _, id := range []int64{0, int64(small.Categories) + 1} {
			if err := s.SetHeadline(ctx, Headline{CategoryID: id}); !errors.As(err, &missing) {
				t.Errorf("category %d: %v", id, err)
			}
		}
		want := map[Work]int64{Load: 1, Write: 1, Flush: 1, Background: 0, Check: 4}
		for _, w := range Works() {
			if got := s.Queries(w); got != want[w] {
				t.Errorf("%d queries for %v, want %d", got, w, want[w])
			}
		}
	})
}

// Each query takes as long as its way, at least; what the machine does beside makes it longer, never shorter.
func TestRTT(t *testing.T) {
	const rtt = 20 * time.Millisecond
	s := open(t, Options{Connections: 1, RTT: rtt})
	for name, query := range map[string]func() error{
		"read":  func() error { _, err := s.Stock(t.Context(), 1); return err },
		"write": func() error { return s.SetHeadline(t.Context(), Headline{CategoryID: 1}) },
	} {
		began := time.Now()
		if err := query(); err != nil || time.Since(began) < rtt {
			t.Errorf("%s: %v after %v, want at least %v", name, err, time.Since(began), rtt)
		}
	}
}
