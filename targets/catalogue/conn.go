package catalogue

import (
	"context"
	"database/sql"
	"errors"
	"net/url"
	"path/filepath"
	"strings"
)

// dsn names the database file at path, with parameters of the driver's.
func dsn(path string, params ...string) string {
	path = filepath.ToSlash(path)
	if !strings.HasPrefix(path, "/") {
		path = "/" + path // file:/C:/…
	}
	return "file:" + (&url.URL{Path: path}).EscapedPath() + "?" + strings.Join(params, "&")
}

// conn is one connection with its prepared statements. One goroutine uses it at a time.
type conn struct {
	db    *sql.DB
	only  *sql.Conn // of db
	stmts [statements]*sql.Stmt
}

// openConn opens the database anew.
func openConn(ctx context.Context, name string) (*conn, error) {
	db, err := sql.Open("sqlite", name)
	if err != nil {
		return nil, err
	}
	only, err := db.Conn(ctx)
	if err != nil {
		return nil, errors.Join(err, db.Close())
	}
	return &conn{db: db, only: only}, nil
}

func (c *conn) close() error {
	var errs []error
	for _, s := range c.stmts {
		if s != nil {
			errs = append(errs, s.Close())
		}
	}
	return errors.Join(append(errs, c.only.Close(), c.db.Close())...)
}

// prepared returns a statement, preparing it at its first use.
func (c *conn) prepared(ctx context.Context, s statement) (*sql.Stmt, error) {
	if c.stmts[s] == nil {
		stmt, err := c.only.PrepareContext(ctx, queries[s])
		if err != nil {
			return nil, err
		}
		c.stmts[s] = stmt
	}
	return c.stmts[s], nil
}

func (c *conn) query(ctx context.Context, s statement, args ...any) (*sql.Rows, error) {
	stmt, err := c.prepared(ctx, s)
	if err != nil {
		return nil, err
	}
	return stmt.QueryContext(ctx, args...)
}

// one reads the only row of a statement's result into dest; it is sql.ErrNoRows if there is none.
func (c *conn) one(ctx context.Context, s statement, id any, dest ...any) error {
	stmt, err := c.prepared(ctx, s)
	if err != nil {
		return err
	}
	return stmt.QueryRowContext(ctx, id).Scan(dest...)
}
