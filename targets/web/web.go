// Package web is what every bundled service has in common: JSON answers with their Server-Timing and X-Cache headers,
// counted and timed for Prometheus, beside /healthz, /metrics and /debug/pprof; and a server with the timeouts and the
// orderly end of one in production. It costs a request a few microseconds beyond net/http's own.
//
//   - web.go: answers and endpoints; packed.go: bodies by gzip or zstd
//   - serve.go, http3.go: the servers and their end
package web

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/pprof"
	"net/netip"
	"strconv"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"github.com/seed-5a006608/bench/targets/timing"
)

// Error is an answer other than 200 OK, with a sentence for whoever asked.
type Error struct {
	Status  int
	Message string
}

func (e *Error) Error() string { return e.Message }

// BadRequest is an answer of status 400.
func BadRequest(format string, args ...any) error {
	return &Error{http.StatusBadRequest, fmt.Sprintf(format, args...)}
}

// Endpoint answers a request with a value to encode as JSON, or an error: an [*Error] is told to the client, any other is
// logged and answered with status 500.
type Endpoint func(r *http.Request) (any, error)

// Mux serves endpoints and measures them.
type Mux struct {
	Metrics *prometheus.Registry

	mux       *http.ServeMux
	requests  *prometheus.CounterVec
	durations *prometheus.HistogramVec
}

// NewMux returns a mux that serves /healthz, /metrics and /debug/pprof; the last to this machine alone, unless profilesForAll.
// None of them shows the process's arguments: they may hold a secret.
func NewMux(profilesForAll bool) *Mux {
	m := &Mux{
		Metrics: prometheus.NewRegistry(),
		mux:     http.NewServeMux(),
		requests: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "http_requests_total", Help: "Requests answered.",
		}, []string{"route", "code"}),
		durations: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "http_request_duration_seconds", Help: "Time from a request's header to the end of its handler.",
			Buckets: prometheus.ExponentialBuckets(50e-6, 2, 18), // 50 us … 6.6 s
		}, []string{"route"}),
	}
	m.Metrics.MustRegister(m.requests, m.durations, collectors.NewGoCollector(),
		collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	m.mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) { fmt.Fprintln(w, "ok") })
	m.mux.Handle("GET /metrics", promhttp.HandlerFor(m.Metrics, promhttp.HandlerOpts{}))
	for pattern, handler := range map[string]http.HandlerFunc{
		"/debug/pprof/":        pprof.Index, // knows no cmdline
		"/debug/pprof/profile": pprof.Profile,
		"/debug/pprof/symbol":  pprof.Symbol,
		"/debug/pprof/trace":   pprof.Trace,
	} {
		if !profilesForAll {
			handler = fromHere(handler)
		}
		m.mux.HandleFunc(pattern, handler)
	}
	return m
}

// fromHere refuses whoever is not on this machine.
func fromHere(next http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		client, err := netip.ParseAddrPort(r.RemoteAddr)
		if err != nil || !client.Addr().Unmap().IsLoopback() {
			http.Error(w, "profiles are for the service's own machine, unless it was started to give them to all", http.StatusForbidden)
			return
		}
		next(w, r)
	}
}

func (m *Mux) ServeHTTP(w http.ResponseWriter, r *http.Request) { m.mux.ServeHTTP(w, r) }

// Handle serves an endpoint at a pattern of [http.ServeMux], which also names it in the metrics.
func (m *Mux) Handle(pattern string, endpoint Endpoint) {
	duration := m.durations.WithLabelValues(pattern)
	succeeded := m.requests.WithLabelValues(pattern, "200")
	m.mux.HandleFunc(pattern, func(w http.ResponseWriter, r *http.Request) {
		began := time.Now()
		var record timing.Request
		value, err := endpoint(r.WithContext(timing.With(r.Context(), &record)))
		status := http.StatusOK
		if err != nil {
			status, value = refuse(r.Context(), pattern, err)
		}
		annotate(w.Header(), &record)
		writeJSON(w, status, value)
		duration.Observe(time.Since(began).Seconds())
		if status == http.StatusOK {
			succeeded.Inc()
			return
		}
		m.requests.WithLabelValues(pattern, strconv.Itoa(status)).Inc()
	})
}

// HandleHTTP serves a pattern by a handler that writes its own answer; it is not measured.
func (m *Mux) HandleHTTP(pattern string, h http.Handler) { m.mux.Handle(pattern, h) }

// refuse turns an error into what the client is told.
func refuse(ctx context.Context, pattern string, err error) (status int, body any) {
	type message struct {
		Error string `json:"error"`
	}
	var told *Error
	switch {
	case errors.As(err, &told):
		return told.Status, message{told.Message}
	case ctx.Err() != nil: // the client has gone, or the server is going
		return http.StatusServiceUnavailable, message{"the request was given up"}
	}
	slog.Error("request failed", "route", pattern, "err", err)
	return http.StatusInternalServerError, message{"internal error"}
}

// annotate says what the record holds. The keys are in their canonical form.
func annotate(h http.Header, record *timing.Request) {
	if spent := record.Header(); spent != "" {
		h["Server-Timing"] = []string{spent}
	}
	switch record.Lookup {
	case timing.Hit:
		h["X-Cache"] = []string{"HIT"}
	case timing.Miss:
		h["X-Cache"] = []string{"MISS"}
	case timing.Stale:
		h["X-Cache"] = []string{"STALE"}
	}
	if record.Version != "" {
		h["X-Version"] = []string{record.Version}
	}
}

func writeJSON(w http.ResponseWriter, status int, value any) {
	body, err := json.Marshal(value)
	if err != nil {
		slog.Error("encode an answer", "err", err)
		status, body = http.StatusInternalServerError, []byte(`{"error":"internal error"}`)
	}
	body = append(body, '\n')
	h := w.Header()
	h["Content-Type"] = []string{"application/json"}
	h["Content-Length"] = []string{strconv.Itoa(len(body))}
	w.WriteHeader(status)
	w.Write(body)
}
