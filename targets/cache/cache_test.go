package cache

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"

	"github.com/seed-5a006608/bench/targets/catalogue"
	"github.com/seed-5a006608/bench/targets/timing"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// origin answers after a delay and counts what it was asked.
type origin struct {
	delay     time.Duration
	products  atomic.Int64
	summaries atomic.Int64
	stocks    atomic.Int64
	price     atomic.Int64
	fail      atomic.Bool
	doubt     atomic.Bool // a price is changed, and the answer lost
}

var errBroken = errors.New("the database is broken")

func (o *origin) work(ctx context.Context) error {
	select {
	case <-time.After(o.delay):
	case <-ctx.Done():
		return ctx.Err()
	}
	timing.From(ctx).Add(timing.DB, o.delay)
	if o.fail.Load() {
		return errBroken
	}
	return nil
}

func (o *origin) Product(ctx context.Context, id int64) (*catalogue.Product, error) {
	o.products.Add(1)
	if id > 100 {
		return nil, &catalogue.NotFoundError{What: "product", ID: id}
	}
	price := o.price.Load() // before the work: what the row held when the query began
	return &catalogue.Product{ID: id, PriceCents: price}, o.work(ctx)
}

func (o *origin) Summary(ctx context.Context, id int64) (*catalogue.Summary, error) {
	o.summaries.Add(1)
	return &catalogue.Summary{Category: catalogue.Category{ID: id}}, o.work(ctx)
}

func (o *origin) Stock(ctx context.Context, id int64) (*catalogue.Stock, error) {
	o.stocks.Add(1)
	return &catalogue.Stock{ProductID: id}, o.work(ctx)
}

func (o *origin) SetPrice(_ context.Context, id, cents int64) (*catalogue.PriceChange, error) {
	o.price.Store(cents)
	if o.doubt.Load() {
		return nil, &catalogue.InDoubtError{Cause: errBroken}
	}
	return &catalogue.PriceChange{ProductID: id, CategoryID: 9, PriceCents: cents}, nil
}

func (o *origin) SetHeadline(context.Context, catalogue.Headline) error { return nil }

// clock is the bubble's, without a ticker that would keep the bubble alive.
type clock struct{}

func (clock) NowNano() int64                      { return time.Now().UnixNano() }
func (clock) Tick(time.Duration) <-chan time.Time { return nil }

func before(t *testing.T, o *origin, options Options) *Catalogue {
	t.Helper()
	options.Clock = clock{}
	c, err := New(o, options)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	return c
}

func ask(t *testing.T, c *Catalogue, id int64) (timing.Request, *catalogue.Summary) {
	t.Helper()
	var r timing.Request
	s, err := c.Summary(timing.With(t.Context(), &r), id)
	if err != nil {
		t.Fatal(err)
	}
	return r, s
}

func TestHitAndMiss(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		o := &origin{delay: 5 * time.Millisecond}
		c := before(t, o, Options{})
		r, s := ask(t, c, 4)
		if r.Lookup != timing.Miss || r.Header() != "cache;dur=0.000, db;dur=5.000" || s.Category.ID != 4 {
			t.Errorf("first: lookup %d, %s, %+v", r.Lookup, r.Header(), s)
		}
		r, s = ask(t, c, 4)
		if r.Lookup != timing.Hit || r.Header() != "cache;dur=0.000" || s.Category.ID != 4 {
			t.Errorf("second: lookup %d, %s, %+v", r.Lookup, r.Header(), s)
		}
		if r, _ = ask(t, c, 5); r.Lookup != timing.Miss {
			t.Errorf("another: lookup %d", r.Lookup)
		}
		if st := c.Summaries.Stats(); st.Hits != 1 || st.Misses != 2 || st.Loads() != 2 || o.summaries.Load() != 2 || c.Summaries.Len() != 2 {
			t.Errorf("stats %+v, %d loads, %d entries", st, o.summaries.Load(), c.Summaries.Len())
		}
	})
}

// However many ask for a missing key at once, the origin is asked once. All waited, so for all it was a miss.
func TestOneFlightPerKey(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		o := &origin{delay: 5 * time.Millisecond}
		c := before(t, o, Options{})
		var wg sync.WaitGroup
		var loaded, waited atomic.Int64
		for i := range 100 {
			wg.Go(func() {
				r, s := ask(t, c, int64(1+i%2))
				if s.Category.ID != int64(1+i%2) || r.Lookup != timing.Miss {
					t.Errorf("%+v, lookup %d", s, r.Lookup)
				}
				switch r.Header() {
				case "cache;dur=0.000, db;dur=5.000":
					loaded.Add(1)
				case "cache;dur=5.000":
					waited.Add(1)
				default:
					t.Error(r.Header())
				}
			})
		}
		wg.Wait()
		if o.summaries.Load() != 2 || loaded.Load() != 2 || waited.Load() != 98 {
			t.Errorf("%d loads for 2 keys; %d loaded, %d waited", o.summaries.Load(), loaded.Load(), waited.Load())
		}
	})
}

// Who began the load may give up; the others still get their answer.
func TestFlightOutlivesWhoBeganIt(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		o := &origin{delay: 5 * time.Millisecond}
		c := before(t, o, Options{})
		ctx, cancel := context.WithTimeout(t.Context(), time.Millisecond)
		defer cancel()
		var wg sync.WaitGroup
		wg.Go(func() {
			if _, err := c.Summary(ctx, 1); !errors.Is(err, context.DeadlineExceeded) {
				t.Errorf("error %v", err)
			}
		})
		synctest.Wait()
		for range 10 {
			wg.Go(func() { ask(t, c, 1) })
		}
		wg.Wait()
		if o.summaries.Load() != 2 {
			t.Errorf("%d loads, want the one given up and one more", o.summaries.Load())
		}
	})
}

func TestTTL(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		o := &origin{}
		c := before(t, o, Options{TTL: time.Minute})
		ask(t, c, 1)
		for _, tc := range []struct {
			after time.Duration
			want  timing.Lookup
			why   string
		}{
			{30 * time.Second, timing.Hit, "half its time"},
			{29 * time.Second, timing.Hit, "a second left; being read does not extend it"},
			{2 * time.Second, timing.Miss, "a second too late"},
			{59 * time.Second, timing.Hit, "it was loaded anew"},
		} {
			time.Sleep(tc.after)
			if r, _ := ask(t, c, 1); r.Lookup != tc.want {
				t.Errorf("lookup %d, want %d (%s)", r.Lookup, tc.want, tc.why)
			}
		}
	})
}

func TestDefaultTTL(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := before(t, &origin{}, Options{})
		ask(t, c, 1)
		time.Sleep(DefaultTTL - time.Second)
		if r, _ := ask(t, c, 1); r.Lookup != timing.Hit {
			t.Error("gone before its time")
		}
		time.Sleep(2 * time.Second)
		if r, _ := ask(t, c, 1); r.Lookup != timing.Miss {
			t.Error("kept beyond its time")
		}
	})
}

func TestSizeIsBounded(t *testing.T) {
	o := &origin{}
	c := before(t, o, Options{Size: 10})
	for id := range int64(100) {
		if _, err := c.Product(t.Context(), id+1); err != nil {
			t.Fatal(err)
		}
	}
	c.Products.entries.CleanUp()
	if n := c.Products.Len(); n > 10 {
		t.Errorf("%d entries, want at most 10", n)
	}
	if st := c.Products.Stats(); st.Evictions != 90 {
		t.Errorf("%d evictions, want 90", st.Evictions)
	}
}

func TestPriceChangeForgetsWhatShowsIt(t *testing.T) {
	ctx := t.Context()
	o := &origin{}
	c := before(t, o, Options{})
	for range 2 {
		c.Product(ctx, 3)
		c.Product(ctx, 4)
		c.Summary(ctx, 9)
		c.Summary(ctx, 8)
	}
	if _, err := c.SetPrice(ctx, 3, 777); err != nil {
		t.Fatal(err)
	}
	if p, err := c.Product(ctx, 3); err != nil || p.PriceCents != 777 {
		t.Errorf("product after the change: %+v, %v", p, err)
	}
	c.Product(ctx, 4)
	c.Summary(ctx, 9)
	c.Summary(ctx, 8)
	if o.products.Load() != 3 || o.summaries.Load() != 3 {
		t.Errorf("%d products and %d summaries loaded, want 3 and 3: product 3 and its category 9 twice", o.products.Load(), o.summaries.Load())
	}
}

// A load that began before the price changed must not put the old price back.
// Where the answer to a change was lost, it may have been made all the same.
func TestPriceChangeInDoubtForgetsToo(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var o origin
		c := before(t, &o, Options{})
		if _, err := c.Product(t.Context(), 4); err != nil {
			t.Fatal(err)
		}
		ask(t, c, 9)
		o.doubt.Store(true)
		var doubt *catalogue.InDoubtError
		if _, err := c.SetPrice(t.Context(), 4, 500); !errors.As(err, &doubt) {
			t.Fatal(err)
		}
		if p, err := c.Product(t.Context(), 4); err != nil || p.PriceCents != 500 {
			t.Errorf("%+v, %v: want the new price", p, err)
		}
		if record, _ := ask(t, c, 9); record.Lookup != timing.Miss {
			t.Error("the category's page, which shows the price, was not forgotten")
		}
	})
}

func TestPriceChangeOvertakesALoad(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		o := &origin{delay: 5 * time.Millisecond}
		c := before(t, o, Options{})
		var wg sync.WaitGroup
		wg.Go(func() { c.Product(t.Context(), 3) })
		time.Sleep(time.Millisecond)
		if _, err := c.SetPrice(t.Context(), 3, 777); err != nil {
			t.Fatal(err)
		}
		wg.Wait()
		if p, err := c.Product(t.Context(), 3); err != nil || p.PriceCents != 777 {
			t.Errorf("product after the change: %+v, %v", p, err)
		}
	})
}

func TestErrorsAreNotKept(t *testing.T) {
	ctx := t.Context()
	o := &origin{}
	c := before(t, o, Options{})
	o.fail.Store(true)
	if _, err := c.Product(ctx, 1); !errors.Is(err, errBroken) {
		t.Errorf("error %v", err)
	}
	o.fail.Store(false)
	if _, err := c.Product(ctx, 1); err != nil {
		t.Errorf("after the repair: %v", err)
	}
	var missing *catalogue.NotFoundError
	for range 2 {
		if _, err := c.Product(ctx, 1000); !errors.As(err, &missing) {
			t.Errorf("error %v", err)
		}
	}
}

func TestStockIsNeverCached(t *testing.T) {
	o := &origin{}
	c := before(t, o, Options{})
	for range 3 {
		var r timing.Request
		if _, err := c.Stock(timing.With(t.Context(), &r), 1); err != nil || r.Lookup != timing.None {
			t.Errorf("%v, lookup %d", err, r.Lookup)
		}
	}
	if o.stocks.Load() != 3 {
		t.Errorf("asked %d times, want 3", o.stocks.Load())
	}
}
