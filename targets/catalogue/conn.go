package catalogue

import (
	"context"
	"database/sql"
	"errors"
	"net/url"
	"path/filepath"
	"strings"
	"time"

	"github.com/jackc/pgx/v5/stdlib"
)

// dsn names the database file at path, with parameters of the driver's.
func dsn(path string, params ...string) string {
	path = filepath.ToSlash(path)
	if !strings.HasPrefix(path, "/") {
		path = "/" + path // file:/C:/…
	}
	return "file:" + (&url.URL{Path: path}).EscapedPath() + "?" + strings.Join(params, "&")
}

// source is a database that connections are opened to.
type source struct {
	open    func() (*sql.DB, error) // a handle, for one connection
	queries *[statements]string     // in its dialect

	// remote says that a server is at the other end: it may be slow, so a query hears its request's context, and may break
	// a connection.
	remote bool

	mask func(error) error // removes secrets from an error; nil for a database without secrets
}

func (s source) masked(err error) error {
	if s.mask == nil {
		return err
	}
	return s.mask(err)
}

func sqlite(path string, params ...string) source {
	name := dsn(path, params...)
	return source{open: func() (*sql.DB, error) { return sql.Open("sqlite", name) }, queries: &queries}
}

// context is the one for a query. SQLite answers in milliseconds, while being ready to interrupt it costs a goroutine
// each time.
func (s source) context(ctx context.Context) context.Context {
	if s.remote {
		return ctx
	}
	return context.WithoutCancel(ctx)
}

// begun is the context for a statement that must be sent, or heard to its end, although its request is given up. stop
// releases it.
func (s source) begun(ctx context.Context) (_ context.Context, stop context.CancelFunc) {
	if !s.remote {
		return s.context(ctx), func() {}
	}
	own, cancel := context.WithCancel(context.WithoutCancel(ctx))
	deaf := context.AfterFunc(ctx, func() {
		select {
		case <-time.After(begunLimit):
			cancel()
		case <-own.Done():
		}
	})
	return own, func() { deaf(); cancel() }
}

// begunLimit is how much longer a server may take with what a request that was given up has begun.
const begunLimit = time.Second

// conn is one connection with its prepared statements. One goroutine uses it at a time.
type conn struct {
	source source
	db     *sql.DB
	only   *sql.Conn // of db
	stmts  [statements]*sql.Stmt
	broken bool // the server has gone, or the connection to it
}

// connect opens a connection.
func (s source) connect(ctx context.Context) (*conn, error) {
	db, err := s.open()
	if err != nil {
		return nil, err
	}
	only, err := db.Conn(ctx)
	if err != nil {
		return nil, errors.Join(err, db.Close())
	}
	return &conn{source: s, db: db, only: only}, nil
}

// mend opens the connection anew if it is broken.
func (c *conn) mend(ctx context.Context) error {
	if !c.broken {
		return nil
	}
	anew, err := c.source.connect(ctx)
	if err != nil {
		return err
	}
	_ = c.close() // it is broken
	*c = *anew
	return nil
}

// check finds out, after a query failed, whether the connection can serve another: one that is lost cannot, nor one that is
// still in a transaction, whose end was not sent because its request was given up.
func (c *conn) check(err error) {
	var missing *NotFoundError
	if err == nil || !c.source.remote || errors.As(err, &missing) && !c.inTransaction() {
		return
	}
	patience, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	c.broken = c.only.PingContext(patience) != nil || c.inTransaction()
}

// inTransaction reports whether a connection to PostgreSQL is in a transaction, a failed one included, or lost.
func (c *conn) inTransaction() bool {
	const idle = 'I' // PostgreSQL, "Message Formats", ReadyForQuery
	in := true
	err := c.only.Raw(func(driver any) error {
		if p, ok := driver.(*stdlib.Conn); ok {
			in = p.Conn().PgConn().TxStatus() != idle
		}
		return nil
	})
	return in || err != nil
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

// prepared returns a statement, preparing it at its first use, unless ctx has ended: the driver gives up a whole connection
// for a statement that it is not to send.
func (c *conn) prepared(ctx context.Context, s statement) (*sql.Stmt, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if c.stmts[s] == nil {
		stmt, err := c.only.PrepareContext(ctx, c.source.queries[s])
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

// one reads the only row of a statement's result into dest. The error is sql.ErrNoRows if the result is empty.
func (c *conn) one(ctx context.Context, s statement, id any, dest ...any) error {
	stmt, err := c.prepared(ctx, s)
	if err != nil {
		return err
	}
	return stmt.QueryRowContext(ctx, id).Scan(dest...)
}
