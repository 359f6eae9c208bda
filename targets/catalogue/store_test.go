package catalogue

import (
	"context"
	"errors"
	"math"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"

	"github.com/seed-5a006608/bench/targets/postgres/postgrestest"
	"github.com/seed-5a006608/bench/targets/timing"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(postgrestest.Tests{M: m}) }

// rows are all rows of a table of the small catalogue, made without the database.
func rows(t *testing.T, table func(func(args ...any) error) error) (all [][]any) {
	t.Helper()
	if err := table(func(args ...any) error {
		all = append(all, slices.Clone(args))
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	return all
}

func open(t *testing.T, o Options) *Store {
	t.Helper()
	f, _ := kept(t)
	s, err := Open(t.Context(), copyOf(t, f), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

func everywhere(t *testing.T, f func(t *testing.T, s *Store)) {
	t.Run("pooled", func(t *testing.T) { f(t, open(t, Options{Connections: 2})) })
	t.Run("fresh", func(t *testing.T) { f(t, open(t, Options{Fresh: true})) })
	t.Run("postgres", func(t *testing.T) { onPostgres(t, f) })
}

// stride is how many products lie between two that are looked at: each of a fresh store costs several connections.
func stride(s *Store) int {
	if s.readers == nil {
		return 41
	}
	return 7
}

func TestProduct(t *testing.T) {
	products, reviews, stock, categories := rows(t, small.products), rows(t, small.reviews), rows(t, small.stock), rows(t, small.categories)
	everywhere(t, func(t *testing.T, s *Store) {
		for i := 0; i < len(products); i += stride(s) {
			p := products[i]
			want := Product{ID: int64(p[0].(int)), Name: p[2].(string), PriceCents: int64(p[3].(int)), PriceChangedAt: time.Unix(p[4].(int64), 0).UTC()}
			c := categories[p[1].(int)-1]
			want.Category = Category{int64(c[0].(int)), c[1].(string), c[2].(string)}
			for _, row := range stock {
				if row[0] == p[0] {
					want.InStock += int64(row[2].(int))
				}
			}
			for _, row := range reviews {
				if row[1] == p[0] {
					want.Reviews++
					want.Rating += float64(row[2].(int))
				}
			}
			if want.Reviews > 0 {
				want.Rating /= float64(want.Reviews)
			}
			got, err := s.Product(t.Context(), want.ID)
			if err != nil {
				t.Fatal(err)
			}
			if *got != want {
				t.Fatalf("product %d:\ngot  %+v\nwant %+v", want.ID, *got, want)
			}
		}
	})
}

func TestSummary(t *testing.T) {
	products, reviews, categories := rows(t, small.products), rows(t, small.reviews), rows(t, small.categories)
	everywhere(t, func(t *testing.T, s *Store) {
		for _, c := range categories {
			want := Summary{Category: Category{int64(c[0].(int)), c[1].(string), c[2].(string)}, MinPriceCents: math.MaxInt64}
			var stars int64
			for _, p := range products {
				if p[1] != c[0] {
					continue
				}
				want.Products++
				want.MinPriceCents = min(want.MinPriceCents, int64(p[3].(int)))
				want.MaxPriceCents = max(want.MaxPriceCents, int64(p[3].(int)))
				top := TopRated{ID: int64(p[0].(int)), Name: p[2].(string), PriceCents: int64(p[3].(int))}
				var mine int64
				for _, r := range reviews {
					if r[1] != p[0] {
						continue
					}
					top.Reviews++
					mine += int64(r[2].(int))
					want.ByRating[r[2].(int)-1]++
					if at := time.Unix(r[5].(int64), 0).UTC(); at.After(want.LastReviewAt) {
						want.LastReviewAt = at
					}
				}
				want.Reviews += top.Reviews
				stars += mine
				if top.Reviews >= 3 {
					top.Rating = float64(mine) / float64(top.Reviews)
					want.TopRated = append(want.TopRated, top)
				}
			}
			want.Rating = float64(stars) / float64(want.Reviews)
			slices.SortFunc(want.TopRated, func(a, b TopRated) int {
				if a.Rating != b.Rating {
					return -int(math.Copysign(1, a.Rating-b.Rating))
				}
				if a.Reviews != b.Reviews {
					return int(b.Reviews - a.Reviews)
				}
				return int(a.ID - b.ID)
			})
			want.TopRated = want.TopRated[:min(5, len(want.TopRated))]
			got, err := s.Summary(t.Context(), want.Category.ID)
			if err != nil {
				t.Fatal(err)
			}
			if !slices.Equal(got.TopRated, want.TopRated) {
				t.Fatalf("category %d:\ngot  %+v\nwant %+v", want.Category.ID, got.TopRated, want.TopRated)
			}
			got.TopRated, want.TopRated = nil, nil
			if got.Category != want.Category || got.Products != want.Products || got.ByRating != want.ByRating || got.Rating != want.Rating ||
				got.MinPriceCents != want.MinPriceCents || got.MaxPriceCents != want.MaxPriceCents || got.LastReviewAt != want.LastReviewAt ||
				got.Reviews != want.Reviews {
				t.Fatalf("category %d:\ngot  %+v\nwant %+v", want.Category.ID, *got, want)
			}
		}
	})
}

func TestStock(t *testing.T) {
	stock := rows(t, small.stock)
	everywhere(t, func(t *testing.T, s *Store) {
		for i := 0; i < len(stock); i += stride(s) * len(warehouses) {
			got, err := s.Stock(t.Context(), int64(stock[i][0].(int)))
			if err != nil {
				t.Fatal(err)
			}
			for j, w := range got.Warehouses {
				if want := (Warehouse{stock[i+j][1].(string), int64(stock[i+j][2].(int))}); w != want {
					t.Fatalf("product %d: got %+v, want %+v", got.ProductID, w, want)
				}
			}
			if len(got.Warehouses) != len(warehouses) {
				t.Fatalf("product %d: %d warehouses", got.ProductID, len(got.Warehouses))
			}
		}
	})
}

func TestNotFound(t *testing.T) {
	everywhere(t, func(t *testing.T, s *Store) {
		for _, id := range []int64{0, -1, int64(small.Products) + 1, math.MaxInt64} {
			_, productErr := s.Product(t.Context(), id)
			_, stockErr := s.Stock(t.Context(), id)
			_, priceErr := s.SetPrice(t.Context(), id, 100)
			_, summaryErr := s.Summary(t.Context(), id)
			for _, err := range []error{productErr, stockErr, priceErr, summaryErr} {
				var missing *NotFoundError
				if !errors.As(err, &missing) || missing.ID != id {
					t.Errorf("id %d: error %v, want a NotFoundError", id, err)
				}
			}
		}
		if _, err := s.Summary(t.Context(), 1); err != nil {
			t.Errorf("after a summary that was not found: %v", err)
		}
	})
}

func TestSetPrice(t *testing.T) {
	everywhere(t, func(t *testing.T, s *Store) {
		before, err := s.Product(t.Context(), 3)
		if err != nil {
			t.Fatal(err)
		}
		change, err := s.SetPrice(t.Context(), 3, 123_45)
		if err != nil {
			t.Fatal(err)
		}
		if change.ProductID != 3 || change.CategoryID != before.Category.ID || change.PriceCents != 123_45 {
			t.Errorf("change %+v of %+v", change, before)
		}
		after, err := s.Product(t.Context(), 3)
		if err != nil {
			t.Fatal(err)
		}
		if after.PriceCents != 123_45 || !after.PriceChangedAt.Equal(change.ChangedAt) {
			t.Errorf("after the change: %+v", after)
		}
		if _, err := s.SetPrice(t.Context(), 3, 0); err == nil {
			t.Error("a price of 0 was accepted")
		}
	})
}

// Readers and the writer work at once, on several connections.
func TestReadsDuringWrites(t *testing.T) {
	everywhere(t, func(t *testing.T, s *Store) {
		var wg sync.WaitGroup
		for g := range 4 {
			wg.Go(func() {
				for i := range 105 / stride(s) {
					id := int64(1 + g*15 + i)
					if _, err := s.SetPrice(t.Context(), id, 100+id); err != nil {
						t.Error(err)
					}
					if p, err := s.Product(t.Context(), id); err != nil || p.PriceCents != 100+id {
						t.Errorf("product %d: %+v, %v", id, p, err)
					}
					if _, err := s.Summary(t.Context(), int64(1+i%small.Categories)); err != nil {
						t.Error(err)
					}
				}
			})
		}
		wg.Wait()
	})
}

func TestWhereTheTimeWent(t *testing.T) {
	for _, tc := range []struct {
		o    Options
		want []timing.Part
		not  []timing.Part
	}{
		{Options{Connections: 1}, []timing.Part{timing.DB}, []timing.Part{timing.Connect}},
		{Options{Fresh: true}, []timing.Part{timing.DB, timing.Connect}, []timing.Part{timing.Pool}},
	} {
		var r timing.Request
		if _, err := open(t, tc.o).Summary(timing.With(t.Context(), &r), 1); err != nil {
			t.Fatal(err)
		}
		for _, p := range tc.want {
			if r.Spent(p) <= 0 {
				t.Errorf("%+v: nothing spent in part %d: %s", tc.o, p, r.Header())
			}
		}
		for _, p := range tc.not {
			if r.Spent(p) != 0 {
				t.Errorf("%+v: time spent in part %d: %s", tc.o, p, r.Header())
			}
		}
	}
}

// Requests get a connection in the order in which they came, and what they waited is counted: five come a second apart,
// the connection is free at 6 s, each uses it for a second. So each waits 6 s; a sixth gives up after a second.
func TestPoolIsFair(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		only := new(conn)
		p := &pool{free: make(chan *conn, 1), size: 1}
		p.put(only)
		if c, err := p.get(t.Context()); err != nil || c != only {
			t.Fatal(c, err)
		}
		var mu sync.Mutex
		var order []int
		for i := range 5 {
			go func() {
				var r timing.Request
				c, err := p.get(timing.With(t.Context(), &r))
				if err != nil {
					t.Error(err)
				}
				mu.Lock()
				order = append(order, i)
				mu.Unlock()
				if got := r.Spent(timing.Pool); got != 6*time.Second {
					t.Errorf("request %d waited %v, want 6s", i, got)
				}
				time.Sleep(time.Second)
				p.put(c)
			}()
			time.Sleep(time.Second)
		}
		impatient, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if _, err := p.get(impatient); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("error %v", err)
		}
		p.put(only)
		time.Sleep(time.Minute)
		mu.Lock()
		defer mu.Unlock()
		if !slices.Equal(order, []int{0, 1, 2, 3, 4}) {
			t.Errorf("served in the order %v", order)
		}
		want := PoolStats{Connections: 1, InUse: 0, Waits: 6, WaitTime: 31 * time.Second}
		if got := p.stats(); got != want {
			t.Errorf("stats %+v, want %+v", got, want)
		}
	})
}

func TestOpenNothing(t *testing.T) {
	for _, o := range []Options{{}, {Fresh: true}} {
		if _, err := Open(t.Context(), t.TempDir()+"/none.sqlite", o); err == nil {
			t.Errorf("%+v: no error", o)
		}
	}
}
