package loadgen

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/seed-5a006608/bench/loadgen/address"
	"github.com/seed-5a006608/bench/loadgen/request"
	"github.com/seed-5a006608/bench/loadgen/runfile"
	"github.com/seed-5a006608/bench/profiles"
)

// Plan is everything that decides which requests are sent and when. Its zero Limits take their defaults.
type Plan struct {
	Target   runfile.Target
	Profile  profiles.Profile
	Closed   *Closed // nil: the open model, at the profile's rate
	Requests []request.Request
	Journeys []request.Journey // of several requests each, in place of Requests
	Lines    *request.Lines    // the requests of a targets file, in place of Requests
	Order    runfile.Order     // how requests follow each other
	First    uint64            // in sequence, the one that number 0 is
	Group    runfile.Grouping  // how those of a targets file are counted as endpoints
	Seed     uint64
	Limits   Limits
	TLS      TLS
	Engine   string // one of [Engines]; empty: the one that suits the plan
	Wire     Wire

	// HTTP is the version that is spoken: [runfile.HTTP1], [runfile.HTTP2], [runfile.HTTP3], or [runfile.HTTPAuto], which is what a server
	// of https prefers of the first two, and HTTP/1.1 without TLS or where Engine is the wire engine.
	HTTP string

	// Negotiated is what the servers of https agreed on when [Job.Preflight] asked them, by its name in TLS, or [Various]; "": not
	// known. Where they agreed on one the wire engine sends what is left open to HTTP.
	Negotiated string

	// Accept are the codings of bodies that are asked for, of those that are read: they stand in the requests' headers already. "": no
	// word of it.
	Accept string

	// Link is what stands between bench and a service that it has started, as the flag says it. It is no business of the engines, and
	// part of what is compared.
	Link string

	// ConnectTo is where every connection is opened, whatever the URLs say: host:port, or unix: and the path of a socket.
	// The requests and TLS name the URLs' hosts all the same. Empty: to the URLs' hosts.
	ConnectTo string

	// Follow says which redirects are followed; they are part of the request that got them, which is timed to the last answer.
	Follow Follow

	SLO        []runfile.Threshold // objectives of the service: a run reports goodput and Apdex by them, and never fails by them
	Thresholds []runfile.Threshold // by which the run will be judged; their endpoints, and those of SLO, are told apart whatever their number
	Expect     []request.Expect    // conditions of a successful answer
	Abort      Abort               // conditions that end the run early
	HitWhen    *HitRule            // how an answer tells that it came from a cache; nil: see [HitRule]
	Origin     OriginCounter       // the counter of the statements at the service's origin
	ReadBack   ReadBack            // how keys are read there after a run, to find lost writes

	// Disturbance is how a disturbance is told; zero: by the target's own first full second.
	Disturbance runfile.DisturbanceRule

	ProfileURL string // base of the target's own profiles, as [pprof.Base] returns it; empty: no profiles are pulled
}

// Limits bounds a run. A zero field takes its default.
type Limits struct {
	Connections  int           // open connections, all together: a cap, not a target; default 256, or VUs in the closed model
	Timeout      time.Duration // longest time from the send to the last byte; default 10 s
	Drain        time.Duration // how long answers are awaited after the last intended instant; default Timeout
	NoKeepAlive  bool          // a new connection for each request
	ConnAge      time.Duration // over HTTP/1.1, a connection that is older carries no further request; default no limit
	ConnRequests uint32        // over HTTP/1.1, a connection carries so many requests; default no limit
	Deadline     time.Duration // longest age from the intended start; older requests are shed; default none
	Body         int           // longest body that is read as JSON, in bytes; default 256 KiB, less with many connections
	Journeys     int           // journeys in progress at once; default 200,000
	Requests     uint64        // after so many, warm-up included, the run ends, if its profile has not ended before; default none
}

// Wire tunes the wire engine; DNSTTL applies to every engine. The zero value means the defaults.
type Wire struct {
	Loops int            // event loops, each on a thread of its own, that share the requests; default 1
	Spin  *time.Duration // longest time before a request is due for which a loop may spin; default DefaultSpin

	// DNSTTL is after how long the hosts' names are looked up again, for the connections opened from then on; 0: never.
	DNSTTL time.Duration

	// Connections is over how many connections requests go that HTTP/2 carries; 0: as few as the load and the server's limit allow.
	Connections int
}

// TLS says how https is spoken. Paths are read when the plan is compiled.
type TLS struct {
	Insecure bool   // do not verify the server's certificate
	CertFile string // client certificate, PEM
	KeyFile  string
	SNI      string // name to ask for, and to hold the certificate against, instead of the URL's host
	Resume   bool   // new connections take up the session of an earlier one of the run, which is kept in memory
	Trusted  string // certificates to trust instead of the system's, where CAFile is empty, as PEM text
	CAFile   string // certificates to trust instead of the system's, PEM
}

// The defaults of Limits.
const (
	DefaultConnections = 256
	DefaultTimeout     = 10 * time.Second
	DefaultJourneys    = 200_000 // each takes up to 2 KB beside its cookies and what it took
)

const maxLoops = 64

// withDefaults fills in what the user left open.
func (p Plan) withDefaults() Plan {
	if strings.HasPrefix(p.ConnectTo, "[") {
		p.ConnectTo = strings.Replace(p.ConnectTo, "%25", "%", 1) // of a zone, as a URL has it (RFC 6874)
	}
	if p.Limits.Connections == 0 {
		p.Limits.Connections = DefaultConnections
		if p.Closed != nil {
			p.Limits.Connections = max(p.Closed.VUs, 1)
		}
	}
	if p.Limits.Timeout == 0 {
		p.Limits.Timeout = DefaultTimeout
	}
	if p.Limits.Journeys == 0 {
		p.Limits.Journeys = DefaultJourneys
	}
	if p.Limits.Drain == 0 {
		p.Limits.Drain = p.Limits.Timeout
	}
	if to, err := request.AsciiHost(p.ConnectTo); err == nil && !strings.HasPrefix(to, address.UnixPrefix) {
		p.ConnectTo = to
	}
	if p.HTTP == "auto" {
		p.HTTP = runfile.HTTPAuto
	}
	if p.Wire.Loops == 0 {
		p.Wire.Loops = 1
	}
	if p.Wire.Spin == nil {
		spin := runfile.DefaultSpin
		p.Wire.Spin = &spin
	}
	return p
}

// ErrUnshared is that a number of connections to share was given, and requests share none.
var ErrUnshared = errors.New("h2-connections is for requests that share connections, as over HTTP/2")

func (p Plan) validate() error {
	l := p.Limits
	switch {
	case l.Connections < 1 || l.Connections > 1_000_000:
		return fmt.Errorf("connections must be 1 to 1000000, got %d", l.Connections)
	case l.Timeout < time.Millisecond || l.Timeout > time.Hour:
		return fmt.Errorf("timeout must be 1ms to 1h, got %v", l.Timeout)
	case l.Drain < 0 || l.Drain > time.Hour:
		return fmt.Errorf("drain must be at most 1h, got %v", l.Drain)
	case l.ConnAge < 0 || l.ConnAge > 0 && l.ConnAge < time.Millisecond:
		return fmt.Errorf("max-conn-age must be at least 1ms, got %v", l.ConnAge)
	case l.NoKeepAlive && (l.ConnAge > 0 || l.ConnRequests > 0):
		return errors.New("no-keepalive ends each connection with its request: leave out max-conn-age and max-conn-requests")
	case l.Body < 0 || l.Body > keptBodies/max(p.slots(), 1):
		return fmt.Errorf("limits.body must be at most %d bytes with %d connections, so that the bodies read at once stay below 64 MiB, got %d", keptBodies/p.slots(), p.slots(), l.Body)
	case l.Journeys < 1 || l.Journeys > 10_000_000:
		return fmt.Errorf("max-journeys must be 1 to 10000000, got %d", l.Journeys)
	case l.Deadline < 0 || l.Deadline > time.Hour:
		return fmt.Errorf("deadline must be at most 1h, got %v", l.Deadline)
	}
	if p.Closed == nil && p.Profile.OfUsers() {
		return errNoUsers
	} else if p.Closed != nil {
		if err := p.Closed.validate(p.Profile, l.Connections); err != nil {
			return err
		}
	}
	if w := p.Wire; w.Loops < 0 || w.Loops > maxLoops || w.Loops > p.slots() {
		return fmt.Errorf("loops must be 1 to %d, and at most one a connection, got %d", maxLoops, w.Loops)
	} else if w.DNSTTL < 0 || w.DNSTTL > 0 && w.DNSTTL < time.Second {
		return fmt.Errorf("dns-ttl must be at least 1s, got %v", w.DNSTTL)
	} else if w.Spin != nil && (*w.Spin < 0 || *w.Spin > time.Millisecond) {
		return fmt.Errorf("spin must be 0 to 1ms, got %v", *w.Spin)
	}
	switch n := p.Wire.Connections; {
	case n < 0 || n > p.slots():
		return fmt.Errorf("h2-connections must be 1 to the requests at once, %d, got %d", p.slots(), n)
	case n > 0 && p.HTTP != runfile.HTTP2:
		return ErrUnshared
	case n > 0 && p.engine() == runfile.EngineHTTP:
		return errors.New("h2-connections is for the wire engine: net/http decides over how many connections its requests go")
	}
	if err := p.checkJourneys(); err != nil {
		return err
	}
	if err := p.checkHTTP(); err != nil {
		return err
	}
	if err := p.checkEngine(); err != nil {
		return err
	}
	if err := request.CheckEncoding(p.Accept); err != nil {
		return err
	}
	if err := checkConnectTo(p.ConnectTo); err != nil {
		return err
	}
	if err := p.Follow.validate(); err != nil {
		return err
	}
	if err := request.CheckSNI(p.TLS.SNI); err != nil {
		return err
	}
	if err := p.Abort.validate(); err != nil {
		return err
	}
	if err := p.Origin.Check(); err != nil {
		return fmt.Errorf("origin: %w", err)
	}
	if err := p.ReadBack.Check(); err != nil {
		return fmt.Errorf("origin: url: %w", err)
	}
	if err := p.Profile.Validate(); err != nil {
		return err
	}
	_, err := newConditions(p)
	return err
}

// schedule plans the arrivals, up to the limit of requests. In the closed model they are the users' doing, but the phases
// are the profile's.
func (p Plan) schedule() (*profiles.Schedule, error) {
	s, err := profiles.NewSchedule(p.Profile, p.Seed)
	if err != nil || p.Limits.Requests == 0 || p.Closed != nil {
		return s, err
	}
	s = s.First(p.Limits.Requests)
	for i := range s.Spans() {
		if p.Profile.Phases[i].Kind != profiles.Warmup {
			return s, nil
		}
	}
	return nil, fmt.Errorf("requests must be more than the warm-up takes, which is never judged, got %d", p.Limits.Requests)
}

// slots is how many requests may be outstanding at once.
func (p Plan) slots() int {
	if p.Closed != nil {
		return p.Closed.VUs
	}
	return p.Limits.Connections
}

// record returns what of the plan may be written to a file.
func (p Plan) record(m *request.Mix) runfile.PlanRecord {
	r := runfile.PlanRecord{
		Profile:     p.Profile.Name,
		Arrivals:    string(p.Profile.Arrivals),
		Model:       "open",
		Connections: p.Limits.Connections,
		TimeoutNS:   p.Limits.Timeout,
		DrainNS:     p.Limits.Drain,
		DeadlineNS:  p.Limits.Deadline,
		NoKeepAlive: p.Limits.NoKeepAlive,
		Requests:    p.Limits.Requests,
		Engine:      p.engine(),

		ConnAgeNS: p.Limits.ConnAge, ConnRequests: p.Limits.ConnRequests,
		SNI: p.TLS.SNI, HTTP: p.version(), Accept: p.Accept, Link: p.Link, TLSResume: p.TLS.Resume, Follow: p.Follow.Most, FollowHosts: p.Follow.Hosts,
	}
	r.ServedTLS = p.Target.Bundled && p.secure()
	if r.Engine == runfile.EngineWire {
		r.Wire = &runfile.WireRecord{Loops: p.Wire.Loops, SpinNS: *p.Wire.Spin, Connections: p.Wire.Connections, DNSTTLNS: p.Wire.DNSTTL}
	}
	if slices.ContainsFunc(m.Requests, func(c request.CompiledRequest) bool { return c.Header.Kept }) {
		r.HeaderCase = runfile.HeadersKept
	}
	if m.Order.Sequential && m.Order.N > 1 {
		r.Order, r.Lines = runfile.Sequential, m.Order.N
	}
	r.Grouping, r.Endpoints, r.PerJourney = m.Grouping, slices.Clone(m.Endpoints), m.PerJourney()
	if p.Closed != nil {
		p.Closed.record(&r)
	}
	for _, t := range p.Abort.On {
		r.AbortOn, r.AbortGraceNS = append(r.AbortOn, t.Text), p.Abort.Grace
	}
	if p.ProfileURL != "" {
		r.Profiled = p.Profile.Phases[profiledPhase(p.Profile.Phases)].Name
	}
	for _, t := range p.SLO {
		r.SLO = append(r.SLO, runfile.Written{Threshold: t})
	}
	for _, ph := range p.Profile.Phases {
		r.Phases = append(r.Phases, runfile.PhaseRecord{Name: ph.Name, Kind: ph.Kind, DurationNS: ph.Duration, From: ph.From, To: ph.To, FromVUs: ph.FromVUs, ToVUs: ph.ToVUs})
	}
	return r
}
