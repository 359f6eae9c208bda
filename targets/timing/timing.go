// Package timing follows one request through a service and says where its time went, as the Server-Timing header
// (https://www.w3.org/TR/server-timing/) does. Only what happened is said: a part that was not entered is not there,
// which differs from one that took no time.
package timing

import (
	"context"
	"strconv"
	"time"
)

// Part is a part of a service in which a request spends time.
type Part uint8

const (
	Cache   Part = iota // looking a key up, and waiting for another request's load of it
	Pool                // waiting for a connection of the pool
	Connect             // opening a connection
	DB                  // running statements and reading their rows
	parts
)

var names = [parts]string{Cache: "cache", Pool: "pool", Connect: "connect", DB: "db"}

// Lookup says what a cache answered.
type Lookup uint8

const (
	None Lookup = iota // there was no cache to ask
	Hit
	Miss
	Stale // a hit beyond its time, while it is loaded anew
)

// Request is one request's record. Its zero value is empty. It belongs to the goroutine that serves the request.
type Request struct {
	Lookup  Lookup
	Version string // of what was answered or written; "" where it has no versions

	spent   [parts]time.Duration
	entered [parts]bool
}

// Add records that d was spent in a part, in addition to what was before.
func (r *Request) Add(p Part, d time.Duration) {
	r.spent[p] += d
	r.entered[p] = true
}

// Spent returns the time spent in a part so far.
func (r *Request) Spent(p Part) time.Duration { return r.spent[p] }

// SpentAtDatabase returns the time spent on the way to the database and there so far.
func (r *Request) SpentAtDatabase() time.Duration {
	return r.spent[Pool] + r.spent[Connect] + r.spent[DB]
}

// Header returns the Server-Timing header's value, durations in milliseconds, or "" if nothing was recorded.
func (r *Request) Header() string {
	var b []byte
	for p, name := range names {
		if !r.entered[p] {
			continue
		}
		if len(b) > 0 {
			b = append(b, ", "...)
		}
		b = append(b, name...)
		b = append(b, ";dur="...)
		b = strconv.AppendFloat(b, float64(r.spent[p])/float64(time.Millisecond), 'f', 3, 64)
	}
	return string(b)
}

type key struct{}

// With returns a context that carries r.
func With(ctx context.Context, r *Request) context.Context { return context.WithValue(ctx, key{}, r) }

// From returns the record that ctx carries, or one that nobody will read.
func From(ctx context.Context) *Request {
	if r, ok := ctx.Value(key{}).(*Request); ok {
		return r
	}
	return new(Request)
}
