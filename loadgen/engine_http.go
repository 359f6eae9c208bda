package loadgen

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"math"
	"net/http"
	"os"
	"time"

	"github.com/seed-5a006608/bench/loadgen/address"
	"github.com/seed-5a006608/bench/loadgen/nethttp"
	"github.com/seed-5a006608/bench/profiles"
)

// maxAnswerBody bounds the body of an answer, in bytes. It is counted and thrown away as it comes, so the bound is there
// for time, not memory.
const maxAnswerBody = 1 << 30

// runHTTP drives the recording's plan with the engine over net/http. Instant 0 is epoch.
func (r *recording) runHTTP(ctx context.Context, epoch time.Time, tlsConfig *tls.Config, pools []*address.Pool) ending {
	defer r.following(ctx)()
	source := &httpSource{mix: r.mix, epoch: epoch, most: math.MaxUint64}
	c := nethttp.Config{
		Epoch: epoch, Length: r.layout.length, Slots: r.plan.slots(),
		Timeout: r.plan.Limits.Timeout, Drain: r.plan.Limits.Drain, Deadline: r.plan.Limits.Deadline,
		MaxBody: maxAnswerBody, TLS: tlsConfig, NoKeepAlive: r.plan.Limits.NoKeepAlive, ConnectTo: r.plan.ConnectTo,
		ConnAge: r.plan.Limits.ConnAge, ConnUses: r.plan.Limits.ConnRequests, Hosts: r.lanes(pools),
		Follow: r.plan.Follow.Most, Follows: r.plan.Follow.allows, Encode: encodedReference,
		Failure: func(k uint64, status int, header http.Header, body []byte) string {
			r.pair.answer(k, status, func() http.Header { return header }, body)
			return judgeAnswer(r.mix.expected(k, r.plan.Expect), status, header, body)
		},
	}
	if r.plan.ConnectTo == "" {
		c.Proxy = proxyOf
	}
	if r.mix.searchesBody(r.plan.Expect) || r.pair.seesBody() {
		c.KeepBody = maxExpectedBody
	}
	if r.plan.Closed != nil {
		c.Users = r.plan.crowd(0, 1, r.layout.length)
		if n := r.plan.Limits.Requests; n > 0 {
			source.most = n
		}
	} else {
		source.cursor = r.schedule.Cursor()
	}
	end := nethttp.Run(ctx, c, source, &httpSink{shard: r.shards[0], mix: r.mix, expect: r.plan.Expect, marks: newAnswerMarks(r.plan.HitWhen), pair: r.pair, closed: r.plan.Closed != nil})
	return ending{at: end.At, cut: end.Cut, loops: []loopEnd{{end.Next, end.FreeSince, end.Stopped}}}
}

// httpSource numbers the plan's requests; without a cursor, as in the closed model, there are most of them.
type httpSource struct {
	mix    *mix
	epoch  time.Time
	cursor *profiles.Cursor
	k      uint64
	most   uint64
}

func (s *httpSource) Next() (k uint64, at time.Duration, ok bool) {
	if s.cursor != nil {
		return s.cursor.Next()
	}
	if s.k == s.most {
		return s.k, 0, false
	}
	k = s.k
	s.k++
	return k, 0, true
}

func (s *httpSource) Render(k uint64, intended time.Duration) (nethttp.Request, error) {
	return s.mix.render(k, s.epoch.Add(intended))
}

// httpSink makes samples of the engine's exchanges.
type httpSink struct {
	shard  *shard
	mix    *mix
	expect []Expect // of each answer
	marks  *answerMarks
	pair   *pairSide

	closed bool // the watch tells when bench did not run
}

var outcomes = map[nethttp.Outcome]outcome{
	nethttp.Unsent:     unsent,
	nethttp.Unfinished: unfinished,
	nethttp.Succeeded:  succeeded,
	nethttp.Failed:     failed,
	nethttp.TimedOut:   timedOut,
	nethttp.Shed:       shed,
}

func (s *httpSink) Record(e *nethttp.Exchange) {
	x := sample{
		endpoint: s.mix.endpoint(e.K), intended: e.Intended, slot: e.Slot, free: e.Free,
		sent: e.Sent, wasSent: e.Sent > 0, firstByte: e.FirstByte, end: e.End, connect: e.Connect,
		outcome: outcomes[e.Outcome], kind: e.Kind, detail: e.Detail, retries: e.Retries,
		bytesIn: e.BytesIn, bytesOut: e.BytesOut, address: e.Address,
	}
	if e.Header != nil {
		s.marks.readMap(e.Header)
		takeRedirect(&s.shard.redirects, x.outcome, e.Status, s.mix.expected(e.K, s.expect), func() string { return e.Header.Get("Location") })
		x.cache, x.timings = s.marks.cache(), s.marks.timings
	}
	if x.outcome == succeeded {
		s.shard.kernel.stamped(e.UserClock)
	}
	s.shard.record(&x)
	s.pair.done(e.K, &x, s.mix.nameAt(e.K))
}

func (s *httpSink) Sent(ready, at time.Duration) {
	s.shard.sent.Add(1)
	if !s.closed {
		s.shard.lateness.sent(ready, at)
	}
}

// handing is how long a request that was handed to a worker may take to be sent before lateness is told that begins with it.
const handing = 100 * time.Millisecond

func (s *httpSink) Cleared(at time.Duration) { s.shard.lateness.cleared(at - handing) }

func (s *httpSink) ClockStep(at, by time.Duration) { s.shard.kernel.clockStep(at, by) }

func (s *httpSink) Silence(from, to time.Duration) { s.shard.silence(silenceSpan{from, to}) }

// Check returns what is wrong with the files that t names, or nil.
func (t TLS) Check() error {
	_, err := t.config()
	return err
}

// config reads the files that t names.
func (t TLS) config() (*tls.Config, error) {
	c := &tls.Config{InsecureSkipVerify: t.Insecure, ServerName: t.SNI}
	if t.CertFile != "" || t.KeyFile != "" {
		pair, err := tls.LoadX509KeyPair(t.CertFile, t.KeyFile)
		if err != nil {
			return nil, fmt.Errorf("client certificate: %w: --cert and --key each take a PEM file", err)
		}
		c.Certificates = []tls.Certificate{pair}
	}
	if t.CAFile != "" {
		pem, err := os.ReadFile(t.CAFile)
		if err != nil {
			return nil, fmt.Errorf("--cacert: %w", err)
		}
		c.RootCAs = x509.NewCertPool()
		if !c.RootCAs.AppendCertsFromPEM(pem) {
			return nil, fmt.Errorf("--cacert %s: holds no PEM certificate", t.CAFile)
		}
	}
	return c, nil
}
