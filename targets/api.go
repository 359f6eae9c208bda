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

// Endpoint is what a service answers.
type Endpoint struct {
	Method string
	Path   string // its parts in braces are numbers from 1 on
	Answer string // what it answers or does, in a few words
}

// catalogueEndpoint is an endpoint with what serves it.
type catalogueEndpoint struct {
	Endpoint
	serve func(c catalogue.Catalogue, r *http.Request) (any, error)
}

var catalogueEndpoints = []catalogueEndpoint{
	{Endpoint{"GET", "/products/{id}", "what a product's page shows"}, func(c catalogue.Catalogue, r *http.Request) (any, error) {
		return byID(r, "product", func(id int64) (any, error) { return c.Product(r.Context(), id) })
	}},
	{Endpoint{"GET", "/products/{id}/stock", "what each warehouse holds of a product; never cached"}, func(c catalogue.Catalogue, r *http.Request) (any, error) {
		return byID(r, "product", func(id int64) (any, error) { return c.Stock(r.Context(), id) })
	}},
	{Endpoint{"GET", "/categories/{id}/summary", "an aggregate over a category's products and reviews"}, func(c catalogue.Catalogue, r *http.Request) (any, error) {
		return byID(r, "category", func(id int64) (any, error) { return c.Summary(r.Context(), id) })
	}},
	{Endpoint{"PUT", "/products/{id}/price", `changes a price by a body such as {"price_cents": 1999}`}, func(c catalogue.Catalogue, r *http.Request) (any, error) {
		return byID(r, "product", func(id int64) (any, error) {
			cents, err := readPrice(r)
			if err != nil {
				return nil, err
			}
			return c.SetPrice(r.Context(), id, cents)
		})
	}},
}

// Endpoints are what the service answers, in the order in which they are listed.
func (s Service) Endpoints() (list []Endpoint) {
	if s.Name == "reference" {
		list = []Endpoint{
			{"any", "/", "the request's time in the queue and in service, after that time; and so any other path"},
			{"POST", "/log/flush", "writes the log of --log to its end"},
		}
	} else {
		for _, e := range catalogueEndpoints {
			list = append(list, e.Endpoint)
		}
	}
	return append(list,
		Endpoint{"GET", "/healthz", "ok"},
		Endpoint{"GET", "/metrics", "Prometheus' metrics"},
		Endpoint{"GET", "/debug/pprof/", "Go's profiles, to its own machine alone unless bench serve --pprof"},
	)
}

// handleCatalogue serves the catalogue's endpoints.
func handleCatalogue(m *web.Mux, c catalogue.Catalogue) {
	for _, e := range catalogueEndpoints {
		m.Handle(e.Method+" "+e.Path, func(r *http.Request) (any, error) { return e.serve(c, r) })
	}
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
