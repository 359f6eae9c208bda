package request

import (
	"cmp"
	"encoding/base64"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/seed-5a006608/bench/loadgen/wire"
)

// compiledHeader is a request's header: what is the same for every request, and what holds values.
type compiledHeader struct {
	Fixed   http.Header
	Drawn   []drawnHeader
	Visible []visibleHeader // all of them, for a preview
	Kept    bool            // a name is written otherwise than in its canonical form
}

type drawnHeader struct {
	name   string
	values []template
}

// errHeaderText is about a header's value, which it must not show.
var errHeaderText = errors.New("holds a line end or another control character")

// HeaderError is about one header of a request. Its words name the header, and show nothing of its value.
type HeaderError struct {
	Name string
	Err  error
}

func (e *HeaderError) Error() string { return e.Err.Error() }

func (e *HeaderError) Unwrap() error { return e.Err }

// framing are the headers of a message's framing, which the engines write themselves.
var framing = []string{"Content-Length", "Transfer-Encoding", "Trailer"}

var errFraming = errors.New("bench says itself how long a body is and how it is sent: leave this header out")

// compileHeader compiles header values, and what the user information of a URL or a name and a password stand for.
func compileHeader(header http.Header, login string, inURL *url.Userinfo, from drawing, purpose string) (compiledHeader, error) {
	c := compiledHeader{Fixed: http.Header{}}
	for _, name := range sortedKeys(header) {
		if strings.Contains(name, openBraces) {
			return c, errors.New("a header's name must be the same for every request: only its value may hold {{…}}")
		}
		spelled := name
		switch known := http.CanonicalHeaderKey(name); {
		case slices.Contains(framing, known):
			return c, &HeaderError{name, fmt.Errorf("header %s: %w", name, errFraming)}
		case known == "Host": // net/http knows it by this spelling alone
			spelled = known
		}
		for _, value := range header[name] {
			AddHeader(c.Fixed, spelled, value)
		}
	}
	for _, name := range sortedKeys(c.Fixed) {
		known := http.CanonicalHeaderKey(name)
		d := drawnHeader{name: name}
		fixed := true
		for i, text := range c.Fixed[name] {
			t, err := parseTemplate("header "+name, text, from, fmt.Sprintf("%s/header/%s/%d", purpose, known, i))
			if err == nil {
				err = checkReferences("header "+name, text)
			}
			if err != nil {
				return c, &HeaderError{name, err}
			}
			c.Visible = append(c.Visible, visibleHeader{name, t})
			if t, err = t.resolved(); err == nil {
				err = t.checkHeaderText()
			}
			if err != nil {
				return c, &HeaderError{name, fmt.Errorf("header %s: %w", name, err)}
			}
			fixed = fixed && t.Fixed()
			d.values = append(d.values, t)
		}
		c.Kept = c.Kept || name != known
		if fixed {
			c.Fixed[name] = d.render(0, time.Time{}, nil)
		} else {
			delete(c.Fixed, name)
			c.Drawn = append(c.Drawn, d)
		}
	}
	c.nameAgent()
	return c, c.authenticate(login, inURL)
}

// nameAgent adds a User-Agent, unless the user gave one. Net/http writes a User-Agent of its own unless it finds one by just that
// spelling, and does not write an empty one.
func (c *compiledHeader) nameAgent() {
	const agent = "User-Agent"
	for _, h := range c.Visible {
		if strings.EqualFold(h.name, agent) {
			c.respellAgent(h.name, agent)
			return
		}
	}
	c.Fixed[agent] = []string{"bench"}
}

// respellAgent does for another spelling of User-Agent what net/http does for its own: one value is sent, and no empty one.
func (c *compiledHeader) respellAgent(name, agent string) {
	if name == agent {
		return
	}
	c.Fixed[agent] = []string{""}
	if values := c.Fixed[name]; len(values) > 0 && values[0] == "" {
		delete(c.Fixed, name)
	} else if len(values) > 0 {
		c.Fixed[name] = values[:1]
	}
	for i := range c.Drawn {
		if d := &c.Drawn[i]; d.name == name {
			d.values = d.values[:1]
		}
	}
}

// authenticate adds basic authentication, which a header of the user's own wins over, and a name and a password given
// over those in the URL.
func (c *compiledHeader) authenticate(login string, inURL *url.Userinfo) error {
	for _, h := range c.Visible {
		if strings.EqualFold(h.name, "Authorization") {
			return nil
		}
	}
	switch {
	case login != "":
		if err := checkReferences("user", login); err != nil {
			return err
		}
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
	c.Fixed.Set("Authorization", "Basic "+base64.StdEncoding.EncodeToString([]byte(login)))
	c.Visible = append(c.Visible, visibleHeader{"Authorization", template{[]segment{{text: login}}}})
	return nil
}

// AddHeader adds a value to a header's others. Two spellings of a name are one header, in the spelling of the later.
func AddHeader(h http.Header, name, value string) {
	SetHeader(h, name, append(withdraw(h, name), value))
}

// SetHeader puts values in the place of a header's others, whatever the spelling of their name.
func SetHeader(h http.Header, name string, values []string) {
	withdraw(h, name)
	h[name] = values
}

// CanonicalHeader returns the header with its names in their canonical form, as in X-Api-Key.
func CanonicalHeader(h http.Header) http.Header {
	canonical := make(http.Header, len(h))
	for _, name := range sortedKeys(h) {
		for _, value := range h[name] {
			canonical.Add(name, value)
		}
	}
	return canonical
}

// withdraw takes a header out, whatever the spelling of its name, and returns its values.
func withdraw(h http.Header, name string) (values []string) {
	for other := range h {
		if strings.EqualFold(other, name) {
			values = append(values, h[other]...)
			delete(h, other)
		}
	}
	return values
}

// Render returns the header of request k, which the caller must not change.
func (c *compiledHeader) Render(k uint64, due time.Time) http.Header { return c.RenderOf(k, due, nil) }

// RenderOf does so where names stand for texts, by their slots.
func (c *compiledHeader) RenderOf(k uint64, due time.Time, texts []string) http.Header {
	if len(c.Drawn) == 0 {
		return c.Fixed
	}
	h := maps.Clone(c.Fixed)
	for i := range c.Drawn {
		h[c.Drawn[i].name] = c.Drawn[i].render(k, due, texts)
	}
	return h
}

func (d *drawnHeader) render(k uint64, due time.Time, texts []string) []string {
	list := make([]string, len(d.values))
	for i, t := range d.values {
		list[i] = string(t.AppendOf(nil, k, due, texts))
	}
	return list
}

// checkHost refuses what cannot stand in a Host header, whatever is drawn, and puts international names in ASCII.
func (c *compiledHeader) checkHost() error {
	inASCII := func(text string) (string, error) {
		ascii, err := AsciiHost(text)
		if err == nil {
			err = wire.CheckHost(ascii)
		}
		return ascii, err
	}
	if named := c.Fixed["Host"]; len(named) > 0 {
		ascii, err := inASCII(named[0])
		if err != nil {
			return err
		}
		c.Fixed["Host"] = []string{ascii}
	}
	for _, d := range c.Drawn {
		if d.name != "Host" {
			continue
		}
		for _, t := range d.values {
			for i := range t.segments {
				s := &t.segments[i]
				if err := wire.CheckHost(s.text); err != nil {
					return err
				}
				if _, named := s.value.(nameValue); named {
					return errNamedHost
				}
				list, ok := s.value.(textValue)
				if !ok {
					continue
				}
				var bad error
				s.value = list.each(func(text string) string {
					ascii, err := inASCII(text)
					bad = cmp.Or(bad, err)
					return ascii
				})
				if bad != nil {
					return bad
				}
			}
		}
	}
	return nil
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
