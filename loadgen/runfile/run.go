package runfile

import (
	"fmt"
	"time"

	"github.com/seed-5a006608/bench/profiles"
)

// SchemaVersion is the version of the run file that this package writes. It rises only when the meaning of a key
// changes; keys are added without raising it.
const SchemaVersion = 1

// RunKind is what a run file says of itself.
const RunKind = "run"

// File is the content of a run file: one run for each target that was driven.
type File struct {
	Schema int    `json:"schema"`
	Kind   string `json:"kind,omitempty"` // [RunKind]; of what holds runs and more that one's; "" in files of before
	Runs   []*Run `json:"runs"`
}

// Run is one finished drive of one plan at one target: everything that is judged, rendered or merged later.
//
// Every instant is a [time.Duration] since the start of the run and every duration is in nanoseconds; rates are per
// second. The accounting identity due = succeeded + failed + unfinished + unsent holds for the run and for each phase.
type Run struct {
	Target      Target       `json:"target"`
	Plan        PlanRecord   `json:"plan"`
	Seed        uint64       `json:"seed"`
	Share       *Share       `json:"share,omitempty"`  // the part of the schedule that this run sent; nil: all of it
	Pooled      int          `json:"pooled,omitempty"` // number of repetitions: counts are their sum, rates and seconds their mean; 0: one run
	Seeds       []uint64     `json:"seeds,omitempty"`  // of the repetitions that were pooled, in their order; nil: it is one run, or a file of before
	Started     time.Time    `json:"started"`
	Environment Environment  `json:"environment"`
	Verdict     Verdict      `json:"verdict"`
	Interrupted bool         `json:"interrupted"`
	Requests    Requests     `json:"requests"`
	Overall     Phase        `json:"overall"` // every phase but warm-up
	Phases      []Phase      `json:"phases"`
	Tail        *Phase       `json:"tail,omitempty"` // the steps of journeys that were due after the phases; never judged; nil: there were none
	Intervals   []Interval   `json:"intervals"`      // by one second of intended time, in order, without gaps
	Errors      []ErrorCount `json:"errors"`
	Events      []Event      `json:"events"`
	Resources   Resources    `json:"resources"`
	Stamps      *Stamps      `json:"stamps,omitempty"`  // nil where the engine has only bench's own clock
	Network     *Network     `json:"network,omitempty"` // nil where the engine cannot tell

	// InStep is the share of the requests of its second half that were sent in the fullest 50 ms of each window of InStepOfNS, where
	// users who think ask in step; 0 where they do not, or it was not looked for.
	InStep     float64       `json:"in_step,omitempty"`
	InStepOfNS time.Duration `json:"in_step_of_ns,omitempty"` // 0: a second, as in files of before

	VersionDigits string `json:"version_digits,omitempty"` // first digits of the versions that bench wrote; "": no versions written, or an older file

	FirstLine uint64 `json:"first_line,omitempty"` // index of the first request in a sequence of requests, from 0

	Redirects *Redirects       `json:"redirects,omitempty"` // of the answers that count as successes; nil: none, or a file of before
	Addresses []AddressFigures `json:"addresses,omitempty"` // of hosts with several addresses, what each got

	Repeat string `json:"repeat,omitempty"` // the command that made it, with … for what must not be written; "" in files of before, and of runs that were added up
	// Connections are those that carried requests, by kind; nil in files of before.
	Connections []ConnectionFigures `json:"connections,omitempty"`

	Judging      string        `json:"judging,omitempty"`      // the rules of its thresholds, [JudgingBounds]; "" in files of before
	Disturbances *Disturbances `json:"disturbances,omitempty"` // nil in files of before, and where nothing was sent

	CacheWarmUp *CacheWarmUp `json:"cache_warm_up,omitempty"` // nil: not measured, or a file of before
	Origin      *Origin      `json:"origin,omitempty"`        // the load of a cache's origin; nil: not measured, or an older file

	Thresholds []ThresholdResult `json:"thresholds,omitempty"` // by which the run was judged
	Profile    *TargetProfile    `json:"profile,omitempty"`    // the target's own profiles
}

// Share is the part of a schedule that one of several machines sends: the requests k ≡ Index mod Of.
type Share struct {
	Index uint64 `json:"index"`
	Of    uint64 `json:"of"`
}

// HeadersKept is the header case of a plan whose header names are sent over HTTP/1.1 as they were written, where that is not
// their canonical form: before there was a choice, they were all sent in that.
const HeadersKept = "kept"

// SpreadRequests is how a plan's requests are spread that go to a host with several addresses: evenly, each address having its
// turn. Before, new connections were, by the wire engine alone.
const SpreadRequests = "requests"

// PlanRecord is the part of a Plan that may be written: no header values, bodies, query values or user information.
type PlanRecord struct {
	Profile     string           `json:"profile"`
	Arrivals    string           `json:"arrivals"`
	Model       string           `json:"model"` // "open", or "closed"
	VUs         int              `json:"vus,omitempty"`
	ThinkNS     time.Duration    `json:"think_ns,omitempty"` // the mean
	Think       string           `json:"think,omitempty"`    // how it varies, as [profiles.ParseThink] reads it; "": it does not, nor in files of before
	Start       Start            `json:"start,omitempty"`    // "": together, as in files of before
	Phases      []PhaseRecord    `json:"phases"`
	Endpoints   []EndpointRecord `json:"endpoints"`
	PerJourney  float64          `json:"requests_per_journey,omitempty"` // mean number of requests of a journey that goes to its end; 0: no journeys
	Connections int              `json:"connections"`
	TimeoutNS   time.Duration    `json:"timeout_ns"`
	DrainNS     time.Duration    `json:"drain_ns"`
	DeadlineNS  time.Duration    `json:"deadline_ns,omitempty"`
	SLO         []Written        `json:"slo,omitempty"`          // objectives of the service
	NoKeepAlive bool             `json:"no_keepalive,omitempty"` // a new connection for each request
	Requests    uint64           `json:"requests,omitempty"`     // after so many the run was to end, and the phases end with it
	Engine      string           `json:"engine"`
	Wire        *WireRecord      `json:"wire,omitempty"` // how the wire engine was set; nil of others and in files of before

	ConnAgeNS    time.Duration `json:"conn_age_ns,omitempty"`     // an older connection carried no further request; 0: no limit
	ConnRequests uint32        `json:"conn_requests,omitempty"`   // a connection carried so many requests; 0: no limit
	Follow       int           `json:"follow,omitempty"`          // most redirects followed for a request; 0: redirects were not followed
	FollowHosts  []string      `json:"follow_hosts,omitempty"`    // to these hosts, beside its own
	SNI          string        `json:"sni,omitempty"`             // the name that https asked for, and held certificates against; "": the URL's host
	HTTP         string        `json:"http,omitempty"`            // [HTTP1], [HTTP2] or [HTTP3], where that was asked for, or HTTP/2 was preferred
	Accept       string        `json:"accept_encoding,omitempty"` // the codings of bodies that were asked for, where a flag or file did
	ServedTLS    bool          `json:"served_tls,omitempty"`      // a bundled service served https
	Link         string        `json:"link,omitempty"`            // between bench and the bundled service, as --link says it
	TLSResume    bool          `json:"tls_resume,omitempty"`      // new connections took up sessions of earlier ones
	Spread       string        `json:"spread,omitempty"`          // SpreadRequests

	HeaderCase string `json:"header_case,omitempty"` // HeadersKept: a header's name was sent otherwise than in its canonical form

	AbortOn      []string      `json:"abort_on,omitempty"` // the conditions that would have ended the run, or did
	AbortGraceNS time.Duration `json:"abort_grace_ns,omitempty"`
	Order        Order         `json:"order,omitempty"`    // how the requests follow each other; "" drawn by weight, as in files of before
	Lines        int           `json:"lines,omitempty"`    // in sequence: how many requests there are before the first is sent again
	Grouping     Grouping      `json:"grouping,omitempty"` // of a targets file's requests as endpoints; "" none, as in files of before
	Profiled     string        `json:"profiled,omitempty"` // the phase in which a CPU profile of the target runs, which costs it
}

// WireRecord is how the wire engine was set, see [Wire].
type WireRecord struct {
	Loops    int           `json:"loops"`
	SpinNS   time.Duration `json:"spin_ns"`
	DNSTTLNS time.Duration `json:"dns_ttl_ns,omitempty"`

	Connections int `json:"h2_connections,omitempty"` // of HTTP/2; 0: as few as the load and the server's limit allowed
}

// PhaseRecord is a phase as it was planned: the offered rate goes linearly from From to To, both in requests/s, or the number
// of users from FromVUs to ToVUs.
type PhaseRecord struct {
	Name       string        `json:"name"`
	Kind       profiles.Kind `json:"kind"`
	DurationNS time.Duration `json:"duration_ns"`
	From       float64       `json:"from"`
	To         float64       `json:"to"`
	FromVUs    int           `json:"from_vus,omitempty"`
	ToVUs      int           `json:"to_vus,omitempty"`
}

// EndpointRecord is an endpoint as it was planned; Path is its template with query values left out. Of more endpoints than
// are told apart, the last record is named other and stands for the rest.
type EndpointRecord struct {
	Name   string  `json:"name"`
	Method string  `json:"method"`
	Path   string  `json:"path"`
	Weight float64 `json:"weight"`
}

// Environment is where the run was made: what has to be equal before two runs may be compared.
type Environment struct {
	Bench         string   `json:"bench"`                          // version of bench
	Generation    int      `json:"measuring_generation,omitempty"` // [MeasuringGeneration] of that bench; 0 in files of before
	Go            string   `json:"go"`
	OS            string   `json:"os"`
	Arch          string   `json:"arch"`
	Kernel        string   `json:"kernel,omitempty"`
	CPU           string   `json:"cpu,omitempty"`
	Processors    int      `json:"processors"`               // processors that this process could use before some were set apart
	CPUs          string   `json:"cpus"`                     // "split", or "shared"
	Quota         *float64 `json:"quota,omitempty"`          // processors whose time the control group grants; 0: no limit; nil: not known
	GeneratorCPUs []int    `json:"generator_cpus,omitempty"` // processors that bench was pinned to; empty: not pinned
	TargetCPUs    []int    `json:"target_cpus,omitempty"`    // processors that the bundled target was pinned to
	OpenFiles     uint64   `json:"open_files,omitempty"`     // descriptors this process may open
	Clock         string   `json:"clock"`                    // source of the stamps of arrival
	Notes         []string `json:"notes,omitempty"`          // preflight findings, and what this system lacks
}

// VerdictKind says what limited a run or a phase.
type VerdictKind string

// The verdicts, worst first. The first two refuse to pass wherever something is judged.
const (
	HostLimited      VerdictKind = "HOST-LIMITED"      // bench was late because the host kept its threads waiting
	GeneratorLimited VerdictKind = "GENERATOR-LIMITED" // bench was late by its own doing
	TargetLimited    VerdictKind = "TARGET-LIMITED"    // requests waited for the target, or its backlog grew
	Valid            VerdictKind = "VALID"
)

// Verdict is a kind with its evidence, one sentence with figures each.
type Verdict struct {
	Kind     VerdictKind `json:"kind"`
	Evidence []string    `json:"evidence"`
}

// Requests counts a run's requests. Planned counts the whole schedule; due those whose intended time had come when
// sending ended, which is all of them unless the run was interrupted.
type Requests struct {
	Planned    uint64 `json:"planned"`
	Due        uint64 `json:"due"`
	Sent       uint64 `json:"sent"`
	Succeeded  uint64 `json:"succeeded"`
	Failed     uint64 `json:"failed"`
	Unfinished uint64 `json:"unfinished"` // sent, no answer by the end of the drain
	Unsent     uint64 `json:"unsent"`     // due, never sent
	Retried    uint64 `json:"retried,omitempty"`
}

// Phase is what was measured of the requests intended in one phase of the profile.
type Phase struct {
	Name       string        `json:"name"`
	Kind       profiles.Kind `json:"kind"`
	StartNS    time.Duration `json:"start_ns"`
	DurationNS time.Duration `json:"duration_ns"`
	Verdict    Verdict       `json:"verdict"`
	Offered    Rate          `json:"offered"`            // due requests, by intended time
	Achieved   Rate          `json:"achieved"`           // successes finished within the phase's clock time
	Answered   *Rate         `json:"answered,omitempty"` // successes of those intended in it; nil in the closed model and in files of before
	Requests   Requests      `json:"requests"`           // of those intended in this phase; planned = due

	ResponseTime Dist `json:"response_time"`      // intended start to last byte: wait + lag + service
	ServiceTime  Dist `json:"service_time"`       // sent to last byte
	Wait         Dist `json:"wait"`               // the target's doing: for a connection and a slot, connecting included
	Lag          Dist `json:"lag"`                // the generator's own
	FirstByte    Dist `json:"first_byte"`         // sent to first byte; empty where it is known of less than 90 % of the answers
	Connect      Dist `json:"connect"`            // of the requests that had to connect: TCP and TLS together
	Handshake    Dist `json:"handshake,omitzero"` // the part of Connect that TLS took; none without TLS, and in files of before

	TargetTime *TargetTime `json:"target_time,omitempty"` // wait + service; nil in files of before
	Disturbed  uint64      `json:"disturbed,omitempty"`   // of the requests due, those that a disturbance touched

	Consistency *Consistency `json:"consistency,omitempty"` // nil: no versions were told, or a file of before

	Bytes        Bytes          `json:"bytes"`
	Cache        Cache          `json:"cache"`
	ServerTiming []ServerTiming `json:"server_timing,omitempty"`
	CPU          CPU            `json:"cpu_ns"`
	Backlog      Backlog        `json:"backlog"`
	Recovery     *Recovery      `json:"recovery,omitempty"` // of a spike
	Endpoints    []Endpoint     `json:"endpoints,omitempty"`
	Journeys     []Journey      `json:"journeys,omitempty"` // of those that arrived in the phase; nil: each request is one exchange, or a file of before
}

// Served returns what the target served of the phase: of what was asked in it, those that succeeded, whenever they were
// finished. Where the backlog grew, or nothing is asked by a schedule, it is what succeeded in the phase's clock time.
func (p *Phase) Served() Rate {
	if p.Answered == nil || p.Backlog.Grew {
		return p.Achieved
	}
	return *p.Answered
}

// Rate is a count and, over the length of the phase, a rate in requests/s.
type Rate struct {
	Count uint64  `json:"count"`
	Rate  float64 `json:"rate"`
}

// Bytes counts body bytes received and request body bytes sent.
type Bytes struct {
	In  uint64 `json:"in"`
	Out uint64 `json:"out"`
}

// Cache counts the answers that were marked as served from a cache, or as having missed it.
type Cache struct {
	Hits   uint64 `json:"hits"`
	Misses uint64 `json:"misses"`
}

// ServerTiming sums one metric of the Server-Timing header over the requests that carried it.
type ServerTiming struct {
	Name  string        `json:"name"`
	Count uint64        `json:"count"`
	SumNS time.Duration `json:"sum_ns"`
}

// CPU is processor time used during the phase's clock time; nil where it could not be measured.
type CPU struct {
	Generator *time.Duration `json:"generator,omitempty"`
	Target    *time.Duration `json:"target,omitempty"`
}

// Backlog is the number of requests due and not finished, in the phase's clock time.
type Backlog struct {
	Start uint64 `json:"start"`
	End   uint64 `json:"end"`
	Peak  uint64 `json:"peak"`           // highest value at a full second
	Grew  bool   `json:"grew,omitempty"` // by more than chance: requests came faster than they were finished
}

// RecoveryState says whether a service came back to its baseline after a spike.
type RecoveryState string

// The states of a recovery.
const (
	Recovered     RecoveryState = "recovered"
	NotRecovered  RecoveryState = "not recovered"
	NotMeasurable RecoveryState = "not measurable"
)

// Recovery is the time from a spike's end to the end of the first three consecutive seconds in which the service was
// back at its baseline.
type Recovery struct {
	State   RecoveryState `json:"state"`
	AfterNS time.Duration `json:"after_ns,omitempty"` // recovered: time to recover; not recovered: how long was watched
	Reason  string        `json:"reason,omitempty"`   // why it could not be measured
}

// Class tells apart, of one endpoint, the successes without a cache mark, hits, misses and failures.
type Class string

// The disjoint classes of an answer.
const (
	ClassOK     Class = "ok"
	ClassHit    Class = "hit"
	ClassMiss   Class = "miss"
	ClassFailed Class = "failed"
)

// Endpoint is one class of one endpoint's answers in a phase. Histograms have two significant digits.
type Endpoint struct {
	Name         string `json:"name"`
	Class        Class  `json:"class"`
	Count        uint64 `json:"count"`
	ResponseTime Dist   `json:"response_time"`
	ServiceTime  Dist   `json:"service_time"`

	TargetTime *TargetTime `json:"target_time,omitempty"` // nil in files of before
}

// OfClass returns the response times of one class of a phase's answers, of all its endpoints together, with two significant
// digits. Its error is that of a damaged histogram.
func (p *Phase) OfClass(c Class) (Dist, error) {
	var all Dist
	for i := range p.Endpoints {
		e := &p.Endpoints[i]
		switch {
		case e.Class != c:
		case all.Count == 0:
			all = e.ResponseTime
		default:
			if err := all.merge(&e.ResponseTime, DetailDigits); err != nil {
				return Dist{}, fmt.Errorf("endpoint %q: %w", e.Name, err)
			}
		}
	}
	return all, nil
}

// Interval is one second. Due, OK, Failed, its kinds, Hits, Misses and the distributions count by intended time; Sent, Finished and InFlight by
// the clock. Histograms have two significant digits.
type Interval struct {
	StartNS  time.Duration `json:"start_ns"`
	Due      uint64        `json:"due"`
	OK       uint64        `json:"ok"`
	Failed   uint64        `json:"failed"`
	Hits     uint64        `json:"hits,omitempty"` // answers marked as hits; hits and misses both 0: no marks, or an older file
	Misses   uint64        `json:"misses,omitempty"`
	Stale    uint64        `json:"stale,omitempty"` // reads that were certainly stale
	Sent     uint64        `json:"sent"`
	Finished uint64        `json:"finished"`
	InFlight uint64        `json:"in_flight"` // at the end of the second
	Backlog  uint64        `json:"backlog"`   // due and not finished at the end of the second

	Journeys *JourneyCounts `json:"journeys,omitempty"` // journeys that arrived in the second; nil: no journeys, or an older file

	Failures KindCounts `json:"failures,omitempty"` // by kind: the run's eight commonest, and other; nil: none, or a file of before

	ResponseTime Dist `json:"response_time"`
	ServiceTime  Dist `json:"service_time"`

	TargetTime *TargetTime `json:"target_time,omitempty"` // nil in files of before
}

// ErrorCount counts the failures of one kind, such as "timeout", "connect: refused" or "status 503".
type ErrorCount struct {
	Kind    string        `json:"kind"`
	Count   uint64        `json:"count"`
	FirstNS time.Duration `json:"first_ns"` // when the first of them ended
	LastNS  time.Duration `json:"last_ns"`
	Sample  string        `json:"sample,omitempty"` // the first one's own words, cleaned and bounded
}

// EventKind names a kind of event.
type EventKind string

// The kinds of events.
const (
	EventStall   EventKind = "stall"   // nothing was received though requests were outstanding
	EventPause   EventKind = "pause"   // bench itself did not run
	EventExit    EventKind = "exit"    // the bundled target's process ended during the run
	EventAbort   EventKind = "abort"   // a condition to abort on was true, and ended the run
	EventClock   EventKind = "clock"   // the system's clock was set
	EventAddress EventKind = "address" // an address of several took no connections, and was left out
)

// Event is something that happened once, at a time.
type Event struct {
	Kind       EventKind     `json:"kind"`
	AtNS       time.Duration `json:"at_ns"`
	DurationNS time.Duration `json:"duration_ns"`
	Text       string        `json:"text"`
}

// Resources holds what was sampled once a second; nil where a thing could not be sampled.
type Resources struct {
	Generator []ProcessSample `json:"generator,omitempty"`
	Target    []ProcessSample `json:"target,omitempty"` // the whole tree of processes
	Host      []HostSample    `json:"host,omitempty"`
}

// ProcessSample is the use of a process (or a tree of them) over the second that ended at AtNS.
type ProcessSample struct {
	AtNS        time.Duration `json:"at_ns"`
	CPUNS       time.Duration `json:"cpu_ns"`       // user and system, over the second, reaped children included
	RunDelayNS  time.Duration `json:"run_delay_ns"` // its threads' waiting for a processor, over the second
	RSS         uint64        `json:"rss"`          // bytes
	Descriptors int           `json:"descriptors"`
	Threads     int           `json:"threads"`
	Switches    uint64        `json:"switches"` // context switches, voluntary and not, over the second
}

// HostSample is the state of the host over the second that ended at AtNS.
type HostSample struct {
	AtNS             time.Duration `json:"at_ns"`
	Busy             float64       `json:"busy"`         // share of all processors, 0-1
	StealNS          time.Duration `json:"steal_ns"`     // taken by the hypervisor of the processors that bench may use, together (of all in files of before)
	MemoryUsed       uint64        `json:"memory_used"`  // bytes
	NetworkIn        uint64        `json:"network_in"`   // bytes over the second
	NetworkOut       uint64        `json:"network_out"`  // bytes over the second
	Switches         uint64        `json:"switches"`     // context switches over the second
	ThrottledNS      time.Duration `json:"throttled_ns"` // bench's control group held back, over the second
	ThrottledPeriods uint64        `json:"throttled_periods"`
}
