package cache

import (
	"context"
	"errors"

	"github.com/seed-5a006608/bench/targets/catalogue"
)

// ByStrategy is a catalogue with the pages of categories cached by a strategy. Pages of products are cached as in
// [Catalogue], except by the strategy none. Prices are written to the database, and the strategy learns of the change.
type ByStrategy struct {
	*Catalogue // without its summaries
	Pages      Strategy

	products catalogue.Catalogue
}

// NewByStrategy puts a cache before origin, which must be an [Origin] too.
func NewByStrategy(origin interface {
	catalogue.Catalogue
	Origin
}, s Settings) (*ByStrategy, error) {
	products, err := New(origin, Options{TTL: s.TTL, Size: s.Size})
	if err != nil {
		return nil, err
	}
	c := &ByStrategy{Catalogue: products, products: products}
	if s.Strategy == "none" {
		c.products = origin
	}
	if c.Pages, err = Open(origin, s); err != nil {
		products.Close()
		return nil, err
	}
	return c, nil
}

func (c *ByStrategy) Product(ctx context.Context, id int64) (*catalogue.Product, error) {
	return c.products.Product(ctx, id)
}

func (c *ByStrategy) Summary(ctx context.Context, category int64) (*catalogue.Summary, error) {
	return c.Pages.Summary(ctx, category)
}

func (c *ByStrategy) SetHeadline(ctx context.Context, h catalogue.Headline) error {
	return c.Pages.SetHeadline(ctx, h)
}

// SetPrice changes the price, then forgets the product's page and tells the strategy of the category's.
func (c *ByStrategy) SetPrice(ctx context.Context, product, cents int64) (*catalogue.PriceChange, error) {
	change, err := c.Catalogue.SetPrice(ctx, product, cents)
	var doubt *catalogue.InDoubtError
	switch {
	case err == nil:
		c.Pages.Changed(change.CategoryID)
	case errors.As(err, &doubt):
		c.Pages.AllChanged()
	}
	return change, err
}

// Warm loads the first n categories, which are the most asked for.
func (c *ByStrategy) Warm(ctx context.Context, n int) error {
	ctx = catalogue.For(ctx, catalogue.Background)
	for id := range int64(n) {
		if _, err := c.Pages.Summary(ctx, id+1); err != nil {
			return err
		}
	}
	return nil
}

// Close closes the strategy; the origin stays open. See [Strategy].
func (c *ByStrategy) Close(ctx context.Context) error {
	c.Catalogue.Close()
	return c.Pages.Close(ctx)
}
