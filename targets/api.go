package targets

import (
	"cmp"
	"crypto/rand"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strconv"
	"strings"

	"github.com/seed-5a006608/bench/targets/catalogue"
	"github.com/seed-5a006608/bench/targets/timing"
	"github.com/seed-5a006608/bench/targets/web"
)

// maxPriceCents is a million euros; a higher price is a mistake.
const maxPriceCents = 100_000_000

// Endpoint is one path of a service.
type Endpoint struct {
	Method string
	Path   string // path; the parts in braces are numbers from 1 on
	Answer string // the answer or effect, in a few words
}

// catalogueEndpoint is an endpoint with what serves it.
type catalogueEndpoint struct {
	Endpoint
	serve func(c catalogue.Catalogue, r *http.Request) (any, error)
}

// originQuery asks for an answer of the database, past a cache.
const originQuery = "origin=1"

// HeadlineAtOrigin is the path at which a category's headline is read past every cache, with {{key}} in the place of its number.
const HeadlineAtOrigin = "/categories/{{key}}/summary?" + originQuery

// maxHeadline bounds a headline, maxVersion the version of one; both in bytes.
const (
	maxHeadline = 200
	maxVersion  = 64
)

var catalogueEndpoints = []catalogueEndpoint{
	{Endpoint{"GET", "/products/{id}", "what a product's page shows"}, func(c catalogue.Catalogue, r *http.Request) (any, error) {
		return byID(r, "product", func(id int64) (any, error) { return c.Product(r.Context(), id) })
	}},
	{Endpoint{"GET", "/products/{id}/stock", "what each warehouse holds of a product; never cached"}, func(c catalogue.Catalogue, r *http.Request) (any, error) {
		return byID(r, "product", func(id int64) (any, error) { return c.Stock(r.Context(), id) })
	}},
	{Endpoint{"GET", "/categories/{id}/summary", "an aggregate over a category's products and reviews"}, func(c catalogue.Catalogue, r *http.Request) (any, error) {
		return byID(r, "category", func(id int64) (any, error) {
			page, err := c.Summary(r.Context(), id)
			if err != nil {
				return nil, err
			}
			timing.From(r.Context()).Version = page.Version
			return page, nil
		})
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
	{Endpoint{"PUT", "/categories/{id}/headline", `sets a category's headline by a body such as {"headline": "Reduced", "version": "a1"}; without a version it makes one`}, func(c catalogue.Catalogue, r *http.Request) (any, error) {
		return byID(r, "category", func(id int64) (any, error) {
			h, err := readHeadline(r, id)
			if err != nil {
				return nil, err
			}
			if err := c.SetHeadline(r.Context(), h); err != nil {
				return nil, err
			}
			timing.From(r.Context()).Version = h.Version
			return h, nil
		})
	}},
}

// Endpoints returns the service's paths in the order of its listing.
func (s Service) Endpoints() (list []Endpoint) {
	if s.Name == "reference" {
		list = []Endpoint{
			{"any", "/", "the request's time in the queue and in service, after that time; and so any other path"},
			{"POST", "/log/flush", "writes the log to its end"},
		}
	} else {
		for _, e := range catalogueEndpoints {
			list = append(list, e.Endpoint)
		}
		list = append(list, Endpoint{"GET", "/…?" + originQuery, "any of these from the database, whatever a cache or a queue holds"})
	}
	return append(list,
		Endpoint{"GET", "/healthz", "ok"},
		Endpoint{"GET", "/metrics", "Prometheus' metrics"},
		Endpoint{"GET", "/debug/pprof/", "Go's profiles, to its own machine alone unless it was started to give them to all"},
	)
}

// handleCatalogue serves the catalogue's endpoints from c, which may be a cache before origin. Of pages that nobody has written it
// says the version only where versions are told of.
func handleCatalogue(m *web.Mux, c, origin catalogue.Catalogue, versions bool) {
	for _, e := range catalogueEndpoints {
		m.Handle(e.Method+" "+e.Path, func(r *http.Request) (answer any, err error) {
			if r.Method == http.MethodGet && r.URL.RawQuery == originQuery {
				answer, err = e.serve(origin, r.WithContext(catalogue.For(r.Context(), catalogue.Check)))
			} else {
				answer, err = e.serve(c, r)
			}
			if record := timing.From(r.Context()); !versions && record.Version == catalogue.FirstVersion {
				record.Version = ""
			}
			return answer, err
		})
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

// readHeadline reads a body such as {"headline": "Reduced", "version": "a1"}.
func readHeadline(r *http.Request, category int64) (catalogue.Headline, error) {
	var body struct {
		Headline *string `json:"headline"`
		Version  string  `json:"version"`
	}
	d := json.NewDecoder(io.LimitReader(r.Body, 1024))
	d.DisallowUnknownFields()
	if err := d.Decode(&body); err != nil || body.Headline == nil || d.More() {
		return catalogue.Headline{}, web.BadRequest(`want a body such as {"headline": "Reduced", "version": "a1"}`)
	}
	if len(*body.Headline) > maxHeadline || strings.ContainsRune(*body.Headline, 0) {
		return catalogue.Headline{}, web.BadRequest("headline must have at most %d bytes, none of them 0", maxHeadline)
	}
	isText := func(r rune) bool { return r > ' ' && r <= '~' }
	if len(body.Version) > maxVersion || strings.ContainsFunc(body.Version, func(r rune) bool { return !isText(r) }) {
		return catalogue.Headline{}, web.BadRequest("version must have at most %d letters of ASCII, without spaces", maxVersion)
	}
	return catalogue.Headline{CategoryID: category, Headline: *body.Headline, Version: cmp.Or(body.Version, rand.Text())}, nil
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
