package selfcheck

import (
	"time"

	"github.com/seed-5a006608/bench/loadgen/runfile"
)

// SchemaVersion rises when the meaning of a key changes; keys are added without raising it.
const SchemaVersion = 1

// Kind is what a report's file says of itself.
const Kind = "selfcheck"

// Report is what was found out about a machine and the engines on it. Durations are in nanoseconds, rates in requests/s,
// shares 0-1. What was not measured, because the check was interrupted or the system cannot, is left out.
type Report struct {
	Schema      int                 `json:"schema"`
	Kind        string              `json:"kind,omitempty"` // [Kind]; "" in files of before
	Started     time.Time           `json:"started"`
	Environment runfile.Environment `json:"environment"`
	Quick       bool                `json:"quick"`
	Interrupted bool                `json:"interrupted"`

	// Trusted is the engine that is to be trusted up to the highest rate; nil until one engine's check is complete.
	Trusted    *Trust    `json:"trusted,omitempty"`
	IdleThread *Lateness `json:"idle_thread,omitempty"` // with no engine beside it
	Engines    []Engine  `json:"engines"`
}

// Trust is the highest rate up to which an engine is to be trusted here; 0 where it is not even at [RequiredRate].
type Trust struct {
	Engine string  `json:"engine"`
	Rate   float64 `json:"rate"`
}

// Engine is what was found out about one engine.
type Engine struct {
	Name        string    `json:"engine"`
	Clock       string    `json:"clock,omitempty"` // clock that stamps the arrival of answers
	TrustedRate *float64  `json:"trusted_rate,omitempty"`
	Pacing      []Pacing  `json:"pacing,omitempty"` // each try at each rate, in order
	Latency     []Latency `json:"latency,omitempty"`
	Freeze      *Freeze   `json:"freeze,omitempty"`
	Fastest     *Fastest  `json:"fastest,omitempty"`
}

// Pacing is how an engine kept to the intended times at one rate, in one try.
type Pacing struct {
	Rate        float64         `json:"rate"`  // offered, even arrivals
	Holds       bool            `json:"holds"` // [MaxLag] and [MaxMissing] are kept, and the verdict is VALID
	Offered     runfile.Rate    `json:"offered"`
	Served      runfile.Rate    `json:"served"`   // successes of the requests that were due
	Achieved    runfile.Rate    `json:"achieved"` // successes that finished in the run's time
	Verdict     runfile.Verdict `json:"verdict"`
	Lag         Lateness        `json:"lag"`                    // as the engine says: between due and sent
	ArrivedLate *Lateness       `json:"arrived_late,omitempty"` // as the server logged it: between due and read by the server
	IdleThread  *Lateness       `json:"idle_thread,omitempty"`  // of an idle thread beside the engine, on its processors
}

// Lateness is how late things happened.
type Lateness struct {
	Count  uint64        `json:"count"`
	P50NS  time.Duration `json:"p50_ns"`
	P99NS  time.Duration `json:"p99_ns"`
	P999NS time.Duration `json:"p999_ns"`
	MaxNS  time.Duration `json:"max_ns"`
}

// Latency holds what an engine says of one server against what that server logged of the same requests.
type Latency struct {
	Server   string   `json:"server"` // its delays, as bench serve reference --service takes them
	Workers  int      `json:"workers,omitempty"`
	Arrivals string   `json:"arrivals"`
	Rate     float64  `json:"rate"`
	Answered uint64   `json:"answered"`          // successes that bench counted
	Logged   uint64   `json:"logged"`            // answers in the server's log
	Figures  []Figure `json:"figures,omitempty"` // none where not all requests were answered, and so cannot be paired
	Within   bool     `json:"within"`            // all figures are, and as many were counted as logged
}

// Measure is one of the durations of a sample.
type Measure string

// The measures that a server's log can tell.
const (
	ServiceTime  Measure = "service_time"  // sent to last byte; true: header read to answer handed to the kernel
	ResponseTime Measure = "response_time" // intended start to last byte; true: until the answer was handed to the kernel
)

// Figure is one percentile as bench says it and as it was.
type Figure struct {
	Of         Measure       `json:"of"`
	Percentile float64       `json:"percentile"` // 0-100
	SaidNS     time.Duration `json:"said_ns"`
	TrueNS     time.Duration `json:"true_ns"`
	WrongByNS  time.Duration `json:"wrong_by_ns"`          // said − true
	AtMostNS   time.Duration `json:"at_most_ns,omitempty"` // how wrong it may be either way; left out where it is not judged
	Within     bool          `json:"within"`               // it is not more wrong than that
}

// Freeze is how much of a server's freeze shows in the response times of an open loop.
type Freeze struct {
	ForNS   time.Duration `json:"for_ns"` // how long the server was frozen
	OfNS    time.Duration `json:"of_ns"`  // length of the run
	Figures []Shown       `json:"figures"`
	Within  bool          `json:"within"` // all figures are
}

// Shown is one percentile of a run with a freeze.
type Shown struct {
	Percentile float64       `json:"percentile"` // 0-100
	SaidNS     time.Duration `json:"said_ns"`
	ExpectedNS time.Duration `json:"expected_ns"`
	Share      float64       `json:"share"` // said / expected
	Within     bool          `json:"within"`
}

// Fastest is how many requests/s an engine generates in the closed model without think time.
type Fastest struct {
	Rate          float64  `json:"rate"`
	AtLeast       bool     `json:"at_least"` // something other than the engine was the limit, so it may be more
	Users         int      `json:"users"`
	GeneratorBusy *float64 `json:"generator_busy,omitempty"` // share of its processors
	ServerBusy    *float64 `json:"server_busy,omitempty"`
}
