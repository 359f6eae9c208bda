package loadgen

import (
	"slices"
	"time"

	"github.com/seed-5a006608/bench/profiles"
)

// Users who ask in step: their requests come together, and the target stands idle in between.
const (
	inStepShare = 0.2 // of the requests of each window in its fullest part, beyond an even one; of users who do not, a tenth or less
	inStepLeast = 20  // requests in a window, of which chance alone brings a sixth together in a twentieth of it
)

// secondParts counts what was sent in each twentieth of a second.
type secondParts [20]uint32

func (p *secondParts) count(at time.Duration) {
	p[at%time.Second/partLength]++
}

func (p *secondParts) add(other *secondParts) {
	for i, n := range other {
		p[i] += n
	}
}

// partLength is how long a part of a second is.
const partLength = time.Second / time.Duration(len(secondParts{}))

// inStep returns the share of requests that were sent in the fullest twentieth of a second of each window, in the second half of a
// run of that length: what users who began together have not lost by then they keep. A window is a second, or where users think
// shorter and always as long, so many twentieths that none of them asks twice in it. The share is 0 where they do not ask in step,
// or too few ask to tell, or they think too shortly for that.
func (t *timeline) inStep(think profiles.Think, length time.Duration) (share float64, window time.Duration) {
	n := len(secondParts{})
	if short := int(think.Mean / partLength); think.Law == profiles.FixedThink && short >= 2 {
		n = min(n, short)
	}
	var fullest, all float64
	from, to := int((length/2+time.Second-1)/time.Second), int(length/time.Second)
	for i := from; i < min(to, len(t.counts)); i++ {
		for parts := t.counts[i].parts[:]; len(parts) >= n; parts = parts[n:] {
			var sent uint32
			for _, count := range parts[:n] {
				sent += count
			}
			if sent >= inStepLeast {
				fullest += float64(slices.Max(parts[:n]))
				all += float64(sent)
			}
		}
	}
	if all == 0 || fullest < (inStepShare+1/float64(n))*all {
		return 0, 0
	}
	return fullest / all, time.Duration(n) * partLength
}
