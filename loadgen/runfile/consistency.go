package runfile

import (
	"cmp"
	"errors"
	"fmt"
	"time"
)

// Consistency counts what versions show of the reads and writes intended in one phase. Bench's own lateness does not change it.
type Consistency struct {
	Reads    uint64 `json:"reads"`               // judged
	Stale    uint64 `json:"stale"`               // of those, certainly: a newer write was acknowledged before the read was sent
	OwnStale uint64 `json:"own_stale,omitempty"` // of those, in the closed model: a newer write was the same user's
	StaleAge Dist   `json:"stale_age"`           // of the stale ones, the least that each age is; censored: the version was forgotten

	Foreign   uint64 `json:"foreign,omitempty"`    // not judged: somebody else wrote what was read
	NotJudged uint64 `json:"not_judged,omitempty"` // no version in the answer, no key in the request, or too much was forgotten

	Writes  uint64 `json:"writes"`            // acknowledged
	Unknown uint64 `json:"unknown,omitempty"` // writes of unknown outcome: they failed, were cut off or were sent twice

	Lost *Lost `json:"lost,omitempty"` // of a whole run; nil: the keys were not read back
}

// Lost counts the written keys by what the origin held when they were read back, after a run or a kill.
type Lost struct {
	Keys      uint64        `json:"keys"`                 // read back
	Of        uint64        `json:"of"`                   // number of written keys; more than Keys: the keys read back are a sample
	GoneBack  uint64        `json:"gone_back"`            // keys of which an acknowledged write is certainly newer than the version found
	Writes    uint64        `json:"writes"`               // all those writes
	AgeMaxNS  time.Duration `json:"age_max_ns,omitempty"` // from acknowledgement to kill, of the oldest of them
	NotJudged uint64        `json:"not_judged,omitempty"` // keys: a write of unknown outcome could explain them, or somebody else wrote
	Again     uint64        `json:"again,omitempty"`      // keys written again after the kill, and not judged
}

// foreignShare is the share of reads of foreign versions above which somebody else writes.
const foreignShare = 0.01

// StaleShare returns the share (0-1) of the judged reads that were stale; 0 where none was judged.
func (c *Consistency) StaleShare() float64 {
	if c.Reads == 0 {
		return 0
	}
	return float64(c.Stale) / float64(c.Reads)
}

// Disputed reports whether so many of the versions read were foreign that somebody else must write there.
func (c *Consistency) Disputed() bool {
	return float64(c.Foreign) > foreignShare*float64(c.Reads+c.Foreign)
}

// merge adds what another counted. Lost writes are added up.
func (c *Consistency) merge(o *Consistency) (*Consistency, error) {
	if c == nil || o == nil {
		return cmp.Or(c, o), nil
	}
	m := Consistency{
		Reads: c.Reads + o.Reads, Stale: c.Stale + o.Stale, OwnStale: c.OwnStale + o.OwnStale, StaleAge: c.StaleAge,
		Foreign: c.Foreign + o.Foreign, NotJudged: c.NotJudged + o.NotJudged, Writes: c.Writes + o.Writes, Unknown: c.Unknown + o.Unknown,
		Lost: c.Lost.merge(o.Lost),
	}
	if err := m.StaleAge.merge(&o.StaleAge, TotalDigits); err != nil {
		return nil, fmt.Errorf("consistency: stale_age: %w", err)
	}
	return &m, nil
}

func (l *Lost) merge(o *Lost) *Lost {
	if l == nil || o == nil {
		return cmp.Or(l, o)
	}
	return &Lost{
		Keys: l.Keys + o.Keys, Of: l.Of + o.Of, GoneBack: l.GoneBack + o.GoneBack, Writes: l.Writes + o.Writes,
		AgeMaxNS: max(l.AgeMaxNS, o.AgeMaxNS), NotJudged: l.NotJudged + o.NotJudged, Again: l.Again + o.Again,
	}
}

// check validates what an untrusted phase of so many due requests says.
func (c *Consistency) check(due uint64) error {
	if c == nil {
		return nil
	}
	if err := c.StaleAge.check(TotalDigits); err != nil {
		return fmt.Errorf("consistency: stale_age: %w", err)
	}
	for _, n := range []uint64{c.Reads, c.Foreign, c.NotJudged, c.Writes, c.Unknown} {
		if n > due { // keeps their sum from overflowing
			return fmt.Errorf("consistency: %d of %d requests cannot be", n, due)
		}
	}
	switch {
	case c.Stale > c.Reads || c.OwnStale > c.Stale || c.StaleAge.Count != c.Stale:
		return fmt.Errorf("consistency: of %d reads %d stale, %d of them one's own and the ages of %d cannot be", c.Reads, c.Stale, c.OwnStale, c.StaleAge.Count)
	case c.Reads+c.Foreign+c.NotJudged+c.Writes+c.Unknown > due:
		return fmt.Errorf("consistency: %d reads and %d writes are more than the %d requests", c.Reads+c.Foreign+c.NotJudged, c.Writes+c.Unknown, due)
	}
	if l := c.Lost; l != nil && (l.Keys > l.Of || l.GoneBack > l.Keys || l.NotJudged > l.Keys || l.Again > l.Keys || l.Writes < l.GoneBack || l.AgeMaxNS < 0) {
		return errors.New("consistency: what is said to be lost cannot be")
	}
	return nil
}

// checkConsistency holds what an untrusted run says of its phases, and of all of them, together.
func (r *Run) checkConsistency() error {
	var sum, stale uint64
	for i := range r.Phases {
		c := r.Phases[i].Consistency
		if (c == nil) != (r.Overall.Consistency == nil) {
			return errors.New("consistency: it is of some phases alone")
		}
		if c == nil {
			continue
		}
		stale += c.Stale
		if r.Phases[i].Kind != "warmup" {
			sum += c.Reads - c.Stale
		}
	}
	if c := r.Overall.Consistency; c != nil && (c.Reads-c.Stale != sum || c.Stale > stale) {
		return errors.New("consistency: overall is not what its phases add up to")
	}
	return nil
}
