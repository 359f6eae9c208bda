package runfile

import (
	"errors"
	"time"
)

const (
	warmShare = 0.9              // of the last ratio, from which on a cache is warm
	warmLast  = 10 * time.Second // over which the last ratio is taken
)

// CacheWarmUp is how a cache warmed up, by the hits and misses of a run's seconds.
type CacheWarmUp struct {
	Ratio   float64       `json:"ratio"`              // hits per lookup in the last 10 s with lookups, 0-1
	Ended   bool          `json:"ended"`              // the ratio came to 90 % of that and stayed there
	AfterNS time.Duration `json:"after_ns,omitempty"` // start of the first second from which it did
}

// TellCacheWarmUp fills in how the cache warmed up. That is not measured where no answer said whether it was a hit, and in a run
// of no more than 10 s with lookups. A second of fewer than ten lookups says nothing.
func (r *Run) TellCacheWarmUp() { r.CacheWarmUp = cacheWarmUp(r.Intervals) }

func cacheWarmUp(seconds []Interval) *CacheWarmUp {
	lookups := func(s *Interval) float64 { return float64(s.Hits) + float64(s.Misses) }
	for len(seconds) > 0 && lookups(&seconds[len(seconds)-1]) == 0 {
		seconds = seconds[:len(seconds)-1]
	}
	last := len(seconds) - int(warmLast/time.Second)
	if last <= 0 {
		return nil
	}
	var hits, all float64
	for i := range seconds[last:] {
		s := &seconds[last+i]
		hits, all = hits+float64(s.Hits), all+lookups(s)
	}
	w := &CacheWarmUp{Ratio: hits / all}
	from := len(seconds)
	for from > 0 {
		s := &seconds[from-1]
		if n := lookups(s); n >= Fewest && float64(s.Hits) < warmShare*w.Ratio*n {
			break
		}
		from--
	}
	if w.Ended = from < len(seconds); w.Ended {
		w.AfterNS = time.Duration(from) * time.Second
	}
	return w
}

// checkCacheWarmUp holds what an untrusted run says of it against its seconds.
func (r *Run) checkCacheWarmUp() error {
	if r.CacheWarmUp == nil {
		return nil
	}
	w := cacheWarmUp(r.Intervals)
	if w == nil || !near(w.Ratio, r.CacheWarmUp.Ratio) || w.Ended != r.CacheWarmUp.Ended || w.AfterNS != r.CacheWarmUp.AfterNS {
		return errors.New("cache_warm_up: it is not what the seconds say")
	}
	return nil
}
