package loadgen

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"os"
	"time"

	"github.com/seed-5a006608/bench/loadgen/address"
	"github.com/seed-5a006608/bench/loadgen/exchange"
	"github.com/seed-5a006608/bench/loadgen/journey"
	"github.com/seed-5a006608/bench/loadgen/nethttp"
	"github.com/seed-5a006608/bench/loadgen/request"
	"github.com/seed-5a006608/bench/loadgen/runfile"
	"github.com/seed-5a006608/bench/loadgen/units"
)

// maxAnswerBody bounds the body of an answer, in bytes. It is counted and thrown away as it comes, so the bound is there
// for time, not memory.
const maxAnswerBody = 1 << 30

// runHTTP drives the recording's plan with the engine over net/http. Instant 0 is epoch.
func (r *recording) runHTTP(ctx context.Context, epoch time.Time, pools []*address.Pool) ending {
	defer r.following(ctx)()
	c := nethttp.Config{
		Config: r.config(epoch, 0), MaxBody: maxAnswerBody, TLS: r.tls, Protocols: r.plan.protocols(), ConnectTo: r.plan.ConnectTo, Hosts: r.lanes(pools),
		Follow: r.plan.Follow.Most, Follows: r.plan.Follow.allows, Encode: request.EncodedReference,
	}
	if r.plan.ConnectTo == "" {
		c.Proxy = proxyOf
	}
	if b := r.bookOf(0); b != nil {
		c.Redirected = b.Redirected
	}
	if r.plan.HTTP == runfile.HTTP3 {
		c.HTTP3, c.Hosts = true, nil
	}
	if r.plan.HTTP == runfile.HTTP2 {
		c.TLS = r.tls.Clone()
		c.TLS.VerifyConnection = onlyHTTP2
	}
	sink := r.sink(0)
	sink.handing = handing
	end := nethttp.Run(ctx, c, &httpSource{numbers: r.numbers(0), mix: r.mix, epoch: epoch, book: r.bookOf(0)}, sink)
	r.noteStuck(end.Stuck)
	return joinEnds([]exchange.End{end}, r.layout.end())
}

// noteStuck tells of requests that Go's client did not give back when they were cancelled.
func (r *recording) noteStuck(requests int) {
	if requests > 0 {
		r.note(fmt.Sprintf("Go's HTTP client did not give %s back when the run ended: something that the server sent has it wait for itself. "+
			"They count as not answered; the wire engine does not use that client", units.Requests(uint64(requests))))
	}
}

// handing is how long a request that was handed to a worker may take to be sent before lateness is told that begins with it.
const handing = 100 * time.Millisecond

// httpSource renders the plan's requests for net/http.
type httpSource struct {
	numbers
	mix   *request.Mix
	epoch time.Time
	book  *journey.Book // nil: each request is one exchange
}

func (s *httpSource) Render(k uint64, intended time.Duration) (nethttp.Request, error) {
	if s.book != nil {
		return s.step(k, intended)
	}
	r, err := s.mix.Render(k, s.epoch.Add(intended))
	return nethttp.Request(r), err
}

// ErrClientCertificate is that a certificate of the client and its key cannot be read.
var ErrClientCertificate = errors.New("client certificate")

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
			return nil, fmt.Errorf("%w: %w", ErrClientCertificate, err)
		}
		c.Certificates = []tls.Certificate{pair}
	}
	if t.Trusted != "" {
		c.RootCAs = x509.NewCertPool()
		if !c.RootCAs.AppendCertsFromPEM([]byte(t.Trusted)) {
			return nil, errors.New("what the service says is no PEM certificate")
		}
	}
	if t.CAFile != "" {
		pem, err := os.ReadFile(t.CAFile)
		if err != nil {
			return nil, fmt.Errorf("trusted certificates: %w", err)
		}
		c.RootCAs = x509.NewCertPool()
		if !c.RootCAs.AppendCertsFromPEM(pem) {
			return nil, fmt.Errorf("trusted certificates: %s holds none in PEM", t.CAFile)
		}
	}
	return c, nil
}
