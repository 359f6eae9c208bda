package loadgen

import (
	"slices"
	"time"
)

// Users who ask in step: their requests come together, and the target stands idle in between.
const (
	inStepShare = 0.25 // of the requests of each second in its fullest twentieth; of users who do not, a tenth or less
	inStepLeast = 20   // requests in a second, of which chance alone brings a sixth together
)

// secondParts counts what was sent in each twentieth of a second.
type secondParts [20]uint32

func (p *secondParts) count(at time.Duration) {
	p[at%time.Second/(time.Second/time.Duration(len(p)))]++
}

func (p *secondParts) add(other *secondParts) {
	for i, n := range other {
		p[i] += n
	}
}

// inStep returns the share of requests that were sent in the fullest twentieth of their second, in the second half of a run of
// that length: what users who began together have not lost by then they keep. It is 0 where they do not ask in step, or too
// few ask to tell.
func (t *timeline) inStep(length time.Duration) float64 {
	var fullest, all float64
	from, to := int((length/2+time.Second-1)/time.Second), int(length/time.Second)
	for i := from; i < min(to, len(t.counts)); i++ {
		if c := &t.counts[i]; c.sent >= inStepLeast {
			fullest += float64(slices.Max(c.parts[:]))
			all += float64(c.sent)
		}
	}
	if all == 0 || fullest < inStepShare*all {
		return 0
	}
	return fullest / all
}
