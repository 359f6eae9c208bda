package catalogue

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"github.com/jackc/pgx/v5/pgconn"

	"github.com/seed-5a006608/bench/targets/postgres/postgrestest"
)

// onPostgres runs f on a PostgreSQL server, pooled and over fresh connections, each on a schema of its own.
func onPostgres(t *testing.T, f func(t *testing.T, s *Store)) {
	server := postgrestest.Shared(t)
	for name, o := range map[string]Options{"pooled": {Connections: 2}, "fresh": {Fresh: true}} {
		t.Run(name, func(t *testing.T) { f(t, openSchema(t, server.DSN, o)) })
	}
}

func openSchema(t *testing.T, dsn string, o Options) *Store {
	t.Helper()
	schema, err := NewSchema(dsn)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := schema.Drop(t.Context(), nil); err != nil {
			t.Error(err)
		}
	})
	if err := schema.Create(t.Context(), small); err != nil {
		t.Fatal(err)
	}
	s, err := schema.Open(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

// What a connection's error says of the DSN stays inside.
func TestMask(t *testing.T) {
	c := &pgconn.Config{Host: "db.example", User: "alice", Password: "s3cret", Database: "shop"}
	missing := &NotFoundError{"product", 7}
	for _, tc := range []struct {
		err  error
		want string
	}{
		{nil, "<nil>"},
		{missing, "no product 7"},
		{errors.Join(missing, errors.New("alice@db.example went away")), "no product 7"},
		{fmt.Errorf("connect to `user=alice database=shop`: %w", context.Canceled), "context canceled"},
		{&pgconn.PgError{Code: "3D000", Message: `database "shop" does not exist`}, `PostgreSQL: the server says: database "…" does not exist (SQLSTATE 3D000)`},
		{&pgconn.PgError{Code: "XX000", Message: `hint: s3cret`}, `PostgreSQL: the server says: hint: … (SQLSTATE XX000)`},
		{&net.OpError{Op: "dial", Net: "tcp", Err: syscall.ECONNREFUSED}, "PostgreSQL: connection refused"},
		{&net.DNSError{Err: "no such host", Name: "db.example"}, "PostgreSQL: its host is not known"},
		{fmt.Errorf("read db.example: %w", os.ErrDeadlineExceeded), "PostgreSQL: it does not answer in time"},
		{fmt.Errorf("read db.example: %w", io.ErrUnexpectedEOF), "PostgreSQL: the server closed the connection"},
		{errors.New("tls: certificate is for db.example"), "PostgreSQL: the connection failed"},
	} {
		if got := fmt.Sprint(mask(c, tc.err)); got != tc.want {
			t.Errorf("%v: %s, want %s", tc.err, got, tc.want)
		}
	}
}

// A DSN that names a file that is not there is a DSN, and the file is named.
func TestDSNOfAMissingFile(t *testing.T) {
	missing := filepath.Join(t.TempDir(), "root.pem")
	err := CheckDSN("postgres://alice:s3cret@db.example/shop?sslmode=verify-full&sslrootcert=" + missing)
	if err == nil || err.Error() != "the DSN names a file that cannot be read: "+missing+": no such file or directory" {
		t.Error(err)
	}
	if err := CheckDSN("nonsense"); !errors.Is(err, ErrNoDSN) {
		t.Error(err)
	}
}
