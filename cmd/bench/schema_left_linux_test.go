package main

import (
	"context"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/seed-5a006608/bench/targets/postgres/postgrestest"
)

// schemas lists what benches made on the server.
func schemas(t *testing.T, c *pgx.Conn) (list []string) {
	t.Helper()
	rows, err := c.Query(t.Context(), "SELECT nspname::text FROM pg_namespace WHERE nspname LIKE 'bench\\_%'")
	if err == nil {
		list, err = pgx.CollectRows(rows, pgx.RowTo[string])
	}
	if err != nil {
		t.Fatal(err)
	}
	return list
}

// A schema on the user's server is dropped whichever way bench ends, and where something is in the way of that, bench says
// so, waits until it is interrupted and names what is left.
func TestSchemaIsNotLeftWithoutAWord(t *testing.T) {
	t.Parallel()
	dsn := postgrestest.Start(t).DSN
	admin, err := pgx.Connect(t.Context(), dsn)
	if err != nil {
		t.Fatal(err)
	}
	defer admin.Close(context.Background())
	onIt := []string{"BENCH_DB=" + dsn}
	lock := func(t *testing.T) (schema string) {
		t.Helper()
		list := schemas(t, admin)
		if len(list) != 1 {
			t.Fatalf("schemas %v, want one", list)
		}
		for _, s := range []string{"BEGIN", "LOCK TABLE " + list[0] + ".products IN ACCESS SHARE MODE"} {
			if _, err := admin.Exec(t.Context(), s); err != nil {
				t.Fatal(s, err)
			}
		}
		return list[0]
	}
	tidy := func(t *testing.T, schema string) {
		t.Helper()
		for _, s := range []string{"ROLLBACK", "DROP SCHEMA IF EXISTS " + schema + " CASCADE"} {
			if _, err := admin.Exec(t.Context(), s); err != nil {
				t.Fatal(s, err)
			}
		}
	}
	interrupt := func(t *testing.T, b *started, with syscall.Signal) {
		t.Helper()
		if err := b.Process.Signal(with); err != nil {
			t.Fatal(err)
		}
	}
	waits := func(t *testing.T, b *started) {
		t.Helper()
		within(t, time.Minute, "it does not say that it waits", func() bool {
			return strings.Contains(b.stderr.String(), "is not dropped yet: another session")
		})
	}
	named := func(t *testing.T, b *started, schema string) {
		t.Helper()
		if said := b.stderr.String(); !strings.Contains(said, "the schema "+schema+" is left: ") || !strings.HasSuffix(said, "remove it with: DROP SCHEMA IF EXISTS "+schema+" CASCADE\n") {
			t.Errorf("stderr: %s", said)
		}
	}

	t.Run("serve", func(t *testing.T) {
		b := startWith(t, onIt, "serve", "pooled")
		within(t, 2*time.Minute, "it is not ready", func() bool { return strings.HasSuffix(b.stdout.String(), "\n") })
		schema := lock(t)
		interrupt(t, b, syscall.SIGINT)
		waits(t, b)
		interrupt(t, b, syscall.SIGINT)
		b.exit(t, exitFailed)
		named(t, b, schema)
		tidy(t, schema)
	})
	t.Run("drive", func(t *testing.T) {
		b := startWith(t, onIt, "sustained", "pooled", "-q", "-r", "20/s", "-d", "60s", "--no-save", "--before", "echo driving >&2")
		within(t, 2*time.Minute, "it does not begin", func() bool { return strings.Contains(b.stderr.String(), "driving") })
		schema := lock(t)
		interrupt(t, b, syscall.SIGINT)
		waits(t, b)
		interrupt(t, b, syscall.SIGINT)
		b.exit(t, exitInterrupted)
		named(t, b, schema)
		tidy(t, schema)
	})
	for _, with := range []syscall.Signal{syscall.SIGINT, syscall.SIGHUP} {
		t.Run("filling, "+with.String(), func(t *testing.T) {
			b := startWith(t, onIt, "sustained", "pooled", "-r", "20/s", "-d", "60s", "--no-save")
			within(t, time.Minute, "it does not fill", func() bool { return len(schemas(t, admin)) > 0 })
			interrupt(t, b, with)
			b.exit(t, exitInterrupted)
			if left := schemas(t, admin); len(left) > 0 {
				t.Errorf("left: %v; stderr: %s", left, b.stderr.String())
			}
		})
	}
	t.Run("filling, locked", func(t *testing.T) {
		b := startWith(t, onIt, "sustained", "pooled", "-r", "20/s", "-d", "60s", "--no-save")
		within(t, time.Minute, "it does not fill", func() bool {
			var n int
			err := admin.QueryRow(t.Context(), "SELECT count(*) FROM pg_stat_progress_copy").Scan(&n)
			return err == nil && n > 0
		})
		list := schemas(t, admin)
		// The tables being filled are not committed yet: what can be held is the schema itself.
		other := list[0]
		if _, err := admin.Exec(t.Context(), "BEGIN"); err != nil {
			t.Fatal(err)
		}
		if _, err := admin.Exec(t.Context(), "COMMENT ON SCHEMA "+other+" IS 'held'"); err != nil {
			t.Fatal(err)
		}
		interrupt(t, b, syscall.SIGINT)
		waits(t, b)
		interrupt(t, b, syscall.SIGINT)
		b.exit(t, exitInterrupted)
		named(t, b, other)
		tidy(t, other)
	})
}
