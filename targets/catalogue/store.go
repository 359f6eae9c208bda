package catalogue

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"time"

	"github.com/seed-5a006608/bench/targets/timing"
)

// Options say how a [Store] connects.
type Options struct {
	// Connections bounds how many reads run at once; further ones wait, in order of arrival. 0 means GOMAXPROCS: reading
	// SQLite is work for the processor, so that more at once would only take turns, and each would take longer.
	Connections int

	// RTT is how long each query waits on its connection, as for a database so far away. It costs no processor time.
	RTT time.Duration

	// Fresh opens a connection for each read and closes it afterwards, without bound.
	Fresh bool
}

// Store is an open catalogue. Each call records its times in the [timing.Request] of its context.
type Store struct {
	source  source // for readers
	readers *pool  // nil if each read opens its own
	writer  *pool  // nil if a reader's connection writes too

	rtt     time.Duration
	queries queryCounts
	last    int64 // category; they are numbered from 1 on
}

// Open opens the database file at path for reading and writing.
func Open(ctx context.Context, path string, o Options) (*Store, error) {
	// Readers and the writer do not block each other under WAL. The file is a copy: no need to survive a power cut.
	writer, err := newPool(ctx, 1, sqlite(path, "mode=rw", "_pragma=busy_timeout(5000)", "_pragma=journal_mode(WAL)", "_pragma=synchronous(OFF)"))
	if err != nil {
		return nil, fmt.Errorf("open the catalogue %s: %w", path, err)
	}
	s := &Store{writer: writer, source: sqlite(path, "mode=rw", "_pragma=busy_timeout(5000)", "_pragma=query_only(ON)")}
	if err := s.fill(ctx, o); err != nil {
		return nil, errors.Join(fmt.Errorf("open the catalogue %s: %w", path, err), writer.close())
	}
	return s, nil
}

// fill opens the connections of the pool, if there is to be one, and learns which categories there are.
func (s *Store) fill(ctx context.Context, o Options) (err error) {
	s.rtt = o.RTT
	if !o.Fresh {
		if o.Connections <= 0 {
			o.Connections = runtime.GOMAXPROCS(0)
		}
		if s.readers, err = newPool(ctx, o.Connections, s.source); err != nil {
			return err
		}
	}
	s.last, err = onReader(ctx, s, (*conn).lastCategory)
	if err != nil && s.readers != nil {
		err = errors.Join(err, s.readers.close())
	}
	return err
}

// Close closes the connections once they are returned.
func (s *Store) Close() error {
	var errs []error
	for _, p := range []*pool{s.readers, s.writer} {
		if p != nil {
			errs = append(errs, p.close())
		}
	}
	return s.source.masked(errors.Join(errs...))
}

// Product reads a product. The error is a [*NotFoundError] if there is no such product.
func (s *Store) Product(ctx context.Context, id int64) (*Product, error) {
	return read(ctx, s, id, (*conn).product)
}

// Summary aggregates over a category. The error is a [*NotFoundError] if there is no such category.
func (s *Store) Summary(ctx context.Context, id int64) (*Summary, error) {
	return read(ctx, s, id, (*conn).summary)
}

// Stock reads what the warehouses hold of a product. The error is a [*NotFoundError] if there is no such product.
func (s *Store) Stock(ctx context.Context, id int64) (*Stock, error) {
	return read(ctx, s, id, (*conn).stock)
}

// SetPrice changes a product's price, in cents, which must be above 0. What was sent to the database is heard to its end
// although ctx ends. The error is a [*NotFoundError] if there is no such product, an [*InDoubtError] if the answer was lost.
func (s *Store) SetPrice(ctx context.Context, id, cents int64) (*PriceChange, error) {
	return write(ctx, s, func(c *conn, ctx context.Context) (*PriceChange, error) { return c.setPrice(ctx, id, cents) })
}

// SetHeadline sets the headline of a category, with the context and errors of [Store.SetPrice].
func (s *Store) SetHeadline(ctx context.Context, h Headline) error {
	if !s.HasCategory(h.CategoryID) {
		return &NotFoundError{"category", h.CategoryID}
	}
	return s.SetHeadlines(ctx, []Headline{h})
}

// SetHeadlines sets the headlines of categories that are there, of one at most once, in one transaction.
func (s *Store) SetHeadlines(ctx context.Context, list []Headline) error {
	_, err := write(ctx, s, func(c *conn, ctx context.Context) (struct{}, error) { return struct{}{}, c.setHeadlines(ctx, list) })
	return err
}

// HasCategory says, without asking the database, whether there is a category of that number.
func (s *Store) HasCategory(id int64) bool { return id >= 1 && id <= s.last }

// PoolStats describes the connections for reading; it is zero without a pool.
func (s *Store) PoolStats() PoolStats {
	if s.readers == nil {
		return PoolStats{}
	}
	return s.readers.stats()
}

// read runs a query on a reader's connection.
func read[T any](ctx context.Context, s *Store, id int64, query func(*conn, context.Context, int64) (T, error)) (T, error) {
	return onReader(ctx, s, func(c *conn, ctx context.Context) (result T, err error) {
		if err = s.ask(ctx, workOf(ctx, Load)); err != nil {
			return result, err
		}
		return query(c, ctx, id)
	})
}

// write runs a statement on the writer's connection.
func write[T any](ctx context.Context, s *Store, statement func(*conn, context.Context) (T, error)) (T, error) {
	run := func(c *conn, ctx context.Context) (result T, err error) {
		if err = s.ask(ctx, workOf(ctx, Write)); err != nil {
			return result, err
		}
		return statement(c, ctx)
	}
	if s.writer == nil {
		return onReader(ctx, s, run)
	}
	return with(ctx, s.writer, func(ctx context.Context, c *conn) (T, error) { return run(c, ctx) })
}

// onReader runs f on a reader's connection.
func onReader[T any](ctx context.Context, s *Store, f func(*conn, context.Context) (T, error)) (T, error) {
	run := func(ctx context.Context, c *conn) (T, error) { return f(c, ctx) }
	var result T
	var err error
	if s.readers == nil {
		result, err = withFresh(ctx, s.source, run)
	} else {
		result, err = with(ctx, s.readers, run)
	}
	return result, s.source.masked(err)
}

// with runs f on a connection of the pool, which is opened anew if it was found broken.
func with[T any](ctx context.Context, p *pool, f func(context.Context, *conn) (T, error)) (result T, err error) {
	c, err := p.get(ctx)
	if err != nil {
		return result, err
	}
	defer p.put(c)
	if err := c.mend(ctx); err != nil {
		return result, err
	}
	defer func() { c.check(err) }()
	defer spend(ctx, timing.DB, time.Now())
	return f(c.source.context(ctx), c)
}

// withFresh runs f on a connection of its own.
func withFresh[T any](ctx context.Context, from source, f func(context.Context, *conn) (T, error)) (result T, err error) {
	opening := time.Now()
	c, err := from.connect(from.context(ctx))
	spend(ctx, timing.Connect, opening)
	if err != nil {
		return result, err
	}
	defer func() { err = errors.Join(err, c.close()) }()
	defer spend(ctx, timing.DB, time.Now())
	return f(from.context(ctx), c)
}

func spend(ctx context.Context, p timing.Part, since time.Time) {
	timing.From(ctx).Add(p, time.Since(since))
}
