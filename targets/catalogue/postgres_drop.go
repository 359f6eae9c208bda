package catalogue

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
)

const (
	dropLeast     = time.Second // Drop tries for so long in any case
	dropNotice    = time.Second // after so long it says that it still tries
	dropPause     = 250 * time.Millisecond
	dropReachable = 30 * time.Second // for so long it tries to reach a server that does not answer
)

// LeftError says that a schema was not dropped, and what removes it.
type LeftError struct {
	Schema string
	Cause  error
}

func (e *LeftError) Error() string {
	return fmt.Sprintf("the schema %s is left: %v; remove it with: %s", e.Schema, e.Cause, dropStatement(e.Schema))
}

func (e *LeftError) Unwrap() error { return e.Cause }

func dropStatement(schema string) string { return "DROP SCHEMA IF EXISTS " + schema + " CASCADE" }

// errBlocked is what a statement that neither ends nor fails waits for.
var errBlocked = errors.New("another session, such as a dump, holds a lock in it")

// Drop drops the schema and nothing else. What is in the way may go, such as another session's lock or a server without a
// free connection: it is tried again until patient ends, and for a second at the least. tell is told, once, that it takes
// long. The error is a [*LeftError].
func (s *Schema) Drop(patient context.Context, tell func(line string)) error {
	if !s.made {
		return nil
	}
	ctx, giveUp := context.WithCancel(context.WithoutCancel(patient))
	defer giveUp()
	least := time.After(dropLeast)
	defer context.AfterFunc(patient, func() {
		select {
		case <-least:
		case <-ctx.Done():
		}
		giveUp()
	})()

	var why atomic.Value // error
	why.Store(&LeftError{s.Name, errBlocked})
	ended := make(chan error, 1)
	go func() { ended <- s.drop(ctx, func(err error) { why.Store(&LeftError{s.Name, err}) }) }()
	notice := time.NewTimer(dropNotice)
	defer notice.Stop()
	for {
		select {
		case <-notice.C:
			if left := why.Load().(*LeftError); tell != nil {
				tell(fmt.Sprintf("the schema %s is not dropped yet: %v; it is tried until you interrupt; by hand: %s", s.Name, left.Cause, dropStatement(s.Name)))
			}
		case err := <-ended:
			if err == nil {
				return nil
			}
			if ctx.Err() != nil {
				return why.Load().(*LeftError)
			}
			return &LeftError{s.Name, s.masked(err)}
		}
	}
}

// drop tries until it has dropped the schema, there is no point in trying or ctx ends. waits is told what it waits for.
func (s *Schema) drop(ctx context.Context, waits func(error)) error {
	reached := time.Now()
	for {
		err := s.dropOnce(ctx, waits)
		var refused *pgconn.PgError
		switch {
		case err == nil, ctx.Err() != nil:
			return err
		case errors.As(err, &refused):
			reached = time.Now()
			if !passing(refused) {
				return err
			}
		case time.Since(reached) > dropReachable:
			return err
		}
		waits(s.masked(err))
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(dropPause): // a server tells nobody when it has room again
		}
	}
}

func (s *Schema) dropOnce(ctx context.Context, waits func(error)) error {
	c, err := pgx.ConnectConfig(ctx, s.config)
	if err != nil {
		return err
	}
	defer c.Close(ctx)
	waits(errBlocked)
	_, err = c.Exec(ctx, dropStatement(s.Name))
	return err
}

// passing reports whether what a server refused may succeed later: it lacks resources or room, is starting or stopping, or
// others are in the way (PostgreSQL, appendix A, classes 40, 53, 55 and 57).
func passing(refused *pgconn.PgError) bool {
	switch refused.Code[:min(2, len(refused.Code))] {
	case "40", "53", "55", "57":
		return true
	}
	return false
}
