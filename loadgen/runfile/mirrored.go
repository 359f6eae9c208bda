package runfile

import "time"

// Mirrored is what came of sending the same requests to two targets at once.
type Mirrored struct {
	A, B  *Run // each run on its own
	Pairs Pairs
}

// MaxDiffRules bounds the rules by which two answers are compared.
const MaxDiffRules = 8

// LatencyPair is the response times of one request at both sides: of successes, and of what was given up on or never answered
// the least that it would have taken.
type LatencyPair struct {
	Second     int32   // of the intended time, since the start of the run
	A, B       float32 // ns
	ALow, BLow bool    // it is such a lower bound
}

// Difference is a request to which the answers differed.
type Difference struct {
	K        uint64        `json:"k"`
	AtNS     time.Duration `json:"at_ns"` // when it was intended
	Endpoint string        `json:"endpoint"`
	Rules    []string      `json:"rules"` // that found a difference
	StatusA  int           `json:"status_a"`
	StatusB  int           `json:"status_b"`
}

// Pairs counts what came of the requests that were sent to both, without those of warm-up phases.
type Pairs struct {
	Compared   uint64            `json:"compared"`         // both answered
	Different  uint64            `json:"different"`        // of those
	ByRule     map[string]uint64 `json:"by_rule"`          // of those, by the rule that found it
	OnlyA      uint64            `json:"only_a"`           // A alone answered whole
	OnlyB      uint64            `json:"only_b"`           // B alone did
	Neither    uint64            `json:"neither"`          // neither did
	Uncounted  uint64            `json:"uncounted"`        // one side never came to the request, or bench could not wait for the other
	Slower     uint64            `json:"slower_b"`         // of the pairs whose latencies are compared: B took longer
	Timed      uint64            `json:"timed"`            // how many those are: both succeeded, or one did and the other was not answered in time
	OneBound   uint64            `json:"one_bound"`        // of those: the other was not answered in time, and took at least so long
	Unanswered uint64            `json:"neither_answered"` // neither was answered in time: which took longer is not known
	Samples    []Difference      `json:"samples"`          // the first that differed
	Latencies  []LatencyPair     `json:"-"`                // of the first two million
}
