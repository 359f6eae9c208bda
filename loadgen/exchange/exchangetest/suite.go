// Package exchangetest holds an engine to what package exchange says of it, as testing/fstest does a file system: [Run] drives
// it at real servers on loopback. What an engine's own tests need of that is exported.
//
// No check bounds from above what a busy machine may take.
//
//   - suite.go: the suite; start here for another check
//   - answers.go, failures.go, ends.go, stalls.go, followups.go: the checks, by what happens to a request
//   - server.go, tls.go, http3.go, recorded.go, main.go: servers, a sink and TestMain, for the suite and the engines' own tests
package exchangetest

import (
	"bufio"
	"context"
	"crypto/tls"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"slices"
	"testing"
	"time"

	"github.com/seed-5a006608/bench/loadgen/exchange"
	"github.com/seed-5a006608/bench/loadgen/users"
)

// Request is what an engine is asked to send.
type Request struct {
	Method string
	Target string // path and query
	Body   string
}

// Engine sends what a source has to one server, and records it in a sink.
type Engine func(context.Context, exchange.Config, exchange.Source[Request], exchange.Sink) (exchange.End, error)

// Run tests the engine that newEngine makes for the server at an address, a host and a port.
func Run(t *testing.T, newEngine func(t *testing.T, address string) Engine) {
	suite{newEngine: newEngine}.run(t, checks)
}

// RunTLS is Run for servers that speak TLS, whose certificates are trusted with a configuration.
func RunTLS(t *testing.T, newEngine func(t *testing.T, address string, trusting *tls.Config) Engine) {
	server, client := Certificate(t)
	suite{func(t *testing.T, address string) Engine { return newEngine(t, address, client) }, server, 1}.run(t, checks)
}

// RunHTTP2 tests an engine for what holds of HTTP/2 too, without TLS, where trusting is nil, and with it. stamps: the kernel's tell it
// when the answers that share a connection arrived.
func RunHTTP2(t *testing.T, stamps bool, newEngine func(t *testing.T, address string, trusting *tls.Config) Engine) {
	server, client := Certificate(t)
	shared := slices.DeleteFunc(slices.Clone(checks), func(c check) bool { return c.http1 || c.name == timedByKernel && !stamps })
	t.Run("plain", func(t *testing.T) {
		t.Parallel()
		suite{func(t *testing.T, address string) Engine { return newEngine(t, address, nil) }, nil, 2}.run(t, shared)
	})
	t.Run("TLS", func(t *testing.T) {
		t.Parallel()
		suite{func(t *testing.T, address string) Engine { return newEngine(t, address, client) }, server, 2}.run(t, shared)
	})
}

// RunHTTP3 tests an engine for what holds of HTTP/3 too.
func RunHTTP3(t *testing.T, newEngine func(t *testing.T, address string, trusting *tls.Config) Engine) {
	server, client := Certificate(t)
	shared := slices.DeleteFunc(slices.Clone(checks), func(c check) bool { return c.http1 || c.name == timedByKernel })
	suite{func(t *testing.T, address string) Engine { return newEngine(t, address, client) }, server, 3}.run(t, shared)
}

// check is one of the suite's.
type check struct {
	name  string
	check func(*testing.T, suite)
	http1 bool // it is of what one request at a time does to a connection
}

const timedByKernel = "AnswersAreTimedByTheKernel"

var checks = []check{
	{"EveryRequestIsSentOnceAndTimed", knownAnswers, false},
	{timedByKernel, stamped, false},
	{"FailureSeesTheBeginningOfTheBody", seenByFailure, false},
	{"RedirectsAreNotFollowed", redirects, false},
	{"WaitingForASlotIsWait", slotWait, false},
	{"ConnectTimeIsWait", connectTime, true},
	{"ConnectionsAreKeptAsLongAsTheyMay", keptConnections, true},
	{"ASilenceIsTold", silence, true},
	{"FailuresAreNamed", failures, true},
	{"WhatCannotBeRenderedFails", notSendable, false},
	{"AnAnswerThatIsCutOffSaysItsStatus", cutOff, true},
	{"AnIdleConnectionThatWasClosedIsNoFailure", closedWhileIdle, true},
	{"TimeoutRunsFromTheSend", timeout, false},
	{"DeadlineRunsFromTheIntendedStart", deadline, false},
	{"DrainEndsWithWhatIsUnfinishedAndUnsent", drain, false},
	{"InterruptSendsNothingMore", interrupt, false},
	{"AfterAnInterruptNoSlotIsFree", interruptedSlots, true},
	{"ClosedModelWaitsForItsUsers", closedModel, false},
	{"FollowUpsAreDueWhenTheySay", followUps, false},
	{"FollowUpsWaitForASlot", followUpsInOneSlot, false},
	{"FollowUpsOfUsers", followUpsOfUsers, false},
	{"FollowUpsEndWithTheDrain", followUpsThatAreCutOff, false},
	{"AfterAnInterruptNothingFollows", followUpsOfAnInterrupt, false},
	{"FailuresHaveFollowUpsToo", followUpsOfFailures, false},
	{"LongAnswersHoldNothingUp", followUpsOfLongAnswers, false},
	{"AStallIsMeasuredInFull", stall, false},
	{"AnOverloadIsTheTargets", overload, false},
}

func (s suite) run(t *testing.T, checks []check) {
	for _, c := range checks {
		t.Run(c.name, func(t *testing.T) { c.check(t, s) })
	}
}

type suite struct {
	newEngine func(t *testing.T, address string) Engine
	tls       *tls.Config // of the servers; nil: they speak none
	http      int         // version that is spoken; 0: the same as 1
}

// Hang is longer than anything takes that ends, however busy the machine.
const Hang = time.Minute

// Evenly is a source of N requests, each a gap after the one before; of a millisecond, unless it says another.
type Evenly struct {
	Request
	N        uint64
	Gap      time.Duration
	Rendered func(k uint64) error // called as a request is rendered, which fails with its error; may be nil

	next uint64
}

func (s *Evenly) Next() (uint64, time.Duration, bool) {
	k := s.next
	if k == s.N {
		return k, 0, false
	}
	s.next++
	return k, time.Duration(k) * s.gap(), true
}

func (s *Evenly) gap() time.Duration {
	if s.Gap == 0 {
		return time.Millisecond
	}
	return s.Gap
}

func (s *Evenly) Render(k uint64, _ time.Duration) (Request, error) {
	if s.Rendered != nil {
		if err := s.Rendered(k); err != nil {
			return Request{}, err
		}
	}
	return s.Request, nil
}

// Length is that of the schedule.
func (s *Evenly) Length() time.Duration { return time.Duration(s.N) * s.gap() }

// Filled fills in what a test leaves open of a configuration: a status of 400 or more is a failure, and nothing takes too long.
// The run begins now, unless it has begun.
func Filled(c exchange.Config, length time.Duration) exchange.Config {
	if c.Slots == 0 {
		c.Slots = 8
	}
	if c.Timeout == 0 {
		c.Timeout = Hang
	}
	if c.Drain == 0 {
		c.Drain = Hang
	}
	if c.Failure == nil {
		c.Failure = func(x *exchange.Exchange, _ []byte) string {
			if x.Status >= 400 {
				return exchange.StatusKind(x.Status)
			}
			return ""
		}
	}
	if c.Length == 0 {
		c.Length = length
	}
	if c.Epoch.IsZero() {
		c.Epoch = time.Now()
	}
	return c
}

// Post is a request that cannot be sent twice.
var Post = Request{Method: http.MethodPost, Target: "/", Body: "hello"}

var get = Request{Method: http.MethodGet, Target: "/"}

// drive has the engine send requests to a server.
func (s suite) drive(t *testing.T, ctx context.Context, address string, source Evenly, c exchange.Config) (*Recorded, exchange.End) {
	t.Helper()
	if source.Request == (Request{}) {
		source.Request = get
	}
	r := new(Recorded)
	end, err := s.newEngine(t, address)(ctx, Filled(c, source.Length()), &source, r)
	if err != nil {
		t.Fatal(err)
	}
	return r, end
}

// serve starts a server of net/http, or of HTTP/3, and returns its address.
func (s suite) serve(t *testing.T, h http.HandlerFunc) string {
	t.Helper()
	if s.http == 3 {
		return ServeHTTP3(t, s.tls, h)
	}
	server := httptest.NewUnstartedServer(h)
	s.start(server)
	t.Cleanup(server.Close)
	return server.Listener.Addr().String()
}

func (s suite) start(server *httptest.Server) {
	server.Config.ErrorLog = log.New(io.Discard, "", 0) // of handshakes that an engine ends
	if server.TLS = s.tls.Clone(); s.http == 2 {
		server.EnableHTTP2 = true
		server.Config.Protocols = new(http.Protocols)
		server.Config.Protocols.SetHTTP2(true)
		server.Config.Protocols.SetUnencryptedHTTP2(s.tls == nil)
	}
	if s.tls != nil {
		server.StartTLS()
	} else {
		server.Start()
	}
}

// listen is Listen, over TLS where that is tested.
func (s suite) listen(t *testing.T, each func(n int, c net.Conn, in *bufio.Reader)) string {
	t.Helper()
	if s.tls == nil {
		return Listen(t, each)
	}
	return ListenTLS(t, s.tls, each)
}

// Crowd is users who think for so long, at first too.
func Crowd(n int, think, length time.Duration) *users.Crowd {
	return users.New(users.Config{
		Step: 1, Count: n, Length: length,
		Think:   func(uint64) time.Duration { return think },
		Present: func(_ int, at time.Duration) time.Duration { return max(at, think) },
	})
}
