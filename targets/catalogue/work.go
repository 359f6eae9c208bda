package catalogue

import (
	"context"
	"sync/atomic"
	"time"
)

// Work is the purpose of a database query.
type Work uint8

const (
	Load       Work = iota // a read for a request
	Write                  // a write for a request
	Flush                  // a write after its request was answered
	Background             // a read that no request waits for
	Check                  // a read past the cache, for a comparison of cache and database
	works
)

var workNames = [works]string{"load", "write", "flush", "background", "check"}

// Works are all kinds of work.
func Works() (all []Work) {
	for w := range works {
		all = append(all, w)
	}
	return all
}

func (w Work) String() string { return workNames[w] }

type workKey struct{}

// For returns a context whose queries count as w, in the place of Load or Write.
func For(ctx context.Context, w Work) context.Context { return context.WithValue(ctx, workKey{}, w) }

// workOf is what the context's queries are for.
func workOf(ctx context.Context, otherwise Work) Work {
	if w, ok := ctx.Value(workKey{}).(Work); ok {
		return w
	}
	return otherwise
}

// queryCounts counts queries by what they were for.
type queryCounts [works]atomic.Int64

// Queries is how often the database was asked for something: a page, a row or a change of rows is one query each, however many
// statements show one state of the database.
func (s *Store) Queries(w Work) int64 { return s.queries[w].Load() }

// ask counts a query and waits for the network that lies between.
func (s *Store) ask(ctx context.Context, w Work) error {
	s.queries[w].Add(1)
	if s.rtt == 0 {
		return nil
	}
	timer := time.NewTimer(s.rtt)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
