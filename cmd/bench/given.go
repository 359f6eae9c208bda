package main

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"strings"

	"github.com/seed-5a006608/bench/loadgen/request"
	"github.com/seed-5a006608/bench/loadgen/runfile"
)

// How header names are sent over HTTP/1.1.
const (
	headersKept      = runfile.HeadersKept
	headersCanonical = "canonical"
)

// maxBody bounds the file of a body.
const maxBody = 16 << 20

// request returns what the flags say of every request. Its errors name the flag, and show no value: it may be a secret.
func (a *asking) request() (r request.Request, err error) {
	r = request.Request{Method: strings.ToUpper(a.method), Login: a.user}
	if r.Header, err = a.headerOf(a.headers); err != nil {
		return r, fmt.Errorf("-H: %w", err)
	}
	if a.file.Accept.Text != "" {
		if request.CanonicalHeader(r.Header).Get("Accept-Encoding") != "" {
			return r, errors.New("-H Accept-Encoding and --accept-encoding, or accept_encoding in a test file, both say which codings are asked for: give one")
		}
		request.SetHeader(r.Header, "Accept-Encoding", []string{a.file.Accept.Text})
	}
	flag := "--body"
	switch {
	case a.body != "" && a.template != "":
		return r, errors.New("--body and --body-template both say what the body is: give one")
	case a.template != "":
		flag = "--body-template"
		r.Body, _, err = bodyOf(flag, a.template)
	default:
		r.Body, r.Verbatim, err = bodyOf(flag, a.body)
	}
	if err != nil {
		return r, err
	}
	a.noteVerbatim(&r)
	checked := r
	checked.URL = "http://127.0.0.1/"
	if err = checked.Check(); err == nil {
		return r, nil
	}
	if _, ok := errors.AsType[*request.HeaderError](err); ok {
		return r, fmt.Errorf("-H: %w", err)
	}
	if bad, ok := errors.AsType[*request.TextError](err); ok && bad.Part == "body" {
		bad.Part = flag
	}
	return r, err
}

// bodyOf returns text, or the bytes of the file that @file names. Errors begin with what.
func bodyOf(what, text string) (body string, isFile bool, err error) {
	path, isFile := strings.CutPrefix(text, "@")
	if !isFile {
		return text, false, nil
	}
	f, err := os.Open(path)
	if err != nil {
		return "", true, fmt.Errorf("%s @%s: cannot be read: %w", what, path, cause(err))
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, maxBody+1))
	if err != nil {
		return "", true, fmt.Errorf("%s @%s: cannot be read: %w", what, path, cause(err))
	}
	if len(data) > maxBody {
		return "", true, fmt.Errorf("%s @%s: is larger than %d MiB", what, path, maxBody>>20)
	}
	return string(data), true, nil
}

// noteVerbatim says once that values in a body that is bytes are not drawn.
func (a *asking) noteVerbatim(r *request.Request) {
	if r.Verbatim && request.HoldsValue(r.Body) {
		a.note(verbatimNote)
	}
}

const verbatimNote = "a body from a file has what looks like a value between braces, and is sent as it is: " +
	"--body-template @FILE, or body_template in a test file, draws its values"

// canonicalHeaders reports whether header names are sent in their canonical form, as they were before there was a choice.
func (a *asking) canonicalHeaders() bool {
	return a.headerCase == headersCanonical || a.file.AsBefore() && !a.given.Changed("header-case")
}

var errHeader = errors.New(`write it as "Name: value", a name of letters, digits and dashes, in one line`)

// headerOf reads lines as -H takes them. Its error names no value: it may be a secret.
func (a *asking) headerOf(lines []string) (http.Header, error) {
	h := http.Header{}
	for _, line := range lines {
		name, value, ok := strings.Cut(line, ":")
		name = strings.TrimSpace(name)
		if !ok || !isToken(name) || strings.ContainsAny(value, "\r\n\x00") {
			return nil, errHeader
		}
		request.AddHeader(h, name, strings.TrimSpace(value))
	}
	if a.canonicalHeaders() {
		h = request.CanonicalHeader(h)
	}
	return h, nil
}

// isToken reports whether s can be a header's name (RFC 9110, section 5.6.2).
func isToken(s string) bool {
	return s != "" && !strings.ContainsFunc(s, func(r rune) bool {
		return r <= ' ' || r >= 0x7f || strings.ContainsRune(`"(),/:;<=>?@[\]{}`, r)
	})
}
