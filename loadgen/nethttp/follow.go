package nethttp

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
)

var (
	errManyRedirects = errors.New("more redirects than are followed")
	errRedirectedOff = errors.New("a redirect to another scheme, host or port")
)

// follow goes on to where the answer to a request leads, as often as may be. It returns the last answer, whose body has been
// read.
func (e *exchanging) follow(ctx context.Context, r Request, response *http.Response) (*http.Response, error) {
	first := r.URL
	for leads(response) {
		if e.hops == e.run.Follow {
			return response, fmt.Errorf("%w: %d", errManyRedirects, e.hops)
		}
		e.hops++
		to, err := r.URL.Parse(e.run.Encode(response.Header.Get("Location")))
		if err != nil {
			return response, errRedirectedOff // what was sent may be anything
		}
		to.User, to.Fragment, to.RawFragment = nil, "", ""
		if !e.run.Follows(first, to) {
			return response, fmt.Errorf("%w: %s://%s", errRedirectedOff, to.Scheme, to.Host)
		}
		r = redirected(r, response.StatusCode, first, to)
		if e.run.Redirected != nil {
			r.Header = e.run.Redirected(e.Exchange, to, r.Header)
		}
		e.kept = e.kept[:0]
		if response, err = e.send(ctx, r); err != nil {
			return response, err
		}
		if err := e.take(response); err != nil {
			return response, err
		}
	}
	return response, nil
}

// leads reports whether an answer says where to go instead.
func leads(response *http.Response) bool {
	switch response.StatusCode {
	case http.StatusMovedPermanently, http.StatusFound, http.StatusSeeOther, http.StatusTemporaryRedirect, http.StatusPermanentRedirect:
		return response.Header.Get("Location") != ""
	}
	return false
}

// redirected returns what a request becomes when it is redirected, as with curl --location: a POST becomes a GET but for 307
// and 308, with 303 whatever is neither GET nor HEAD does; who asks, and under which name of the host, is told to the first
// origin alone.
func redirected(r Request, status int, first, to *url.URL) Request {
	toGet := r.Method == http.MethodPost && status < http.StatusTemporaryRedirect ||
		status == http.StatusSeeOther && r.Method != http.MethodGet && r.Method != http.MethodHead
	if toGet {
		r.Method, r.Body = http.MethodGet, nil
	}
	r.URL = to
	if to.Scheme != first.Scheme || to.Host != first.Host {
		r.Header = r.Header.Clone()
		for name := range r.Header { // they may be spelled as the user likes
			if slices.ContainsFunc([]string{"Authorization", "Cookie", "Host"}, func(first string) bool { return strings.EqualFold(name, first) }) {
				delete(r.Header, name)
			}
		}
	}
	return r
}
