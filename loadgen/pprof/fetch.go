// Package pprof pulls profiles from the /debug/pprof of a Go service and says in which functions its time went. Nothing
// that the service sends is trusted: what is read is bounded in bytes and in time, packed and unpacked, no redirect is
// followed, and names are cut.
package pprof

import (
	"bytes"
	"compress/gzip"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// Kind is a kind of profile.
type Kind string

// The kinds of profiles.
const (
	CPU   Kind = "cpu"   // where processor time was used, over a time
	Mutex Kind = "mutex" // where goroutines waited for each other's locks, since the start
	Heap  Kind = "heap"  // what allocated the memory that is in use
)

// The bounds on what a service may send, and on how long it may take beyond the time that a profile lasts.
const (
	maxBytes   = 8 << 20 // of a profile, packed and unpacked
	maxHeader  = 64 << 10
	maxMessage = 200 // bytes of an error's words that are shown
	slack      = 10 * time.Second
)

// Client asks one service for its profiles. Close ends it.
type Client struct {
	base  string // without user information, for errors too
	user  *url.Userinfo
	http  *http.Client
	slack time.Duration
}

// Base returns the base of profiles that raw means: a URL that ends at a host stands for its /debug/pprof.
func Base(raw string) (string, error) {
	u, err := url.Parse(raw)
	switch {
	case err != nil:
		return "", errors.New("it is no URL") // its error would repeat what may hold a password
	case u.Scheme != "http" && u.Scheme != "https" || u.Host == "":
		return "", fmt.Errorf("it must be a URL such as http://127.0.0.1:6060, got %q", u.Redacted())
	case u.RawQuery != "" || u.Fragment != "":
		return "", errors.New("it must end with the path of the profiles, without a query")
	}
	if u.Path = strings.TrimSuffix(u.Path, "/"); u.Path == "" {
		u.Path = "/debug/pprof"
	}
	return u.String(), nil
}

// New returns a client for a base as [Base] returns it.
func New(base string, t *tls.Config) (*Client, error) {
	u, err := url.Parse(base)
	if err != nil {
		return nil, errors.New("the base of profiles is no URL")
	}
	c := &Client{user: u.User, slack: slack}
	u.User = nil
	c.base = u.String()
	c.http = &http.Client{
		Transport: &http.Transport{
			Proxy: http.ProxyFromEnvironment, TLSClientConfig: t.Clone(), ForceAttemptHTTP2: true,
			DisableCompression: true, MaxResponseHeaderBytes: maxHeader, MaxConnsPerHost: 1,
		},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	return c, nil
}

// Close lets the connection go.
func (c *Client) Close() { c.http.CloseIdleConnections() }

// Fetch asks for a profile, of the CPU over a number of whole seconds, and returns it as it was sent. Its errors are
// sentences that say what was asked.
func (c *Client) Fetch(ctx context.Context, kind Kind, seconds int) ([]byte, error) {
	path := "/" + string(kind)
	limit := c.slack
	if kind == CPU {
		path = fmt.Sprintf("/profile?seconds=%d", seconds)
		limit += time.Duration(seconds) * time.Second
	}
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	data, err := c.get(ctx, c.base+path)
	switch {
	case errors.Is(err, context.DeadlineExceeded):
		err = fmt.Errorf("sent no whole answer within %v", limit)
	case err == nil:
		return data, nil
	}
	return nil, fmt.Errorf("GET %s%s %w", c.base, path, err)
}

func (c *Client) get(ctx context.Context, address string) ([]byte, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return nil, errors.New("cannot be asked")
	}
	if c.user != nil {
		password, _ := c.user.Password()
		request.SetBasicAuth(c.user.Username(), password)
	}
	request.Header.Set("User-Agent", "bench")
	response, err := c.http.Do(request)
	if err != nil {
		return nil, failed(err)
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		said, _ := io.ReadAll(io.LimitReader(response.Body, maxMessage)) // what has come of it is enough
		line, _, _ := strings.Cut(strings.TrimSpace(string(said)), "\n")
		if line = cut(line, maxMessage); line != "" {
			line = ": " + line
		}
		return nil, fmt.Errorf("answered status %d%s", response.StatusCode, line)
	}
	data, err := io.ReadAll(io.LimitReader(response.Body, maxBytes+1))
	switch {
	case err != nil:
		return nil, failed(err)
	case len(data) > maxBytes:
		return nil, errTooLarge
	}
	return data, nil
}

var errTooLarge = fmt.Errorf("sent more than %d MiB, which is no profile", maxBytes>>20)

// failed drops the URL that net/http repeats in its errors.
func failed(err error) error {
	if u, ok := errors.AsType[*url.Error](err); ok {
		err = u.Err
	}
	if errors.Is(err, context.DeadlineExceeded) {
		return context.DeadlineExceeded
	}
	return fmt.Errorf("failed: %w", err)
}

// unpacked returns a profile that may be packed with gzip, as Go's are.
func unpacked(data []byte) ([]byte, error) {
	if !bytes.HasPrefix(data, []byte{0x1f, 0x8b}) {
		return data, nil
	}
	r, err := gzip.NewReader(bytes.NewReader(data))
	if err != nil {
		return nil, fmt.Errorf("gzip: %w", err)
	}
	data, err = io.ReadAll(io.LimitReader(r, maxBytes+1))
	switch {
	case err != nil:
		return nil, fmt.Errorf("gzip: %w", err)
	case len(data) > maxBytes:
		return nil, fmt.Errorf("unpacked it is larger than %d MiB", maxBytes>>20)
	}
	return data, nil
}

// cut shortens text to n bytes of valid UTF-8. What shows it cleans it for its own medium.
func cut(s string, n int) string { return strings.ToValidUTF8(s[:min(len(s), n)], "") }
