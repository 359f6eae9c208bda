package catalogue

import (
	"context"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"github.com/seed-5a006608/bench/targets/postgres/postgrestest"
)

// at calls its function before or after a statement that holds a text.
type at struct {
	text          string
	before, after func()
}

type traced struct{}

func (a *at) TraceQueryStart(ctx context.Context, _ *pgx.Conn, q pgx.TraceQueryStartData) context.Context {
	if a.text == "" || !strings.Contains(q.SQL, a.text) {
		return ctx
	}
	if a.before != nil {
		a.before()
	}
	return context.WithValue(ctx, traced{}, true)
}

func (a *at) TraceQueryEnd(ctx context.Context, _ *pgx.Conn, _ pgx.TraceQueryEndData) {
	if ctx.Value(traced{}) != nil && a.after != nil {
		a.after()
	}
}

// A request that is given up between two statements leaves a connection that serves the next.
func TestGivenUpBetweenStatements(t *testing.T) {
	dsn := postgrestest.Shared(t).DSN
	var hook at
	s := openTraced(t, dsn, &hook)
	if _, err := s.Summary(t.Context(), 1); err != nil { // all is prepared
		t.Fatal(err)
	}
	for _, tc := range []struct {
		statement string
		category  int64
	}{{"BEGIN", 1}, {"count(DISTINCT", 1}, {"HAVING", 1}, {"count(DISTINCT", 9999}} {
		statement := tc.statement
		ctx, giveUp := context.WithCancel(t.Context())
		hook.text, hook.after = statement, giveUp
		_, err := s.Summary(ctx, tc.category)
		if ctx.Err() == nil {
			t.Fatalf("%s: the request was not given up: %v", statement, err)
		}
		hook = at{}
		c := <-s.readers.free
		if c.broken || c.inTransaction() {
			t.Errorf("%s: the connection came back lost, or in a transaction", statement)
		}
		s.readers.free <- c
		if _, err := s.SetPrice(t.Context(), 3, 500); err != nil {
			t.Errorf("%s: a price change after it: %v", statement, err)
		}
		if _, err := s.Summary(t.Context(), 1); err != nil {
			t.Errorf("%s: a summary after it: %v", statement, err)
		}
	}
}

// A price change whose request is given up while the server makes it is known to be made.
func TestGivenUpPriceChangeIsHeard(t *testing.T) {
	dsn := postgrestest.Shared(t).DSN
	var hook at
	s := openTraced(t, dsn, &hook)
	s.SetPrice(t.Context(), 3, 400)
	ctx, giveUp := context.WithCancel(t.Context())
	hook.text, hook.before = "UPDATE", giveUp
	change, err := s.SetPrice(ctx, 3, 500)
	if ctx.Err() == nil {
		t.Fatal("it was not given up")
	}
	if err != nil || change.PriceCents != 500 {
		t.Errorf("%+v, %v: want the change", change, err)
	}
	if p, err := s.Product(t.Context(), 3); err != nil || p.PriceCents != 500 {
		t.Errorf("%+v, %v", p, err)
	}
	// Given up before it began, nothing is sent.
	if _, err := s.SetPrice(ctx, 3, 600); err == nil {
		t.Error("it was changed by a request that was given up before")
	}
}

func openTraced(t *testing.T, dsn string, hook *at) *Store {
	t.Helper()
	schema, err := NewSchema(dsn)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := schema.Drop(context.Background(), nil); err != nil {
			t.Error(err)
		}
	})
	if err := schema.Create(t.Context(), small); err != nil {
		t.Fatal(err)
	}
	schema.config.Tracer = hook
	s, err := schema.Open(t.Context(), Options{Connections: 1})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}
