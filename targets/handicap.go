package targets

import (
	"bytes"
	"fmt"
	"math"
	"math/rand/v2"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/seed-5a006608/bench/loadgen/units"
)

// tailShare is the share of the requests, the slowest, that count as the tail: more than 1 % and less than 5 %, so that
// what slows it is seen at P99 and not at P95.
const tailShare = 0.03

// Handicap makes a service worse on purpose, to test comparisons and gates. The zero value does nothing.
type Handicap struct {
	Slow     Part // extra time of every answer
	SlowTail Part // extra time of the slowest 3 % of answers
	Fail     Part // share of requests answered with status 500
	Wait     bool // the extra time is a wait instead of processor time
}

// Part is a share of a whole, written as 20%. It can be a flag's value.
type Part float64

func (p *Part) String() string { return strconv.FormatFloat(100*float64(*p), 'g', -1, 64) + "%" }

// Set reads what String writes.
func (p *Part) Set(text string) error {
	v, ok := units.ParsePercent(text)
	if !ok || v < 0 || v > 10_000 {
		return fmt.Errorf("%q: want a share such as 20%%, of at most 10000%%", text)
	}
	*p = Part(v / 100)
	return nil
}

// Type names the value in a flag's usage.
func (p *Part) Type() string { return "share" }

func (h Handicap) check() error {
	if h.Fail > 1 {
		return fmt.Errorf("fail must be at most 100%%, got %s", h.Fail.String())
	}
	return nil
}

// wrap returns next with the handicap, but for what a service offers beside its own answers.
func (h Handicap) wrap(next http.Handler) http.Handler {
	if h.Slow == 0 && h.SlowTail == 0 && h.Fail == 0 {
		return next
	}
	var tail tailEstimate
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/healthz" || r.URL.Path == "/metrics" || strings.HasPrefix(r.URL.Path, "/debug/") {
			next.ServeHTTP(w, r)
			return
		}
		began := time.Now()
		held := heldAnswer{ResponseWriter: w, status: http.StatusOK}
		next.ServeHTTP(&held, r)
		spent := time.Since(began)
		more := float64(h.Slow)
		if tail.holds(spent) {
			more += float64(h.SlowTail)
		}
		h.take(time.Duration(more * float64(spent)))
		if rand.Float64() < float64(h.Fail) {
			w.Header().Del("Content-Length")
			http.Error(w, "made to fail", http.StatusInternalServerError)
			return
		}
		held.release()
	})
}

// take waits, or keeps a processor busy, for d.
func (h Handicap) take(d time.Duration) {
	if h.Wait {
		time.Sleep(d)
		return
	}
	for began := time.Now(); time.Since(began) < d; {
	}
}

// heldAnswer keeps an answer back until it may be sent.
type heldAnswer struct {
	http.ResponseWriter
	status int
	body   bytes.Buffer
}

func (a *heldAnswer) WriteHeader(status int) { a.status = status }

func (a *heldAnswer) Write(b []byte) (int, error) { return a.body.Write(b) }

func (a *heldAnswer) release() {
	a.ResponseWriter.WriteHeader(a.status)
	a.ResponseWriter.Write(a.body.Bytes())
}

// tailEstimate follows where the tail of times begins: the logarithm of the quantile is moved up by a little when a time
// lies above it, and down by so much less otherwise that it rests where the share is right (Robbins and Monro, Ann. Math.
// Statist. 22, 1951).
type tailEstimate struct {
	mu    sync.Mutex
	begin float64 // ln ns
	seen  int
}

// holds reports whether d belongs to the tail.
func (e *tailEstimate) holds(d time.Duration) bool {
	e.mu.Lock()
	defer e.mu.Unlock()
	v := math.Log(math.Max(float64(d), 1))
	if e.seen++; e.seen == 1 {
		e.begin = v
	}
	above := v > e.begin
	step := max(1/float64(e.seen), 0.01)
	if above {
		e.begin += step * (1 - tailShare)
	} else {
		e.begin -= step * tailShare
	}
	return above
}
