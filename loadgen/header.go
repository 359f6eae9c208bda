package loadgen

import (
	"encoding/base64"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// compiledHeader is a request's header: what is the same for every request, and what holds values.
type compiledHeader struct {
	fixed   http.Header
	drawn   []drawnHeader
	visible []visibleHeader // all of them, for a preview
}

type drawnHeader struct {
	name   string
	values []template
}

// errHeaderText is about a header's value, which it must not show.
var errHeaderText = errors.New("holds a line end or another control character")

// compileHeader compiles header values, and what the user information of a URL or a name and a password stand for.
func compileHeader(header http.Header, login string, inURL *url.Userinfo, seed uint64, purpose string) (compiledHeader, error) {
	c := compiledHeader{fixed: header.Clone()}
	if c.fixed == nil {
		c.fixed = http.Header{}
	}
	for _, name := range sortedKeys(c.fixed) {
		if strings.Contains(name, openBraces) {
			return c, errors.New("a header's name must be the same for every request: only its value may hold {{…}}")
		}
		d := drawnHeader{name: name}
		fixed := true
		for i, text := range c.fixed[name] {
			t, err := parseTemplate("header "+name, text, seed, fmt.Sprintf("%s/header/%s/%d", purpose, name, i))
			if err != nil {
				return c, err
			}
			c.visible = append(c.visible, visibleHeader{name, t})
			if t, err = t.resolved(); err == nil {
				err = t.checkHeaderText()
			}
			if err != nil {
				return c, fmt.Errorf("header %s: %w", name, err)
			}
			fixed = fixed && t.fixed()
			d.values = append(d.values, t)
		}
		if fixed {
			c.fixed[name] = d.render(0, time.Time{})
		} else {
			delete(c.fixed, name)
			c.drawn = append(c.drawn, d)
		}
	}
	if len(header["User-Agent"]) == 0 {
		c.fixed.Set("User-Agent", "bench")
	}
	return c, c.authenticate(login, inURL)
}

// authenticate adds basic authentication, which a header of the user's own wins over, and a name and a password given
// over those in the URL.
func (c *compiledHeader) authenticate(login string, inURL *url.Userinfo) error {
	for _, h := range c.visible {
		if h.name == "Authorization" {
			return nil
		}
	}
	switch {
	case login != "":
		resolved, err := resolve(login)
		if err != nil {
			return fmt.Errorf("user %w", err)
		}
		if !strings.Contains(resolved, ":") {
			return errors.New("a user is written as NAME:PASSWORD; the password may be empty")
		}
		login = resolved
	case inURL != nil:
		password, _ := inURL.Password()
		login = inURL.Username() + ":" + password
	default:
		return nil
	}
	c.fixed.Set("Authorization", "Basic "+base64.StdEncoding.EncodeToString([]byte(login)))
	c.visible = append(c.visible, visibleHeader{"Authorization", template{[]segment{{text: login}}}})
	return nil
}

// render returns the header of request k, which the caller must not change.
func (c *compiledHeader) render(k uint64, due time.Time) http.Header {
	if len(c.drawn) == 0 {
		return c.fixed
	}
	h := maps.Clone(c.fixed)
	for i := range c.drawn {
		h[c.drawn[i].name] = c.drawn[i].render(k, due)
	}
	return h
}

func (d *drawnHeader) render(k uint64, due time.Time) []string {
	list := make([]string, len(d.values))
	for i, t := range d.values {
		list[i] = string(t.append(nil, k, due))
	}
	return list
}

// checkHeaderText refuses what cannot be part of a header's value (RFC 9110, section 5.5).
func (t template) checkHeaderText() error {
	bad := false
	look := func(s string) string {
		bad = bad || strings.ContainsFunc(s, func(r rune) bool { return r < ' ' && r != '\t' || r == 0x7f })
		return s
	}
	for _, s := range t.segments {
		look(s.text)
		if list, ok := s.value.(textValue); ok {
			list.each(look)
		}
	}
	if bad {
		return errHeaderText
	}
	return nil
}
