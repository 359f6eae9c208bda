package loadgen

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/seed-5a006608/bench/loadgen/exchange"
	"github.com/seed-5a006608/bench/loadgen/request"
	"github.com/seed-5a006608/bench/loadgen/runfile"
)

// Follow says which redirects are followed.
type Follow struct {
	Most  int      // most redirects of one request; 0: redirects are not followed
	Hosts []string // other hosts that redirects may lead to, as NAME or NAME:PORT
}

const maxFollow = 50

// ErrNoneFollowed means that hosts for redirects are named, but redirects are not followed.
var ErrNoneFollowed = errors.New("it is said where redirects may lead, and not how many are followed")

func (f Follow) validate() error {
	switch {
	case f.Most < 0 || f.Most > maxFollow:
		return fmt.Errorf("follow must be 1 to %d, got %d", maxFollow, f.Most)
	case f.Most == 0 && len(f.Hosts) > 0:
		return ErrNoneFollowed
	}
	for _, host := range f.Hosts {
		if u, err := url.Parse("http://" + host); err != nil || u.Host != host || host == "" {
			return fmt.Errorf("follow-hosts %q: give names, with or without a port, as in a.test,b.test:8080", runfile.Excerpt(host))
		}
	}
	return nil
}

// allows reports whether a redirect from one URL to another is followed.
func (f Follow) allows(from, to *url.URL) bool {
	if to.Scheme != "http" && to.Scheme != "https" {
		return false
	}
	if to.Scheme == from.Scheme && strings.EqualFold(to.Hostname(), from.Hostname()) && portOf(to) == portOf(from) {
		return true
	}
	return slices.ContainsFunc(f.Hosts, func(host string) bool {
		return strings.EqualFold(host, to.Hostname()) || strings.EqualFold(host, to.Host)
	})
}

func portOf(u *url.URL) string {
	if port := u.Port(); port != "" {
		return port
	}
	return map[string]string{"http": "80", "https": "443"}[u.Scheme]
}

// leadsElsewhere reports whether a status is a redirect's.
func leadsElsewhere(status int) bool {
	switch status {
	case http.StatusMovedPermanently, http.StatusFound, http.StatusSeeOther, http.StatusTemporaryRedirect, http.StatusPermanentRedirect:
		return true
	}
	return false
}

// takeRedirect counts an exchange whose status leads elsewhere.
func takeRedirect(r *runfile.Redirects, x *exchange.Exchange, expected []request.Expect) {
	if x.Outcome != exchange.Succeeded || slices.ContainsFunc(expected, func(e request.Expect) bool { return len(e.Statuses) > 0 }) {
		return // a success with an expectation on the status has that status
	}
	to := x.Header.Get("Location")
	if to == "" {
		return
	}
	if r.Count++; r.Count > 1 {
		return
	}
	if u, err := url.Parse(to); err == nil && u.Host != "" {
		r.To = runfile.Excerpt((&url.URL{Scheme: u.Scheme, Host: u.Host}).String())
	}
}
