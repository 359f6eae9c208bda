package catalogue

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
)

type statement int

const (
	selectProduct statement = iota
	selectTotals
	selectTopRated
	selectStock
	updatePrice
	updateHeadlines
	selectLastCategory
	beginRead
	endRead
	statements
)

var queries = [statements]string{
	selectProduct: `
		SELECT p.name, p.price_cents, p.price_changed_at, c.id, c.department, c.name,
			(SELECT sum(quantity) FROM stock WHERE product_id = p.id), count(r.id), total(r.rating)
		FROM products p
			JOIN categories c ON c.id = p.category_id
			LEFT JOIN reviews r ON r.product_id = p.id
		WHERE p.id = ?
		GROUP BY p.id`,
	selectTotals: `
		SELECT c.department, c.name, c.headline, c.version, count(DISTINCT p.id), min(p.price_cents), max(p.price_cents),
			count(r.id), total(r.rating), max(r.written_at),
			total(r.rating = 1), total(r.rating = 2), total(r.rating = 3), total(r.rating = 4), total(r.rating = 5)
		FROM categories c
			LEFT JOIN products p ON p.category_id = c.id
			LEFT JOIN reviews r ON r.product_id = p.id
		WHERE c.id = ?
		GROUP BY c.id`,
	selectTopRated: `
		SELECT p.id, p.name, p.price_cents, count(*) AS n, avg(r.rating) AS mean
		FROM products p
			JOIN reviews r ON r.product_id = p.id
		WHERE p.category_id = ?
		GROUP BY p.id
		HAVING n >= 3
		ORDER BY mean DESC, n DESC, p.id
		LIMIT 5`,
	selectStock: `
		SELECT warehouse, quantity FROM stock WHERE product_id = ? ORDER BY warehouse`,
	updatePrice: `
		UPDATE products SET price_cents = ?, price_changed_at = ? WHERE id = ? RETURNING category_id`,
	updateHeadlines: `
		UPDATE categories SET headline = new.value ->> 'headline', version = new.value ->> 'version'
		FROM json_each(?) AS new
		WHERE categories.id = new.value ->> 'category_id'`,
	selectLastCategory: `SELECT max(id) FROM categories`,
	beginRead:          `BEGIN`,
	endRead:            `END`,
}

func mean(total float64, n int64) float64 {
	if n == 0 {
		return 0
	}
	return total / float64(n)
}

func (c *conn) product(ctx context.Context, id int64) (*Product, error) {
	p := &Product{ID: id}
	var changed int64
	var stars float64
	err := c.one(ctx, selectProduct, id, &p.Name, &p.PriceCents, &changed, &p.Category.ID, &p.Category.Department,
		&p.Category.Name, &p.InStock, &p.Reviews, &stars)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, &NotFoundError{"product", id}
	}
	if err != nil {
		return nil, err
	}
	p.PriceChangedAt = time.Unix(changed, 0).UTC()
	p.Rating = mean(stars, p.Reviews)
	return p, nil
}

// summary reads totals and top-rated products from one state of the database.
func (c *conn) summary(ctx context.Context, id int64) (_ *Summary, err error) {
	begin, err := c.prepared(ctx, beginRead)
	if err != nil {
		return nil, err
	}
	end, err := c.prepared(ctx, endRead)
	if err != nil {
		return nil, err
	}
	if _, err := begin.ExecContext(ctx); err != nil {
		return nil, err
	}
	defer func() {
		ctx, stop := c.source.begun(ctx)
		defer stop()
		_, endErr := end.ExecContext(ctx)
		err = errors.Join(err, endErr)
	}()
	s := &Summary{Category: Category{ID: id}}
	if err := c.totals(ctx, s); err != nil {
		return nil, err
	}
	if s.TopRated, err = c.topRated(ctx, id); err != nil {
		return nil, err
	}
	return s, nil
}

func (c *conn) totals(ctx context.Context, s *Summary) error {
	var cheapest, dearest, last sql.NullInt64 // null without products or reviews
	var stars float64
	n := &s.ByRating
	err := c.one(ctx, selectTotals, s.Category.ID, &s.Category.Department, &s.Category.Name, &s.Headline, &s.Version, &s.Products, &cheapest, &dearest,
		&s.Reviews, &stars, &last, &n[0], &n[1], &n[2], &n[3], &n[4])
	if errors.Is(err, sql.ErrNoRows) {
		return &NotFoundError{"category", s.Category.ID}
	}
	s.MinPriceCents, s.MaxPriceCents = cheapest.Int64, dearest.Int64
	s.Rating = mean(stars, s.Reviews)
	s.LastReviewAt = time.Unix(last.Int64, 0).UTC()
	return err
}

func (c *conn) topRated(ctx context.Context, category int64) ([]TopRated, error) {
	rows, err := c.query(ctx, selectTopRated, category)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	top := make([]TopRated, 0, 5)
	for rows.Next() {
		var p TopRated
		if err := rows.Scan(&p.ID, &p.Name, &p.PriceCents, &p.Reviews, &p.Rating); err != nil {
			return nil, err
		}
		top = append(top, p)
	}
	return top, rows.Err()
}

func (c *conn) stock(ctx context.Context, id int64) (*Stock, error) {
	rows, err := c.query(ctx, selectStock, id)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	s := &Stock{ProductID: id, Warehouses: make([]Warehouse, 0, 3)}
	for rows.Next() {
		var w Warehouse
		if err := rows.Scan(&w.Name, &w.Quantity); err != nil {
			return nil, err
		}
		s.Warehouses = append(s.Warehouses, w)
	}
	if err := rows.Err(); err != nil {
		return nil, err
	}
	if len(s.Warehouses) == 0 { // every product has a row for each warehouse, if only of 0
		return nil, &NotFoundError{"product", id}
	}
	return s, nil
}

// setPrice hears the end of what it began although its request is given up: what was changed must be known, to be forgotten
// where it is cached.
func (c *conn) setPrice(ctx context.Context, id, cents int64) (*PriceChange, error) {
	stmt, err := c.prepared(ctx, updatePrice)
	if err != nil {
		return nil, err
	}
	ctx, stop := c.source.begun(ctx)
	defer stop()
	change := &PriceChange{ProductID: id, PriceCents: cents, ChangedAt: time.Now().UTC().Truncate(time.Second)}
	err = stmt.QueryRowContext(ctx, cents, change.ChangedAt.Unix(), id).Scan(&change.CategoryID)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, &NotFoundError{"product", id}
	}
	if err != nil {
		return nil, c.inDoubt(err)
	}
	return change, nil
}

// setHeadlines hears the end of what it began, as setPrice does.
func (c *conn) setHeadlines(ctx context.Context, list []Headline) error {
	rows, err := json.Marshal(list)
	if err != nil {
		return err
	}
	stmt, err := c.prepared(ctx, updateHeadlines)
	if err != nil {
		return err
	}
	ctx, stop := c.source.begun(ctx)
	defer stop()
	if _, err := stmt.ExecContext(ctx, string(rows)); err != nil {
		return c.inDoubt(err)
	}
	return nil
}

// inDoubt says of a change that failed whether it may have been made all the same: a server that refused it answered.
func (c *conn) inDoubt(err error) error {
	if _, refused := errors.AsType[*pgconn.PgError](err); c.source.remote && !refused {
		return &InDoubtError{err}
	}
	return err
}

// lastCategory is the number of the last category; 0 without one.
func (c *conn) lastCategory(ctx context.Context) (int64, error) {
	var last sql.NullInt64
	stmt, err := c.prepared(ctx, selectLastCategory)
	if err == nil {
		err = stmt.QueryRowContext(ctx).Scan(&last)
	}
	return last.Int64, err
}
