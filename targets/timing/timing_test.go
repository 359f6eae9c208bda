package timing

import (
	"context"
	"testing"
	"time"
)

func TestHeader(t *testing.T) {
	var r Request
	if got := r.Header(); got != "" {
		t.Errorf("empty record: %q", got)
	}
	r.Add(DB, 1500*time.Microsecond)
	r.Add(Pool, 0)
	r.Add(DB, 2*time.Millisecond)
	if got, want := r.Header(), "pool;dur=0.000, db;dur=3.500"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	if got := r.Spent(DB); got != 3500*time.Microsecond {
		t.Errorf("Spent(DB) = %v", got)
	}
}

func TestContextCarriesTheRecord(t *testing.T) {
	var r Request
	From(With(context.Background(), &r)).Add(Cache, time.Millisecond)
	From(context.Background()).Add(Cache, time.Hour)
	if got, want := r.Header(), "cache;dur=1.000"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}
