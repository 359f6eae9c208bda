package catalogue

import (
	"bufio"
	"context"
	"crypto/rand"
	"database/sql"
	_ "embed"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/stdlib"
)

//go:embed postgres_schema.sql
var postgresSchema string

//go:embed postgres_indexes.sql
var postgresIndexes string

const connectTimeout = 5 * time.Second // for a DSN without one

// ErrNoDSN quotes nothing: where a DSN is not understood, nobody knows which part of it is the password.
var ErrNoDSN = errors.New("not a PostgreSQL DSN: write it as postgres://USER:PASSWORD@HOST:PORT/DATABASE or 'host=HOST user=USER dbname=DATABASE'")

// CheckDSN says whether a PostgreSQL connection string can be understood, and whether the files that it names, such as a
// certificate, can be read. Its error quotes nothing else of it.
func CheckDSN(dsn string) error {
	_, err := pgx.ParseConfig(dsn)
	if file, ok := errors.AsType[*fs.PathError](err); ok {
		return fmt.Errorf("the DSN names a file that cannot be read: %s: %w", file.Path, file.Err)
	}
	if err != nil || !strings.ContainsAny(dsn, "=:") {
		return ErrNoDSN
	}
	return nil
}

// Schema is a catalogue in a schema of its own on a PostgreSQL server, whose other schemas it does not touch. Its errors
// do not say what the DSN does.
type Schema struct {
	Name string // random

	config *pgx.ConnConfig // with the schema as the search path
	made   bool            // the server was asked to make it
}

// NewSchema names a schema for the server that the DSN (a libpq connection string) names, and makes nothing yet.
func NewSchema(dsn string) (*Schema, error) {
	config, err := pgx.ParseConfig(dsn)
	if err != nil {
		return nil, ErrNoDSN
	}
	if config.ConnectTimeout == 0 {
		config.ConnectTimeout = connectTimeout
	}
	s := &Schema{Name: "bench_" + strings.ToLower(rand.Text()), config: config}
	config.RuntimeParams["search_path"] = s.Name
	if config.RuntimeParams["application_name"] == "" {
		config.RuntimeParams["application_name"] = "bench"
	}
	return s, nil
}

// OpenSchema opens the catalogue in a schema that another process has made, and that process drops it.
func OpenSchema(ctx context.Context, dsn, name string, o Options) (*Store, error) {
	s, err := madeSchema(dsn, name)
	if err != nil {
		return nil, err
	}
	return s.Open(ctx, o)
}

// madeSchema is the schema of that name, which another process has made.
func madeSchema(dsn, name string) (*Schema, error) {
	s, err := NewSchema(dsn)
	if err != nil {
		return nil, err
	}
	s.Name = name
	s.config.RuntimeParams["search_path"] = name
	return s, nil
}

// Create makes the schema and fills it with the catalogue of spec. Whether it does or fails, the schema must be dropped.
func (s *Schema) Create(ctx context.Context, spec Spec) error {
	c, err := pgx.ConnectConfig(ctx, s.config)
	if err != nil {
		return s.masked(err)
	}
	defer c.Close(context.WithoutCancel(ctx))
	s.made = true
	if _, err := c.Exec(ctx, "CREATE SCHEMA "+s.Name); err != nil {
		_, refused := errors.AsType[*pgconn.PgError](err)
		s.made = !refused
		return s.masked(err)
	}
	return s.masked(spec.copyTo(ctx, c))
}

func (s *Schema) masked(err error) error { return mask(&s.config.Config, err) }

// copyTo creates the tables and fills them.
func (s Spec) copyTo(ctx context.Context, c *pgx.Conn) error {
	// VACUUM takes no row for visible to all whose commit is not written yet.
	if _, err := c.Exec(ctx, "SET synchronous_commit = on;"+postgresSchema); err != nil {
		return err
	}
	for _, t := range s.tables() {
		if err := copyTable(ctx, c, t); err != nil {
			return err
		}
	}
	if _, err := c.Exec(ctx, postgresIndexes); err != nil {
		return err
	}
	// Else autovacuum does it within a minute, beside the requests that are measured. It names its tables: others of the database
	// are not ours.
	_, err := c.Exec(ctx, "VACUUM (ANALYZE) categories, products, stock, reviews")
	return err
}

// copyTable streams a table's rows.
func copyTable(ctx context.Context, c *pgx.Conn, t table) error {
	r, w := io.Pipe()
	written := make(chan struct{})
	go func() {
		defer close(written)
		buffer := bufio.NewWriterSize(w, 64<<10)
		rows := csv.NewWriter(buffer)
		record := make([]string, t.columns)
		err := t.rows(func(args ...any) error {
			for i, arg := range args {
				record[i] = fmt.Sprint(arg)
			}
			return rows.Write(record)
		})
		rows.Flush()
		w.CloseWithError(errors.Join(err, rows.Error(), buffer.Flush()))
	}()
	_, err := c.PgConn().CopyFrom(ctx, r, "COPY "+t.name+" FROM STDIN (FORMAT csv, NULL '\\N')")
	r.CloseWithError(io.ErrClosedPipe) // ends the writer, had the server not taken all
	<-written
	return err
}

// Open opens the catalogue for reading and writing.
func (s *Schema) Open(ctx context.Context, o Options) (*Store, error) {
	connector := stdlib.GetConnector(*s.config)
	store := &Store{source: source{
		open:    func() (*sql.DB, error) { return sql.OpenDB(connector), nil },
		queries: &postgresQueries,
		remote:  true,
		mask:    s.masked,
	}}
	if err := store.fill(ctx, o); err != nil {
		return nil, s.masked(err)
	}
	return store, nil
}
