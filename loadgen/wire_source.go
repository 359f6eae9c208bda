package loadgen

import (
	"net/http"
	"time"

	"github.com/seed-5a006608/bench/loadgen/exchange"
	"github.com/seed-5a006608/bench/loadgen/journey"
	"github.com/seed-5a006608/bench/loadgen/request"
	"github.com/seed-5a006608/bench/loadgen/wire"
)

// wireSource encodes the requests of one loop.
type wireSource struct {
	numbers
	mix      *request.Mix
	requests []wireRequest
	epoch    time.Time
	buffer   []byte
	target   []byte
	body     []byte
	book     *journey.Book // nil: each request is one exchange
}

func (s *wireSource) Render(k uint64, intended time.Duration) (wire.Request, error) {
	if s.book != nil {
		return s.step(k, intended)
	}
	i := s.mix.Index(k)
	c, w := &s.mix.Requests[i], &s.requests[i]
	r := wire.Request{Bytes: w.static, Body: w.body, Origin: c.Origin, Endpoint: i, Head: w.isHead, Idempotent: w.idempotent}
	if w.static != nil {
		return r, nil
	}
	due := s.epoch.Add(intended)
	var err error
	s.target = c.Target.Append(s.target[:0], k, due)
	s.body = c.Body.Append(s.body[:0], k, due)
	head := w.head
	if len(c.Header.Drawn) > 0 {
		if head, err = wire.NewHead(c.Method, c.Host, w.connection(c.Header.Render(k, due))); err != nil {
			return r, err
		}
	}
	s.buffer, err = head.Append(s.buffer[:0], s.target, s.body)
	r.Bytes, r.Body = s.buffer, len(s.body)
	return r, err
}

// wireRequest is one of the plan's requests, encoded as far as it is the same for every number.
type wireRequest struct {
	head        wire.Head
	static      []byte // the whole request, where nothing in it is drawn
	body        int    // bytes of the static one's body
	isHead      bool
	idempotent  bool
	noKeepAlive bool
}

// wireRequests encodes the mix for the wire engine.
func wireRequests(m *request.Mix, noKeepAlive bool) ([]wireRequest, error) {
	list := make([]wireRequest, len(m.Requests))
	for i := range m.Requests {
		c, w := &m.Requests[i], &list[i]
		w.isHead, w.idempotent, w.noKeepAlive = c.Method == http.MethodHead, exchange.Idempotent(c.Method), noKeepAlive
		var err error
		if w.head, err = wire.NewHead(c.Method, c.Host, w.connection(c.Header.Render(0, time.Time{}))); err != nil {
			return nil, err
		}
		if c.Static == nil || len(c.Header.Drawn) > 0 || !c.Body.Fixed() {
			continue
		}
		body := c.Body.Append(nil, 0, time.Time{})
		w.body = len(body)
		if w.static, err = w.head.Append(nil, c.Target.Append(nil, 0, time.Time{}), body); err != nil {
			return nil, err
		}
	}
	return list, nil
}

// connection returns a header that asks the server to close the connection, where it is to.
func (w *wireRequest) connection(h http.Header) http.Header {
	if w.noKeepAlive {
		h = h.Clone()
		request.SetHeader(h, "Connection", []string{"close"})
	}
	return h
}
