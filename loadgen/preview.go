package loadgen

import (
	"strconv"
	"time"

	"github.com/seed-5a006608/bench/loadgen/preflight"
	"github.com/seed-5a006608/bench/loadgen/request"
	"github.com/seed-5a006608/bench/loadgen/runfile"
	"github.com/seed-5a006608/bench/profiles"
)

// previewed is how many requests are shown, and into how many parts the curve is cut.
const (
	previewed  = 10
	curveParts = 60
)

// Preview renders the job's beginning, as if it were driven now.
func (j *Job) Preview(now time.Time) (*runfile.Preview, error) {
	p := &j.Plan
	r, err := j.recording()
	if err != nil {
		return nil, err
	}
	v := &runfile.Preview{
		Plan: r.plan.record(r.mix), Target: p.Target, Seed: p.Seed, Length: r.layout.length, Memory: r.layout.recorderBytes(),
		Requests: p.Limits.Requests,
	}
	system := preflight.ReadLimits()
	v.Ports, v.OpenFiles = system.Ports, system.OpenFiles
	var cursor *profiles.Cursor
	if r.schedule != nil {
		v.Requests = r.schedule.Total()
		cursor = r.schedule.Cursor()
		for i := range curveParts {
			v.Curve = append(v.Curve, r.schedule.Rate(v.Length*time.Duration(2*i+1)/(2*curveParts)))
		}
	}
	if r.mix.Journeys != nil {
		return v, r.previewJourneys(v, now)
	}
	var bytes uint64
	for k := range uint64(previewed) {
		var at time.Duration
		if cursor != nil {
			var ok bool
			if _, at, ok = cursor.Next(); !ok {
				break
			}
		} else if v.Requests > 0 && k == v.Requests {
			break
		}
		sent, err := r.mix.Render(k, now.Add(at))
		if err != nil {
			return nil, err
		}
		bytes += wireBytes(&sent)
		v.First = append(v.First, previewOf(r.mix, k, at, now.Add(at)))
	}
	if n := uint64(len(v.First)); n > 0 {
		v.Bytes = bytes / n
	}
	return v, nil
}

// wireBytes is the length of a request in HTTP/1.1.
func wireBytes(r *request.Rendered) uint64 {
	n := len(r.Method) + len(" ") + len(r.URL.RequestURI()) + len(" HTTP/1.1\r\n") + len("\r\n") + len(r.Body)
	if r.Header.Get("Host") == "" {
		n += len("Host: \r\n") + len(r.URL.Host)
	}
	if len(r.Body) > 0 {
		n += len("Content-Length: \r\n") + len(strconv.Itoa(len(r.Body)))
	}
	for name, values := range r.Header {
		for _, v := range values {
			if name == "User-Agent" && v == "" {
				continue // it is not sent
			}
			n += len(name) + len(": \r\n") + len(v)
		}
	}
	return uint64(n)
}

// preview shows request k.
func previewOf(m *request.Mix, k uint64, at time.Duration, due time.Time) runfile.PreviewRequest {
	return previewPart(m, m.Index(k), k, at, due)
}

// previewPart shows one of the mix's requests as it is sent for number k.
func previewPart(m *request.Mix, part int, k uint64, at time.Duration, due time.Time) runfile.PreviewRequest {
	c := &m.Requests[part]
	shown := runfile.PreviewRequest{
		K: k, At: at, Name: c.Name, Method: c.Method, URL: c.Scheme + "://" + c.Host + c.Target.Shown(k, due), Body: len(c.Body.Append(nil, k, due)),
	}
	for _, h := range c.Header.Visible {
		shown.Header = append(shown.Header, h.Show(k, due))
	}
	return shown
}
