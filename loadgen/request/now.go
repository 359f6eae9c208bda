package request

import (
	"errors"
	"strconv"
	"time"

	"github.com/seed-5a006608/bench/profiles"
)

// nowKey is the time at which a request was meant to start: the start of the run, which its file records, and the
// request's intended start after it. No clock is read, so whoever drives the plan writes the same, and a request that
// was late says when it was due.
type nowKey struct {
	write func(dst []byte, due time.Time) []byte
}

func (n nowKey) append(dst []byte, _ uint64, due time.Time) []byte { return n.write(dst, due) }

// parseNow reads {{now}}, a time such as 2026-11-24T11:53:00.125Z; {{now unix}}, whole seconds since 1970; or
// {{now unixms}}, milliseconds.
func parseNow(args []string, _ profiles.Stream) (value, error) {
	form := ""
	if len(args) == 1 {
		form = args[0]
	}
	switch {
	case len(args) == 0:
		return nowKey{func(dst []byte, due time.Time) []byte {
			return due.UTC().AppendFormat(dst, "2006-01-02T15:04:05.000Z")
		}}, nil
	case form == "unix":
		return nowKey{func(dst []byte, due time.Time) []byte { return strconv.AppendInt(dst, due.Unix(), 10) }}, nil
	case form == "unixms":
		return nowKey{func(dst []byte, due time.Time) []byte { return strconv.AppendInt(dst, due.UnixMilli(), 10) }}, nil
	}
	return nil, errors.New("is wrong: now takes nothing, or unix for seconds, or unixms for milliseconds")
}
