// Package counter reads one counter of a service from its page of Prometheus' metrics. Nothing that the service sends is trusted:
// what is read is bounded in bytes, lines and time, and no redirect is followed.
package counter

import (
	"bufio"
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"math"
	"net/http"
	"net/url"
	"time"

	"github.com/prometheus/common/expfmt"
	"github.com/prometheus/common/model"
)

// The bounds on what a service may send.
const (
	maxBytes  = 16 << 20 // of a page; a large service's has 1 MB
	maxLine   = 64 << 10
	maxSeries = 1000
	maxHeader = 64 << 10
	patience  = 5 * time.Second // for a whole page

	// MaxValue is above what a counter may stand at: from there on its steps are no longer whole.
	MaxValue = 1 << 53
)

// Series is one of the series that a counter has by its labels.
type Series struct {
	Labels map[string]string
	Value  float64 // from 0 to MaxValue
}

// Client reads the counter of one service. Close ends it.
type Client struct {
	name     string
	address  string // with all that it has
	shown    string // without user information and query, for errors
	http     *http.Client
	patience time.Duration
}

// Check returns what keeps metrics from being read at an address, without repeating what may be a secret, or nil.
func Check(address string) error {
	u, err := url.Parse(address)
	switch {
	case err != nil:
		return errors.New("it is no URL") // its error would repeat what may hold a password
	case u.Scheme != "http" && u.Scheme != "https" || u.Host == "":
		return errors.New("it must be a URL such as http://127.0.0.1:9187/metrics")
	}
	return nil
}

// CheckName returns what keeps a text from being a counter's name, or nil.
func CheckName(name string) error {
	if !model.LegacyValidation.IsValidMetricName(name) {
		return errors.New("it must be the name of a counter, such as db_queries_total, without labels")
	}
	return nil
}

// New returns a client for a counter at an address that [Check] and [CheckName] take.
func New(address, name string, t *tls.Config) (*Client, error) {
	if err := errors.Join(Check(address), CheckName(name)); err != nil {
		return nil, err
	}
	u, err := url.Parse(address)
	if err != nil {
		return nil, err
	}
	c := &Client{name: name, address: address, patience: patience}
	u.User, u.RawQuery, u.Fragment = nil, "", ""
	c.shown = u.String()
	c.http = &http.Client{
		Transport: &http.Transport{
			Proxy: http.ProxyFromEnvironment, TLSClientConfig: t.Clone(), ForceAttemptHTTP2: true,
			MaxResponseHeaderBytes: maxHeader, MaxConnsPerHost: 1,
		},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	return c, nil
}

// Close lets the connection go.
func (c *Client) Close() { c.http.CloseIdleConnections() }

// Read returns the series of the counter as they stand, at least one. Its errors are sentences that say what was asked.
func (c *Client) Read(ctx context.Context) ([]Series, error) {
	ctx, cancel := context.WithTimeout(ctx, c.patience)
	defer cancel()
	series, err := c.read(ctx)
	switch {
	case errors.Is(err, context.DeadlineExceeded):
		err = fmt.Errorf("sent no whole answer within %v", c.patience)
	case err == nil:
		return series, nil
	}
	return nil, fmt.Errorf("GET %s %w", c.shown, err)
}

func (c *Client) read(ctx context.Context) ([]Series, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, c.address, nil)
	if err != nil {
		return nil, errors.New("cannot be asked")
	}
	request.Header.Set("User-Agent", "bench")
	request.Header.Set("Accept", "text/plain;version=0.0.4")
	response, err := c.http.Do(request)
	if err != nil {
		return nil, failed(err)
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("answered status %d", response.StatusCode)
	}
	return parse(response.Body, c.name)
}

// failed drops the URL that net/http repeats in its errors.
func failed(err error) error {
	if u, ok := errors.AsType[*url.Error](err); ok {
		err = u.Err
	}
	return fmt.Errorf("failed: %w", err)
}

// parse reads the series of one name. Only their lines are kept, and parsed: a page may have many thousands of others.
func parse(r io.Reader, name string) ([]Series, error) {
	page := &io.LimitedReader{R: r, N: maxBytes + 1}
	lines := bufio.NewScanner(page)
	lines.Buffer(nil, maxLine)
	var own bytes.Buffer
	n := 0
	for lines.Scan() {
		if !isOf(lines.Bytes(), name) {
			continue
		}
		if n++; n > maxSeries {
			return nil, fmt.Errorf("has more than %d series of %s", maxSeries, name)
		}
		own.Write(lines.Bytes())
		own.WriteByte('\n')
	}
	switch {
	case page.N == 0:
		return nil, fmt.Errorf("sent more than %d MiB of metrics", maxBytes>>20)
	case errors.Is(lines.Err(), bufio.ErrTooLong):
		return nil, fmt.Errorf("sent a line of more than %d KiB", maxLine>>10)
	case lines.Err() != nil:
		return nil, failed(lines.Err())
	case n == 0:
		return nil, fmt.Errorf("has no counter %s", name)
	}
	parser := expfmt.NewTextParser(model.UTF8Validation)
	families, err := parser.TextToMetricFamilies(&own)
	if err != nil {
		return nil, fmt.Errorf("has lines of %s that are not in the text format of Prometheus", name)
	}
	var list []Series
	for _, m := range families[name].GetMetric() {
		s := Series{Labels: map[string]string{}, Value: m.GetUntyped().GetValue()} // without the line of its type
		for _, l := range m.GetLabel() {
			s.Labels[l.GetName()] = l.GetValue()
		}
		if !(s.Value >= 0 && s.Value < MaxValue) || s.Value != math.Trunc(s.Value) {
			return nil, fmt.Errorf("has %s at %v, which is no count", name, s.Value)
		}
		list = append(list, s)
	}
	if len(list) == 0 {
		return nil, fmt.Errorf("has no counter %s", name)
	}
	return list, nil
}

// isOf reports whether a line is a sample of the name.
func isOf(line []byte, name string) bool {
	rest, ok := bytes.CutPrefix(bytes.TrimLeft(line, " \t"), []byte(name))
	return ok && len(rest) > 0 && (rest[0] == '{' || rest[0] == ' ' || rest[0] == '\t')
}
