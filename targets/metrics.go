package targets

import (
	"github.com/maypok86/otter/v2/stats"
	"github.com/prometheus/client_golang/prometheus"

	"github.com/seed-5a006608/bench/targets/catalogue"
)

// measurePool exposes the pool of connections, if there is one.
func measurePool(r *prometheus.Registry, s *catalogue.Store) {
	if s.PoolStats().Connections == 0 {
		return
	}
	gauge := func(name, help string, value func(catalogue.PoolStats) float64) {
		r.MustRegister(prometheus.NewGaugeFunc(prometheus.GaugeOpts{Name: name, Help: help},
			func() float64 { return value(s.PoolStats()) }))
	}
	counter := func(name, help string, value func(catalogue.PoolStats) float64) {
		r.MustRegister(prometheus.NewCounterFunc(prometheus.CounterOpts{Name: name, Help: help},
			func() float64 { return value(s.PoolStats()) }))
	}
	gauge("db_pool_connections", "Connections in the pool.", func(p catalogue.PoolStats) float64 { return float64(p.Connections) })
	gauge("db_pool_in_use", "Connections in use.", func(p catalogue.PoolStats) float64 { return float64(p.InUse) })
	counter("db_pool_waits_total", "Requests that waited for a connection.", func(p catalogue.PoolStats) float64 { return float64(p.Waits) })
	counter("db_pool_wait_seconds_total", "Time they waited.", func(p catalogue.PoolStats) float64 { return p.WaitTime.Seconds() })
}

// QueriesCounter counts the queries of the database on the services' page of metrics. Its label "for" says what for: load, write,
// flush, background or check.
const QueriesCounter = "db_queries_total"

// measureQueries exposes how often the database was asked, and what for.
func measureQueries(r *prometheus.Registry, s *catalogue.Store) {
	for _, work := range catalogue.Works() {
		r.MustRegister(prometheus.NewCounterFunc(prometheus.CounterOpts{
			Name: QueriesCounter, ConstLabels: prometheus.Labels{"for": work.String()},
			Help: "Queries of the database: for requests that read (load) or write, for writes answered before (flush), for nobody who waits (background), or past the cache (check). All of a page, and all of a flush, is one.",
		}, func() float64 { return float64(s.Queries(work)) }))
	}
}

// measured is a cache as it is exposed.
type measured interface {
	Stats() stats.Stats
	Len() int
}

// measureCache exposes one cache.
func measureCache(r *prometheus.Registry, name string, c measured) {
	labels := prometheus.Labels{"cache": name}
	counter := func(name, help string, value func() uint64) {
		r.MustRegister(prometheus.NewCounterFunc(prometheus.CounterOpts{Name: name, Help: help, ConstLabels: labels},
			func() float64 { return float64(value()) }))
	}
	counter("cache_hits_total", "Lookups answered from memory.", func() uint64 { return c.Stats().Hits })
	counter("cache_misses_total", "Lookups that were not.", func() uint64 { return c.Stats().Misses })
	counter("cache_loads_total", "Loads from the database; one may serve many misses.", func() uint64 { return c.Stats().Loads() })
	counter("cache_evictions_total", "Entries evicted for space or age.", func() uint64 { return c.Stats().Evictions })
	r.MustRegister(prometheus.NewGaugeFunc(prometheus.GaugeOpts{Name: "cache_entries", Help: "Entries, about.", ConstLabels: labels},
		func() float64 { return float64(c.Len()) }))
}
