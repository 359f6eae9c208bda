package runfile

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
)

// secondKinds is how many kinds of failure the seconds of a run tell apart: its commonest. The rest is counted as other.
const secondKinds = 8

// KindCounts counts the failures of a second by their kind. It is nil until there is one.
type KindCounts map[string]uint64

// Count counts n failures of a kind.
func (k *KindCounts) Count(kind string, n uint64) {
	if *k == nil {
		*k = make(KindCounts)
	}
	if _, known := (*k)[kind]; !known && len(*k) >= MaxErrorKinds {
		kind = Other
	}
	(*k)[kind] += n
}

// Add adds the counts of another second.
func (k *KindCounts) Add(o KindCounts) {
	for kind, n := range o {
		k.Count(kind, n)
	}
}

// FoldKinds leaves the commonest kinds of all seconds apart in each.
func FoldKinds(list []Interval) {
	var all KindCounts
	for _, s := range list {
		all.Add(s.Failures)
	}
	kinds := slices.SortedFunc(maps.Keys(all), func(a, b string) int {
		return cmp.Or(cmp.Compare(all[b], all[a]), cmp.Compare(a, b))
	})
	kinds = slices.DeleteFunc(kinds, func(k string) bool { return k == Other })
	if len(kinds) > secondKinds {
		kinds = kinds[:secondKinds]
	}
	for i := range list {
		var folded KindCounts
		for kind, n := range list[i].Failures {
			if !slices.Contains(kinds, kind) {
				kind = Other
			}
			folded.Count(kind, n)
		}
		list[i].Failures = folded
	}
}

// checkKinds says what cannot be of what a second of a file tells apart; off is what each count may be off where it is a mean.
func (s *Interval) checkKinds(off uint64) error {
	var failures uint64
	for kind, n := range s.Failures {
		if len(kind) > maxText {
			return fmt.Errorf("a kind of failure is named in %d bytes", len(kind))
		}
		if failures += n; failures < n {
			return fmt.Errorf("failures: more than can be counted")
		}
	}
	if len(s.Failures) > secondKinds+1 {
		return fmt.Errorf("failures: %d kinds are told apart, more than %d", len(s.Failures), secondKinds+1)
	}
	if failures > s.Failed+off*uint64(len(s.Failures)+1) {
		return fmt.Errorf("failures: %d by kind, but %d failed", failures, s.Failed)
	}
	if answers := s.OK + s.Failed + 3*off; s.Hits > answers || s.Misses > answers || s.Hits+s.Misses > answers {
		return fmt.Errorf("%d hits and %d misses of %d that succeeded and %d that failed", s.Hits, s.Misses, s.OK, s.Failed)
	}
	return nil
}
