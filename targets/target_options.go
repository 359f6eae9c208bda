package targets

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/seed-5a006608/bench/targets/cache"
)

// Option is an option of a bundled service.
type Option struct {
	Name    string
	Usage   string   // the meaning, in a few words
	Default string   // default value; "" where Usage names it
	Only    []string // strategies with this option; nil: all, and the service without a strategy
}

// option is an option with where it is kept.
type option struct {
	name     string
	services []string
	only     []string // strategies; nil: any
	bare     bool     // cached has it without a strategy too
	usage    string
	in       func(*Target) value
}

var (
	storing = []string{"ttl", "aside", "read-through", "write-through", "write-behind", "refresh-ahead", "swr"}
	behind  = []string{"write-behind"}
	onDB    = []string{"cached", "uncached", "pooled", "unpooled"}
)

// options are all of them, in the order in which they are written.
var options = []option{
	{"ttl", []string{"cached"}, storing, true, "how long a page is served after its load began", func(t *Target) value { return &length{&t.pages.TTL, time.Microsecond} }},
	{"size", []string{"cached"}, storing, true, "pages of each kind that are kept", func(t *Target) value { return &number{&t.pages.Size, 1} }},
	{"size", []string{"pooled"}, nil, true, "database connections; default one for each processor", func(t *Target) value { return &number{&t.pool, 1} }},
	{"mix", []string{"cached", "uncached"}, nil, true, "percent of reads and of writes that it is driven with; default 95/5 with a strategy, else 100/0", func(t *Target) value { return &t.mix }},
	{"refresh", []string{"cached"}, []string{"refresh-ahead"}, false, "share of the TTL after which a hit starts a reload behind it", func(t *Target) value { return &share{&t.pages.Refresh} }},
	{"window", []string{"cached"}, []string{"swr"}, false, "how long after its TTL a page is served while it is reloaded; default the TTL", func(t *Target) value { return &length{&t.pages.Window, 0} }},
	{"batch", []string{"cached"}, behind, false, "keys that are written in one transaction, at most", func(t *Target) value { return &number{&t.pages.Batch, 1} }},
	{"interval", []string{"cached"}, behind, false, "how long after a change it is written, at the latest", func(t *Target) value { return &length{&t.pages.Interval, time.Millisecond} }},
	{"queue", []string{"cached"}, behind, false, "keys that wait to be written, at most; then writes wait", func(t *Target) value { return &number{&t.pages.Queue, 1} }},
	{"flight", []string{"cached"}, storing, false, "on or off: those who miss a page wait for one load of it; default on, but off for ttl and aside", func(t *Target) value { return (*onOff)(&t.pages.Flight) }},
	{"lease", []string{"cached"}, storing, false, "on or off: a load that a write overtook is not kept; default on, but off for ttl, aside and swr", func(t *Target) value { return (*onOff)(&t.pages.Lease) }},
	{"negative", []string{"cached"}, storing, false, "how long a 404 is kept", func(t *Target) value { return &length{&t.pages.Negative, 0} }},
	{"jitter", []string{"cached"}, storing, false, "share of the TTL by which a page is kept for less, drawn for each", func(t *Target) value { return &share{&t.pages.Jitter} }},
	{"pause", []string{"cached"}, storing, false, "wait between a load and its set, to see what comes between", func(t *Target) value { return &length{&t.pages.Pause, 0} }},
	{"warm", []string{"cached"}, storing, false, "pages that are loaded before it is ready, the most asked for first", func(t *Target) value { return &number{&t.warm, 0} }},
	{"cold", []string{"cached"}, nil, true, "bench compare does not warm it; default it does", func(t *Target) value { return (*bare)(&t.Cold) }},
	{"db-rtt", onDB, nil, true, "wait of each query of the database, without using a processor", func(t *Target) value { return &length{&t.rtt, 0} }},
}

func (o option) offered(service, strategy string) bool {
	if !slices.Contains(o.services, service) {
		return false
	}
	if service == "cached" && strategy == "" {
		return o.bare
	}
	return strategy == "" || o.only == nil || slices.Contains(o.only, strategy)
}

// Strategies are the caching strategies of the service.
func (s Service) Strategies() []string {
	if s.Name != "cached" {
		return nil
	}
	return cache.Strategies()
}

// Offers reports whether the service has an option with a strategy; "" means: without a strategy. A sweep over strategies
// leaves out options that a strategy does not have.
func (s Service) Offers(name, strategy string) bool {
	return slices.ContainsFunc(options, func(o option) bool { return o.name == name && o.offered(s.Name, strategy) })
}

// Options are the options of the service.
func (s Service) Options() (list []Option) {
	for _, o := range options {
		if !slices.Contains(o.services, s.Name) {
			continue
		}
		strategy := ""
		if o.only != nil && !o.bare {
			strategy = o.only[0]
		}
		usual := newTarget(s, strategy, ServeOptions{})
		listed := Option{Name: o.name, Usage: o.usage, Only: o.only}
		if !strings.Contains(o.usage, "default") {
			listed.Default = o.in(&usual).String()
		}
		list = append(list, listed)
	}
	return list
}

// strategyOf is the strategy that options name, "" without one.
func strategyOf(service string, words []string) (strategy string, err error) {
	for _, word := range words {
		name, text, valued := strings.Cut(word, "=")
		switch {
		case name == "":
			return "", errors.New("an option has no name: write SERVICE:OPTION=VALUE,…")
		case valued && name == "strategy":
			name = text
		case valued, slices.ContainsFunc(options, func(o option) bool { return o.name == name && !slices.Contains(cache.Strategies(), name) }):
			continue
		}
		if service != "cached" {
			return "", fmt.Errorf("%q is no option of %s, and strategies are for cached (bench list %s shows all)", word, service, service)
		}
		if !slices.Contains(cache.Strategies(), name) {
			return "", fmt.Errorf("no caching strategy %q%s (there are %s)", name, meant(name, cache.Strategies()), strings.Join(cache.Strategies(), ", "))
		}
		switch {
		case strategy == name:
			return "", fmt.Errorf("%s is given twice", name)
		case strategy != "" && !valued && slices.ContainsFunc(options, func(o option) bool { return o.name == name }):
			return "", fmt.Errorf("%s and %s are two strategies: name one, or give the option a value, as in %s=…", strategy, name, name)
		case strategy != "":
			return "", fmt.Errorf("%s and %s are two strategies: name one", strategy, name)
		}
		strategy = name
	}
	return strategy, nil
}

// optionOf is the option of that name.
func optionOf(service, strategy, name string) (option, error) {
	var names, only []string
	for _, o := range options {
		if !slices.Contains(o.services, service) {
			continue
		}
		if o.name != name {
			names = append(names, o.name)
			continue
		}
		if o.offered(service, strategy) {
			return o, nil
		}
		only = o.only
	}
	switch {
	case only != nil && strategy == "":
		return option{}, fmt.Errorf("%s is for a strategy: name it, such as %s:%s,%s=…", name, service, only[0], name)
	case only != nil:
		return option{}, fmt.Errorf("%s is for %s, and %s has no use for it: leave it out", name, strings.Join(only, ", "), strategy)
	case len(names) == 0:
		return option{}, fmt.Errorf("%s has no options", service)
	}
	return option{}, fmt.Errorf("no option %q%s (bench list %s shows all)", name, meant(name, names), service)
}
