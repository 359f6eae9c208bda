// Package catalogue is the domain of the bundled services: a shop's products, categories, stock, prices and reviews,
// generated from a seed and kept in a SQLite database (without cgo) or on a PostgreSQL server. It is written as a team
// would write it, indexed where one would index, so that what a query costs is what such a query costs.
//
//   - generate.go, words.go, build.go: the rows, and SQLite's database of them
//   - file.go: [File], the generated database in the user's cache directory, and copies of it
//   - postgres.go, postgres_*.go: [Schema], the catalogue in a schema of its own on a PostgreSQL server
//   - store.go, queries.go, conn.go, pool.go, work.go: [Store], which reads and writes either, over a pool of connections or
//     a fresh connection each time
package catalogue

import (
	"context"
	"fmt"
	"time"
)

// Catalogue answers and changes. [Store] does it from the database; a cache may stand before it.
type Catalogue interface {
	Product(ctx context.Context, id int64) (*Product, error)
	Summary(ctx context.Context, category int64) (*Summary, error)
	Stock(ctx context.Context, product int64) (*Stock, error)
	SetPrice(ctx context.Context, product, cents int64) (*PriceChange, error)
	SetHeadline(ctx context.Context, h Headline) error
}

// Category is a kind of product.
type Category struct {
	ID         int64  `json:"id"`
	Department string `json:"department"`
	Name       string `json:"name"`
}

// Product is what a product's page shows.
type Product struct {
	ID             int64     `json:"id"`
	Name           string    `json:"name"`
	Category       Category  `json:"category"`
	PriceCents     int64     `json:"price_cents"`
	PriceChangedAt time.Time `json:"price_changed_at"`
	InStock        int64     `json:"in_stock"` // in all warehouses
	Reviews        int64     `json:"reviews"`
	Rating         float64   `json:"rating"` // mean, 1-5; 0 without reviews
}

// Summary is what a category's page shows: an aggregate over all its products and their reviews.
type Summary struct {
	Category      Category   `json:"category"`
	Headline      string     `json:"headline,omitempty"`
	Version       string     `json:"-"` // of the headline
	Products      int64      `json:"products"`
	MinPriceCents int64      `json:"min_price_cents"`
	MaxPriceCents int64      `json:"max_price_cents"`
	Reviews       int64      `json:"reviews"`
	Rating        float64    `json:"rating"`    // mean, 1-5; 0 without reviews
	ByRating      [5]int64   `json:"by_rating"` // numbers of reviews with 1, 2, 3, 4 and 5 stars
	LastReviewAt  time.Time  `json:"last_review_at"`
	TopRated      []TopRated `json:"top_rated"` // at most five, best first
}

// TopRated is one of a category's best products.
type TopRated struct {
	ID         int64   `json:"id"`
	Name       string  `json:"name"`
	PriceCents int64   `json:"price_cents"`
	Reviews    int64   `json:"reviews"`
	Rating     float64 `json:"rating"`
}

// Stock is what the warehouses hold of a product.
type Stock struct {
	ProductID  int64       `json:"product_id"`
	Warehouses []Warehouse `json:"warehouses"`
}

// Warehouse is one warehouse's stock of a product.
type Warehouse struct {
	Name     string `json:"name"`
	Quantity int64  `json:"quantity"`
}

// PriceChange is a change that was made.
type PriceChange struct {
	ProductID  int64     `json:"product_id"`
	CategoryID int64     `json:"category_id"`
	PriceCents int64     `json:"price_cents"`
	ChangedAt  time.Time `json:"changed_at"`
}

// Headline is what stands at the top of a category's page. Version names it; who sets it says how.
type Headline struct {
	CategoryID int64  `json:"category_id"`
	Headline   string `json:"headline"`
	Version    string `json:"version"`
}

// WithHeadline is the page as it is once a headline was set.
func (s *Summary) WithHeadline(h Headline) *Summary {
	page := *s
	page.Headline, page.Version = h.Headline, h.Version
	return &page
}

// NotFoundError says that there is no product or category of that number.
type NotFoundError struct {
	What string // "product" or "category"
	ID   int64
}

func (e *NotFoundError) Error() string { return fmt.Sprintf("no %s %d", e.What, e.ID) }

// InDoubtError says that a change was sent to the database, and that nobody knows whether it was made.
type InDoubtError struct{ Cause error }

func (e *InDoubtError) Error() string {
	return "whether it was changed is not known: " + e.Cause.Error()
}

func (e *InDoubtError) Unwrap() error { return e.Cause }
