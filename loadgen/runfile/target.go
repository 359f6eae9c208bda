package runfile

import (
	"cmp"
	"net/url"
	"strings"
)

// Target names what was driven. URL carries no user information and no query values.
type Target struct {
	Name    string `json:"name"`
	URL     string `json:"url"`
	Bundled bool   `json:"bundled,omitempty"` // started by bench itself, so its processor use is its own
	Named   bool   `json:"named,omitempty"`   // its name was given, and is the same at every address
	Service string `json:"service,omitempty"` // the bundled service, where that has been given another name
	Options string `json:"options,omitempty"` // in effect, as OPTION=VALUE,…, of a bundled service that is not as it is by default
}

// ServiceName is the name of a bundled service, whatever it has been called.
func (t Target) ServiceName() string { return cmp.Or(t.Service, t.Name) }

// Series names what runs at a target are a series of: its name, or of one without a name its address. A port that bench
// chose is another one in each run and is left out; one that was typed stays.
func (t Target) Series() string {
	if t.Name != "" || !t.Bundled {
		return cmp.Or(t.Name, t.URL)
	}
	u, err := url.Parse(t.URL)
	if err != nil {
		return t.URL
	}
	u.Host = strings.TrimSuffix(u.Host, ":"+u.Port())
	return u.String()
}

// same reports whether two runs were of one target. One that was given a name is known by it, wherever it was.
func (t Target) same(o Target) bool {
	elsewhere := !t.Bundled && !(t.Named && o.Named) && t.URL != o.URL
	otherwise := t.Options != "" && o.Options != "" && t.Options != o.Options // earlier files do not say
	return t.Name == o.Name && t.Bundled == o.Bundled && t.Service == o.Service && !elsewhere && !otherwise
}
