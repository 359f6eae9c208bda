package catalogue

import (
	"context"
	"errors"
	"io"
	"net"
	"os"
	"strings"
	"syscall"

	"github.com/jackc/pgx/v5/pgconn"
)

// maskedError says what went wrong with a PostgreSQL server without saying where it is or who asked: pgconn's own words
// quote the connection's user, database and address, which are the user's secrets.
type maskedError struct {
	text string
	err  error
}

func (e *maskedError) Error() string { return e.text }

func (e *maskedError) Unwrap() error { return e.err }

// mask masks an error of a connection that c describes.
func mask(c *pgconn.Config, err error) error {
	var missing *NotFoundError
	var doubt *InDoubtError
	var refused *pgconn.PgError
	var unknown *net.DNSError
	var errno syscall.Errno
	var text string
	switch {
	case err == nil:
		return nil
	case errors.As(err, &missing):
		return missing
	case errors.As(err, &doubt):
		return &InDoubtError{mask(c, doubt.Cause)}
	case errors.Is(err, context.Canceled):
		return context.Canceled
	case errors.As(err, &refused):
		text = "the server says: " + hide(c, refused.Message) + " (SQLSTATE " + refused.Code + ")"
	case errors.As(err, &unknown):
		text = "its host is not known"
	case errors.As(err, &errno):
		text = errno.Error()
	case errors.Is(err, os.ErrDeadlineExceeded), errors.Is(err, context.DeadlineExceeded), pgconn.Timeout(err):
		text = "it does not answer in time"
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		text = "the server closed the connection"
	default:
		text = "the connection failed"
	}
	return &maskedError{"PostgreSQL: " + text, err}
}

// hide takes what the DSN says out of a message of the server's, which quotes names.
func hide(c *pgconn.Config, message string) string {
	for _, secret := range []string{c.Password, c.User, c.Database, c.Host} {
		if secret != "" {
			message = strings.ReplaceAll(message, `"`+secret+`"`, `"…"`)
		}
	}
	if len(c.Password) > 0 {
		message = strings.ReplaceAll(message, c.Password, "…")
	}
	return message
}
