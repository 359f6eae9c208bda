package catalogue

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"github.com/seed-5a006608/bench/targets/postgres/postgrestest"
)

// filled returns a schema with the small catalogue, and a function that says whether the server still has it.
func filled(t *testing.T, dsn, admin string) (s *Schema, exists func() bool) {
	t.Helper()
	s, err := NewSchema(dsn)
	if err == nil {
		err = s.Create(t.Context(), small)
	}
	if err != nil {
		t.Fatal(err)
	}
	return s, func() bool {
		var n int
		c := session(t, admin)
		defer c.Close(t.Context())
		if err := c.QueryRow(t.Context(), "SELECT count(*) FROM pg_namespace WHERE nspname = $1", s.Name).Scan(&n); err != nil {
			t.Fatal(err)
		}
		return n > 0
	}
}

func session(t *testing.T, dsn string) *pgx.Conn {
	t.Helper()
	c, err := pgx.Connect(t.Context(), dsn)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func execute(t *testing.T, c *pgx.Conn, statements ...string) {
	t.Helper()
	for _, s := range statements {
		if _, err := c.Exec(t.Context(), s); err != nil {
			t.Fatal(s, err)
		}
	}
}

// What is in the way of a drop is waited for, and what stays is named with the statement that removes it.
func TestDropWaits(t *testing.T) {
	dsn := postgrestest.Shared(t).DSN
	admin := session(t, dsn)
	defer admin.Close(context.Background())
	execute(t, admin, "CREATE ROLE tight LOGIN PASSWORD 'x'", "GRANT CREATE ON DATABASE postgres TO tight")
	defer execute(t, admin, "DROP OWNED BY tight", "DROP ROLE tight")
	tight := dsn + " user=tight password=x"

	for _, way := range []struct {
		name, dsn, says string
		block, free     func(s *Schema)
	}{
		{"locked", dsn, "another session", func(s *Schema) {
			execute(t, admin, "BEGIN", "LOCK TABLE "+s.Name+".products IN ACCESS SHARE MODE") // as a dump does
		}, func(*Schema) { execute(t, admin, "ROLLBACK") }},
		{"full", tight, "too many connections", func(*Schema) {
			execute(t, admin, "ALTER ROLE tight CONNECTION LIMIT 0")
		}, func(*Schema) { execute(t, admin, "ALTER ROLE tight CONNECTION LIMIT -1") }},
	} {
		t.Run(way.name, func(t *testing.T) {
			s, exists := filled(t, way.dsn, dsn)
			way.block(s)
			patient, end := context.WithCancel(t.Context())
			told := make(chan string, 1)
			dropped := make(chan error, 1)
			go func() { dropped <- s.Drop(patient, func(line string) { told <- line }) }()
			if line := <-told; !strings.Contains(line, way.says) || !strings.Contains(line, "DROP SCHEMA IF EXISTS "+s.Name+" CASCADE") {
				t.Errorf("while it waits it says %q", line)
			}
			end()
			err := <-dropped
			var left *LeftError
			if !errors.As(err, &left) || left.Schema != s.Name || !strings.HasSuffix(err.Error(), "DROP SCHEMA IF EXISTS "+s.Name+" CASCADE") || !exists() {
				t.Errorf("given up: %v, exists %v", err, exists())
			}
			// Again, and now the way is made free.
			go func() { dropped <- s.Drop(t.Context(), func(line string) { told <- line }) }()
			<-told
			way.free(s)
			if err := <-dropped; err != nil || exists() {
				t.Errorf("the way is free: %v, exists %v", err, exists())
			}
		})
	}
}

// Where waiting is of no use, none is done.
func TestDropGivesUp(t *testing.T) {
	dsn := postgrestest.Shared(t).DSN
	s, _ := filled(t, dsn, dsn)
	admin := session(t, dsn)
	defer admin.Close(context.Background())
	execute(t, admin, "CREATE ROLE other", "CREATE ROLE owner", "ALTER SCHEMA "+s.Name+" OWNER TO owner")
	defer execute(t, admin, "DROP SCHEMA "+s.Name+" CASCADE", "DROP ROLE other, owner")
	s.config.RuntimeParams["role"] = "other"
	err := s.Drop(t.Context(), func(line string) { t.Error(line) })
	if left, ok := errors.AsType[*LeftError](err); !ok || !strings.Contains(left.Error(), "SQLSTATE 42501") {
		t.Error(err)
	}
}
