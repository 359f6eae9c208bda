package targets

import (
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strconv"

	"github.com/seed-5a006608/bench/targets/catalogue"
	"github.com/seed-5a006608/bench/targets/web"
)

// maxPriceCents is a million euros: a price beyond it is a mistake.
const maxPriceCents = 100_000_000

// handleCatalogue serves the catalogue's endpoints.
func handleCatalogue(m *web.Mux, c catalogue.Catalogue) {
	m.Handle("GET /products/{id}", func(r *http.Request) (any, error) {
		return byID(r, "product", func(id int64) (any, error) { return c.Product(r.Context(), id) })
	})
	m.Handle("GET /products/{id}/stock", func(r *http.Request) (any, error) {
		return byID(r, "product", func(id int64) (any, error) { return c.Stock(r.Context(), id) })
	})
	m.Handle("GET /categories/{id}/summary", func(r *http.Request) (any, error) {
		return byID(r, "category", func(id int64) (any, error) { return c.Summary(r.Context(), id) })
	})
	m.Handle("PUT /products/{id}/price", func(r *http.Request) (any, error) {
		return byID(r, "product", func(id int64) (any, error) {
			cents, err := readPrice(r)
			if err != nil {
				return nil, err
			}
			return c.SetPrice(r.Context(), id, cents)
		})
	})
}

// byID answers for the number in the path.
func byID(r *http.Request, what string, answer func(id int64) (any, error)) (any, error) {
	text := r.PathValue("id")
	id, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		return nil, web.BadRequest("%s %q: want a number", what, text)
	}
	value, err := answer(id)
	var missing *catalogue.NotFoundError
	if errors.As(err, &missing) {
		return nil, &web.Error{Status: http.StatusNotFound, Message: missing.Error()}
	}
	return value, err
}

// readPrice reads a body such as {"price_cents": 1999}.
func readPrice(r *http.Request) (cents int64, err error) {
	var body struct {
		PriceCents *int64 `json:"price_cents"`
	}
	d := json.NewDecoder(io.LimitReader(r.Body, 1024))
	d.DisallowUnknownFields()
	if err := d.Decode(&body); err != nil || body.PriceCents == nil || d.More() {
		return 0, web.BadRequest(`want a body such as {"price_cents": 1999}`)
	}
	if *body.PriceCents <= 0 || *body.PriceCents > maxPriceCents {
		return 0, web.BadRequest("price_cents must be above 0 and at most %d, got %d", maxPriceCents, *body.PriceCents)
	}
	return *body.PriceCents, nil
}
