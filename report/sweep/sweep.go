package sweep

import (
	"time"

	"github.com/seed-5a006608/bench/loadgen/runfile"
	"github.com/seed-5a006608/bench/report/compare"
)

// Kind is what a sweep's file says of itself.
const Kind = "sweep"

// schema rises when a key's meaning changes.
const schema = 1

// MostCells is how many cells a sweep may have.
const MostCells = 8

// Sweep is what a sweep found, and how it was made.
type Sweep struct {
	Schema int    `json:"schema"`
	Kind   string `json:"kind"` // [Kind]
	Answer string `json:"answer"`

	Subject string   `json:"subject"`        // what was swept, as it was named
	Options []string `json:"options"`        // names of the swept options, the slowest to vary first
	Metric  string   `json:"metric"`         // the percentile of the reads that orders the cells: p99, or the highest that the rounds tell
	SLO     []string `json:"slo,omitempty"`  // what a cell is to hold
	Rate    float64  `json:"rate"`           // offered to each cell, requests/s
	Reads   float64  `json:"reads"`          // share of the requests that read, as it was planned, 0-1
	Cells   []Cell   `json:"cells"`          // in the order in which they were given
	Pairs   []Pair   `json:"pairs"`          // every two cells by P50 and by Metric; empty where nothing was tested
	Tested  bool     `json:"tested"`         // the rounds sufficed for the tests, which come after the last one
	Near    *Near    `json:"near,omitempty"` // of a numeric option alone; nil where nothing was tested

	Quads       int    `json:"quads"`
	Planned     int    `json:"planned_quads"`
	Again       int    `json:"rounds_again,omitempty"` // rounds that were driven again
	Why         string `json:"why_again,omitempty"`    // why the last of them was
	Spoiled     bool   `json:"spoiled,omitempty"`      // bench or its host was too late too often: nothing is concluded
	Interrupted bool   `json:"interrupted,omitempty"`
	RoundNS     int64  `json:"round_ns"`
	Restarted   bool   `json:"restarted"` // all cells were started anew for each quad
	Seed        uint64 `json:"seed"`

	Started time.Time     `json:"started"`
	TookNS  time.Duration `json:"took_ns"`
	Repeat  string        `json:"repeat,omitempty"` // the command that does the same again
	Notes   []string      `json:"notes,omitempty"`
	Saved   string        `json:"-"` // path of the file it was saved to
}

// Cell is one choice of the options, with what was measured of it.
type Cell struct {
	Name        string              `json:"name"`
	Values      []string            `json:"values"` // by option of the sweep
	Target      runfile.Target      `json:"target"`
	Environment runfile.Environment `json:"environment"`

	Reads  Latency  `json:"reads"`
	Writes *Latency `json:"writes,omitempty"` // nil: it is not driven with writes
	Hits   *Latency `json:"hits,omitempty"`   // the reads that were answered from the cache
	Misses *Latency `json:"misses,omitempty"`
	Cache  *Cache   `json:"cache,omitempty"` // nil: no answer had a mark
	Due    uint64   `json:"due"`
	Failed uint64   `json:"failed"`
	Memory uint64   `json:"memory,omitempty"` // greatest resident size of the service and of its cache, bytes

	Limited     int  `json:"limited_rounds,omitempty"` // rounds in which it could not carry the load
	Rounds      int  `json:"rounds"`
	Unranked    bool `json:"unranked,omitempty"` // limited in half of the rounds, or no figure in some: in no test
	Best        bool `json:"best"`               // no other cell is ahead: shown to be faster by one percentile, and by no other to be slower
	First, Last int  `json:"-"`                  // its place lies between them, from 1; 0: it has none

	Objectives []Objective     `json:"objectives,omitempty"`
	Holds      compare.Outcome `json:"holds,omitempty"` // all objectives: pass, missed or inconclusive

	Stale  *Stale  `json:"stale,omitempty"`  // nil: not measured
	Lost   *Lost   `json:"lost,omitempty"`   // nil: it was not killed, or the keys could not be read
	Origin *Origin `json:"origin,omitempty"` // nil: not measured
}

// Latency is target times over all rounds, of requests that bench did not disturb.
type Latency struct {
	Count   uint64        `json:"count"`
	P50NS   time.Duration `json:"p50_ns"`
	P95NS   time.Duration `json:"p95_ns"`
	P99NS   time.Duration `json:"p99_ns"`
	AtLeast []string      `json:"at_least,omitempty"` // keys of figures that are lower bounds
	Between *[2]float64   `json:"between,omitempty"`  // bounds of the percentile that orders, in ns, by the scatter of the rounds
}

// Cache counts the reads that a cache answered, and did not.
type Cache struct {
	Hits   uint64 `json:"hits"`
	Misses uint64 `json:"misses"`
}

// Stale is how often reads showed what a write that had been acknowledged before had superseded.
type Stale struct {
	Judged    uint64        `json:"judged"`               // reads
	Stale     uint64        `json:"stale"`                // of them
	Foreign   uint64        `json:"foreign,omitempty"`    // reads of what somebody else wrote, not judged
	NotJudged uint64        `json:"not_judged,omitempty"` // other reads that could not be judged
	AgeP99    time.Duration `json:"age_p99_ns,omitempty"`
	AgeMax    time.Duration `json:"age_max_ns,omitempty"`
	AtLeast   bool          `json:"age_at_least,omitempty"` // AgeP99 is a lower bound
	Between   *[2]float64   `json:"between,omitempty"`      // bounds of the share of stale reads, by the scatter of the rounds
}

// Lost is the acknowledged writes that a cell's database did not hold after the cell was killed and started again.
type Lost struct {
	Writes    uint64        `json:"writes"`
	Keys      uint64        `json:"keys"`                 // read at the database
	Oldest    time.Duration `json:"age_ns"`               // of the oldest lost write, when the cell was killed
	NotJudged uint64        `json:"not_judged,omitempty"` // keys that a write of unknown outcome could explain
}

// Origin is what the database behind a cell was asked.
type Origin struct {
	Statements uint64   `json:"statements"` // in all rounds
	PerSecond  float64  `json:"per_second"`
	Saved      *float64 `json:"saved,omitempty"`  // 1 − statements a read ÷ those of the strategy none; nil: it is not swept
	Timing     bool     `json:"timing,omitempty"` // counted by Server-Timing, which leaves out what is asked in the background
}

// Objective is a cell's finding on what it is to hold.
type Objective struct {
	Text    string          `json:"text"`
	Value   *float64        `json:"value,omitempty"` // in the unit of the threshold; nil: some round has no figure
	Outcome compare.Outcome `json:"outcome"`
}

// Pair is the change of one percentile between two cells.
type Pair struct {
	A      int     `json:"a"` // index into the cells
	B      int     `json:"b"`
	Metric string  `json:"metric"`          // the percentile; in older files always the sweep's, and left out
	Ratio  float64 `json:"ratio,omitempty"` // b over a; 0: not measured
	At95   Bounds  `json:"at_95"`
	Decide Bounds  `json:"decision"`
	Level  float64 `json:"decision_level"`    // two-sided error of Decide, by Holm
	Slower string  `json:"slower"`            // a, b, or "" where they are not told apart
	Guard  bool    `json:"guarded,omitempty"` // bench was late beside one more than beside the other: the finding had to hold with those requests too
}

// Bounds are those of a ratio; 0: no bound on that side.
type Bounds struct {
	Low  float64 `json:"low,omitempty"`
	High float64 `json:"high,omitempty"`
}

// Near says which values of a numeric option are within 10 % of every cell among the best.
type Near struct {
	Within []int `json:"within"` // cells that are shown to be, the least value first
	Open   []int `json:"open"`   // cells of which the time did not tell
}

// Least is the cell of the smallest value that is shown to be near the best; ok is false where none is.
func (n *Near) Least() (cell int, ok bool) {
	if n == nil || len(n.Within) == 0 {
		return 0, false
	}
	return n.Within[0], true
}
