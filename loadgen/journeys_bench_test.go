package loadgen

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/seed-5a006608/bench/loadgen/exchange"
	"github.com/seed-5a006608/bench/loadgen/request"
	"github.com/seed-5a006608/bench/loadgen/runfile"
	"github.com/seed-5a006608/bench/loadgen/wire"
	"github.com/seed-5a006608/bench/profiles"
)

// looped is what a loop of the wire engine does for a request, but for the loop itself: it renders it, judges its answer and records it.
type looped struct {
	source *wireSource
	config exchange.Config
	sink   *sink
	at     time.Duration
}

func newLooped(t testing.TB, p Plan) *looped {
	t.Helper()
	p.Wire.Loops = 1
	if p.Engine = runfile.EngineWire; !wire.Supported {
		t.Skip("this system has no wire engine")
	}
	r, err := newRecording(p)
	if err != nil {
		t.Fatal(err)
	}
	requests, err := wireRequests(r.mix, &r.plan)
	if err != nil {
		t.Fatal(err)
	}
	config := r.config(time.Unix(0, 0), 0)
	return &looped{source: &wireSource{numbers: r.numbers(0), mix: r.mix, requests: requests, book: r.bookOf(0)}, config: config, sink: r.sink(0)}
}

// ask has request k answered, and reports whether something follows.
func (l *looped) ask(t testing.TB, x *exchange.Exchange, body []byte) (follows bool) {
	l.at += 20 * time.Microsecond
	x.Part, x.Kind, x.Intended, x.Slot, x.Free, x.Sent, x.End, x.FirstByte, x.Status = 0, "", l.at, l.at, l.at, l.at, l.at+1000, l.at+1000, 200
	if _, err := l.source.Render(x.K, x.Intended); err != nil {
		t.Fatal(err)
	}
	kept := min(l.config.Keep(x.K), len(body))
	if x.Kind = l.config.Failure(x, body[:kept]); x.Kind != "" {
		t.Fatal(x.Kind)
	}
	if l.config.FollowUp != nil {
		_, follows = l.config.FollowUp(x)
	}
	l.sink.Cleared(x.End)
	l.sink.Record(x)
	return follows
}

// plainPlan is one request that is always the same.
func plainPlan() Plan {
	p := steady("http://127.0.0.1:1", time.Hour)
	p.Requests = []request.Request{{URL: p.Target.URL + "/"}}
	return p
}

// fiveSteps take a text out of an answer each, and send it with the next.
func fiveSteps() Plan {
	p := stepsOf(5, profiles.Think{}, 200, time.Hour)
	for i := range p.Journeys[0].Steps {
		s := &p.Journeys[0].Steps[i]
		s.Take = []request.Take{{Name: "token", From: "json:$.user.token"}}
		if i > 0 {
			s.Header = http.Header{"Authorization": {"Bearer {{token}}"}}
		}
	}
	return p
}

// body is 300 bytes of JSON.
var body = []byte(`{"user":{"name":"` + strings.Repeat("n", 250) + `","token":"0123456789"}}`)

// What a plain request costs, and a step of five with a take of 300 bytes: both without what the loop takes for its system calls.
func BenchmarkJourneySteps(b *testing.B) {
	header := exchange.Header{Lines: []byte("Content-Type: application/json\r\n")}
	b.Run("plain", func(b *testing.B) {
		l, x := newLooped(b, plainPlan()), exchange.Exchange{Header: header}
		b.ReportAllocs()
		for b.Loop() {
			l.ask(b, &x, body)
			x.K++
		}
	})
	b.Run("step", func(b *testing.B) {
		l, x := newLooped(b, fiveSteps()), exchange.Exchange{Header: header}
		b.ReportAllocs()
		for b.Loop() {
			if !l.ask(b, &x, body) {
				x.K++
			}
		}
	})
}

// A plan of one request allocates nothing for each: it pays nothing for there being journeys.
func TestPlainRequestsAllocateNothing(t *testing.T) {
	l, x := newLooped(t, plainPlan()), exchange.Exchange{Header: exchange.Header{Lines: []byte("Content-Type: text/plain\r\n")}}
	for range 5000 { // what is there once
		l.ask(t, &x, body)
	}
	if n := testing.AllocsPerRun(1000, func() { l.ask(t, &x, body) }); n != 0 {
		t.Errorf("%v allocations for each request", n)
	}
}
