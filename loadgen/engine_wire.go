package loadgen

import (
	"context"
	"net/http"
	"runtime"
	"slices"
	"sync"
	"time"

	"github.com/seed-5a006608/bench/loadgen/exchange"
	"github.com/seed-5a006608/bench/loadgen/journey"
	"github.com/seed-5a006608/bench/loadgen/request"
	"github.com/seed-5a006608/bench/loadgen/runfile"
	"github.com/seed-5a006608/bench/loadgen/wire"
	"github.com/seed-5a006608/bench/loadgen/wire/h2"
)

// runWire drives the recording's plan with the wire engine, one loop a shard. Instant 0 is epoch.
func (r *recording) runWire(ctx context.Context, epoch time.Time, destinations []*wire.Origin) (ending, error) {
	loops := len(r.shards)
	requests, err := wireRequests(r.mix, &r.plan)
	if err != nil {
		return ending{}, err
	}
	// A loop keeps its processor while it waits; one is left for all else.
	if runtime.GOMAXPROCS(0) <= loops {
		defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(loops + 1))
	}
	ends, errs := make([]exchange.End, loops), make([]error, loops)
	var running sync.WaitGroup
	defer r.following(ctx)()
	for i := range loops {
		c := wire.Config{Config: r.config(epoch, i), Spin: *r.plan.Wire.Spin, Origins: destinations, Endpoints: len(r.mix.Requests), Shared: r.connections.shared}
		source := &wireSource{numbers: r.numbers(i), mix: r.mix, requests: requests, epoch: epoch, book: r.bookOf(i)}
		running.Go(func() { ends[i], errs[i] = wire.Run(ctx, c, source, r.sink(i)) })
	}
	running.Wait()
	for i := range loops {
		if errs[i] != nil {
			return ending{}, errs[i]
		}
	}
	return joinEnds(ends, r.layout.end()), nil
}

// joinEnds makes one ending of the loops'. They notice an interrupt one after the other; the run is cut where the last one
// noticed it, for until then some of what was due was sent. A loop that had nothing left to do then noticed none.
func joinEnds(ends []exchange.End, length time.Duration) (e ending) {
	for _, end := range ends {
		e.at = max(e.at, end.At)
		if end.Cut < length {
			e.cut = max(e.cut, end.Cut)
		}
		e.loops = append(e.loops, loopEnd{end.Next, end.FreeSince, end.Stopped})
	}
	if e.cut == 0 && !slices.ContainsFunc(ends, func(end exchange.End) bool { return end.Cut < length }) {
		e.cut = length
	}
	return e
}

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
	if w.frames != nil {
		var header http.Header
		if len(c.Header.Drawn) > 0 {
			header = c.Header.Render(k, due)
		}
		return s.framed(r, c, header)
	}
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

// framed makes a request one of HTTP/2, of the target and body that were rendered; header is nil where nothing in it is drawn.
func (s *wireSource) framed(r wire.Request, c *request.CompiledRequest, header http.Header) (wire.Request, error) {
	r.Body, r.Frames = len(s.body), h2.Request{Head: s.requests[r.Endpoint].frames, Path: s.target, Body: s.body}
	var err error
	if header != nil {
		r.Frames.Head, err = h2.NewHead(-1, c.Method, c.Scheme, c.Host, header)
	}
	return r, err
}

// wireRequest is one of the plan's requests, encoded as far as it is the same for every number.
type wireRequest struct {
	head        wire.Head
	frames      *h2.Head // of HTTP/2; nil: HTTP/1.1 is spoken
	static      []byte   // the whole request, where nothing in it is drawn
	body        int      // bytes of the static one's body
	isHead      bool
	idempotent  bool
	noKeepAlive bool
}

// wireRequests encodes a plan's mix for the wire engine.
func wireRequests(m *request.Mix, p *Plan) ([]wireRequest, error) {
	list := make([]wireRequest, len(m.Requests))
	for i := range m.Requests {
		c, w := &m.Requests[i], &list[i]
		w.isHead, w.idempotent, w.noKeepAlive = c.Method == http.MethodHead, exchange.Idempotent(c.Method), p.Limits.NoKeepAlive
		var err error
		header := w.connection(c.Header.Render(0, time.Time{}))
		if w.head, err = wire.NewHead(c.Method, c.Host, header); err != nil {
			return nil, err
		}
		if p.version() == runfile.HTTP2 {
			if w.frames, err = h2.NewHead(i, c.Method, c.Scheme, c.Host, header); err != nil {
				return nil, err
			}
			continue
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
