// Package targets is the catalogue of bundled services, each a small and believable one to drive load at: [Services]
// describes them, [Serve] serves one in this process, [Start] starts one in a process of its own. To whoever drives it, a
// service is a URL like any other. The services say of each answer whether it came from a cache (X-Cache) and where its
// time went (Server-Timing), and offer /healthz, Prometheus' /metrics and /debug/pprof.
//
// cached and uncached serve the same catalogue by the same code, but for the cache; pooled and unpooled likewise, but for
// the connections: two services of a lesson differ in its subject alone. A name may carry options ([Parse]), such as the
// caching strategy of cached; [Keep] keeps the data of a service that is killed and started again.
//
//   - services.go: the catalogue of services; start here for a new one
//   - target.go, target_options.go, target_values.go, options.go, honoured.go: a service's name with its options
//   - serve.go, api.go, metrics.go, handicap.go, secure.go: a service in this process: its handler, endpoints, metrics, https
//   - child.go, keep.go, linked.go: a service in a process of its own, its data in another, and the link to it
//   - database.go: SQLite, a throwaway PostgreSQL or the user's server behind it; start here for another database
package targets

import (
	"fmt"
	"net/http"
	"strings"

	"github.com/seed-5a006608/bench/targets/catalogue"
)

// Service is one bundled service.
type Service struct {
	Name     string
	Summary  string // one line
	Requests []Request
}

// Request is a kind of request that the driving commands send to a service by default.
type Request struct {
	Name   string // name in reports
	Method string
	Path   string // with the templates {{zipf N S}} and {{uniform A B}}, drawn for each request
	Weight float64
	Header http.Header
	Body   string

	Consistency *Consistency // nil: it reads and writes nothing of which versions tell
}

// Consistency says which version of which key a request reads or writes.
type Consistency struct {
	Write   bool   // it sends its version where {{version}} stands
	Key     string // place of the key in the request, as path~REGEXP
	Version string // of a read, where the version stands in its answer, as header:NAME
	Initial string // of a read, the version of a key that was never written
}

// categoryKey is where a category stands in the requests for it.
const categoryKey = "path~^/categories/([0-9]+)/"

// The keys follow Zipf's law with exponent 1.1, as visits to the pages of a shop do: the first category draws a fifth of
// the visits to all 300, so a cache holds nearly all after a few hundred requests. Single products are left out of the mix:
// of 100,000 a third of the visits would still miss, and what a miss costs would depend on which kind it was.
var (
	summaryRequest = Request{
		Name:   "GET /categories/{id}/summary",
		Method: http.MethodGet,
		Path:   fmt.Sprintf("/categories/{{zipf %d 1.1}}/summary", catalogue.Default.Categories),
		Weight: 1,
	}
	headlineRequest = Request{
		Name:   "PUT /categories/{id}/headline",
		Method: http.MethodPut,
		Path:   fmt.Sprintf("/categories/{{zipf %d 1.1}}/headline", catalogue.Default.Categories),
		Body:   `{"headline": "Reduced until Sunday", "version": "{{version}}"}`,

		Consistency: &Consistency{Write: true, Key: categoryKey},
	}
)

func stockRequest() Request {
	return Request{
		Name:   "GET /products/{id}/stock",
		Method: http.MethodGet,
		Path:   fmt.Sprintf("/products/{{zipf %d 1.1}}/stock", catalogue.Default.Products),
		Weight: 1,
	}
}

// Services returns the bundled services in the order in which they are listed.
func Services() []Service {
	return []Service{
		{"cached", "a product catalogue on SQLite behind an in-process cache", []Request{summaryRequest}},
		{"uncached", "the same catalogue without the cache: every read runs its SQL", []Request{summaryRequest}},
		{"pooled", "an indexed lookup over a bounded pool of database connections", []Request{stockRequest()}},
		{"unpooled", "the same lookup over a new database connection each time", []Request{stockRequest()}},
		{"reference", "a server of known delays that logs what it did", []Request{
			{Name: "GET /", Method: http.MethodGet, Path: "/", Weight: 1},
		}},
	}
}

// Find returns the service of that name; the error suggests the one that was probably meant.
func Find(name string) (Service, error) {
	var names []string
	for _, s := range Services() {
		if s.Name == name {
			return s, nil
		}
		names = append(names, s.Name)
	}
	return Service{}, fmt.Errorf("no target %q%s (bench list shows all)", name, meant(name, names))
}

// meant suggests the name that was probably meant, or nothing.
func meant(name string, names []string) string {
	var nearest string
	least := 3 // more typing errors than two make another word
	for _, n := range names {
		if d := typos(name, n); d < least {
			nearest, least = n, d
		}
	}
	if nearest == "" {
		return ""
	}
	return fmt.Sprintf("; did you mean %s?", nearest)
}

// typos is how many letters must be added, removed or replaced to turn a into b (Levenshtein), case aside.
func typos(a, b string) int {
	a, b = strings.ToLower(a), strings.ToLower(b)
	row := make([]int, len(b)+1) // distances of the part of a so far to each beginning of b
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			replaced := diagonal
			if a[i] != b[j] {
				replaced++
			}
			diagonal = row[j+1]
			row[j+1] = min(replaced, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(b)]
}
