package runfile

import "time"

// Mirrored is the result of sending the same requests to two targets at once.
type Mirrored struct {
	A, B  *Run // each run on its own
	Pairs Pairs
}

// MaxDiffRules bounds the rules by which two answers are compared.
const MaxDiffRules = 8

// LatencyPair is the response times of one request at both sides. A request that was given up on or never answered has a
// lower bound.
type LatencyPair struct {
	Second     int32   // second of the intended time, since the start of the run
	A, B       float32 // ns
	ALow, BLow bool    // the time is a lower bound
}

// Difference is a request to which the answers differed.
type Difference struct {
	K        uint64        `json:"k"`
	AtNS     time.Duration `json:"at_ns"` // intended time
	Endpoint string        `json:"endpoint"`
	Rules    []string      `json:"rules"` // rules that found a difference
	StatusA  int           `json:"status_a"`
	StatusB  int           `json:"status_b"`
}

// Pairs counts the outcomes of the requests that were sent to both, without warm-up phases.
type Pairs struct {
	Compared   uint64            `json:"compared"`         // both answered
	Different  uint64            `json:"different"`        // of those
	ByRule     map[string]uint64 `json:"by_rule"`          // different pairs by rule
	OnlyA      uint64            `json:"only_a"`           // A alone answered whole
	OnlyB      uint64            `json:"only_b"`           // B alone answered whole
	Neither    uint64            `json:"neither"`          // neither answered whole
	Uncounted  uint64            `json:"uncounted"`        // one side never came to the request, or bench could not wait for the other
	Slower     uint64            `json:"slower_b"`         // timed pairs in which B took longer
	Timed      uint64            `json:"timed"`            // pairs with compared latencies: both succeeded, or one did and the other was not answered in time
	OneBound   uint64            `json:"one_bound"`        // timed pairs in which one side is a lower bound
	Unanswered uint64            `json:"neither_answered"` // neither was answered in time, so no comparison of latencies
	Samples    []Difference      `json:"samples"`          // the first differing requests
	Latencies  []LatencyPair     `json:"-"`                // the first two million timed pairs
}
