package loadgen

import (
	"net/url"
	"strings"
	"time"

	"github.com/seed-5a006608/bench/profiles"
)

// Preview is what a plan would do. Making it sends nothing.
type Preview struct {
	Plan      PlanRecord
	Target    Target
	Seed      uint64
	Requests  uint64 // in the whole schedule; 0 in the closed model
	Length    time.Duration
	Curve     []float64 // offered rate, requests/s, at the middles of equal parts of the length; none in the closed model
	Memory    int64     // bytes of histograms at most
	BodyBytes uint64    // request bodies of the requests shown, on average
	First     []PreviewRequest
}

// PreviewRequest is one request as it would be sent: no header value, user information, query value or body is in it.
type PreviewRequest struct {
	K      uint64
	At     time.Duration
	Name   string
	Method string
	URL    string
	Body   int // bytes
}

// previewed is how many requests are shown, and into how many parts the curve is cut.
const (
	previewed  = 10
	curveParts = 60
)

// Preview renders the plan's beginning.
func (p Plan) Preview() (*Preview, error) {
	p = p.withDefaults()
	r, err := newRecording(p)
	if err != nil {
		return nil, err
	}
	v := &Preview{
		Plan: p.record(r.mix), Target: p.Target, Seed: p.Seed, Length: r.layout.length, Memory: r.layout.recorderBytes(),
	}
	var cursor *profiles.Cursor
	if r.schedule != nil {
		v.Requests = r.schedule.Total()
		cursor = r.schedule.Cursor()
		for i := range curveParts {
			v.Curve = append(v.Curve, r.schedule.Rate(v.Length*time.Duration(2*i+1)/(2*curveParts)))
		}
	}
	var bodies uint64
	for k := range uint64(previewed) {
		var at time.Duration
		if cursor != nil {
			var ok bool
			if _, at, ok = cursor.Next(); !ok {
				break
			}
		}
		sent, err := r.mix.render(k)
		if err != nil {
			return nil, err
		}
		bodies += uint64(len(sent.Body))
		v.First = append(v.First, PreviewRequest{
			K: k, At: at, Name: r.mix.requests[r.mix.index(k)].name, Method: sent.Method, URL: masked(sent.URL), Body: len(sent.Body),
		})
	}
	if n := uint64(len(v.First)); n > 0 {
		v.BodyBytes = bodies / n
	}
	return v, nil
}

// masked writes a URL without its query values.
func masked(u *url.URL) string {
	base, _, _ := strings.Cut(u.String(), "?")
	if u.RawQuery == "" {
		return base
	}
	_, query, _ := strings.Cut(pathOf("http://h/?"+u.RawQuery), "?")
	return base + "?" + query
}
