package journey

import (
	"net/http"
	"net/url"
	"time"

	"github.com/seed-5a006608/bench/loadgen/exchange"
	"github.com/seed-5a006608/bench/loadgen/request"
)

// Sending is what of a journey its next request is made of.
type Sending struct {
	Part   int    // index of the request in the mix
	Draw   uint64 // the number that values are drawn for
	Texts  []string
	Target []byte // path and query, as they are sent
	Header http.Header
	Plain  bool // the header is the same for every journey
}

// Send returns what the next request of journey k is made of, which is due at an instant. It may be called again for the same request.
// Its error is an [exchange.Refusal].
func (b *Book) Send(k uint64, intended time.Duration) (s Sending, err error) {
	g := b.of(k, intended)
	if g.beyond {
		return s, &exchange.Refusal{Kind: exchange.TooManyJourneys, Reason: "as many journeys are in progress as may be"}
	}
	step := &g.journey.Steps[g.step]
	due := b.Epoch.Add(intended)
	s = Sending{Part: step.Part, Texts: g.texts, Draw: request.Draw(k, g.round)}
	var base *url.URL
	if step.Links() {
		base = b.urlOf(&g.before)
	}
	if s.Target, err = b.Mix.TargetOf(step, s.Draw, due, g.texts, base); err != nil {
		return s, err
	}
	g.sent = whither{part: step.Part, target: string(s.Target)}
	var cookies []*http.Cookie
	if g.jar != nil {
		cookies = g.jar.Cookies(b.urlOf(&g.sent))
	}
	s.Plain = len(cookies) == 0 && len(b.Mix.Requests[step.Part].Header.Drawn) == 0
	s.Header = b.Mix.SentHeader(step, s.Draw, due, g.texts, cookies)
	return s, nil
}

// Redirected takes the cookies of an answer that leads elsewhere, and returns the header of the request there: the step's own with the
// cookies that are for that URL. Another scheme, host or port gets what h has, the header that is left for it, and those cookies.
func (b *Book) Redirected(x *exchange.Exchange, to *url.URL, h http.Header) http.Header {
	g := b.of(x.K, x.Intended)
	step := &g.journey.Steps[g.step]
	b.keepCookies(g, x)
	g.sent.led = to
	var cookies []*http.Cookie
	if g.jar != nil {
		cookies = g.jar.Cookies(to)
	}
	if c := &b.Mix.Requests[step.Part]; to.Scheme != c.Scheme || to.Host != c.Host {
		return request.AddCookies(h, cookies)
	}
	return b.Mix.SentHeader(step, request.Draw(x.K, g.round), b.Epoch.Add(x.Intended), g.texts, cookies)
}
