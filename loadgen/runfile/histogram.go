package runfile

import (
	"math/bits"
	"time"

	"github.com/HdrHistogram/hdrhistogram-go"
)

// The geometry of every histogram: 1 ns to 1 h, so that any two of the same digits can be merged without loss.
const (
	lowestTrackable  = int64(1)
	HighestTrackable = int64(time.Hour)
	TotalDigits      = 3 // phase totals: 0.1 % of a value
	DetailDigits     = 2 // endpoints and intervals: 1 % of a value
)

// Histogram records durations. The zero value with digits set is ready: its counts are allocated at the first value,
// because most of the histograms that a run could need are never used (270 KB each at 3 digits, 37 KB at 2).
type Histogram struct {
	Digits  int
	counts  *hdrhistogram.Histogram
	clamped uint64 // values that lay outside 1 ns … 1 h and were recorded at the nearer end
}

// Record counts one duration.
func (h *Histogram) Record(d time.Duration) { h.RecordN(d, 1) }

// RecordN counts n of one duration.
func (h *Histogram) RecordN(d time.Duration, n int64) {
	if h.counts == nil {
		h.counts = hdrhistogram.New(lowestTrackable, HighestTrackable, h.Digits)
	}
	v := int64(d)
	switch {
	case v > HighestTrackable:
		v = HighestTrackable
		h.clamped += uint64(n)
	case v < 0:
		v = 0
		h.clamped += uint64(n)
	}
	// The value lies within the geometry, which is the only thing that RecordValues can object to.
	_ = h.counts.RecordValues(v, n)
}

// Count is how many durations were recorded.
func (h *Histogram) Count() uint64 {
	if h.counts == nil {
		return 0
	}
	return uint64(h.counts.TotalCount())
}

// Add merges other, of the same digits, into h.
func (h *Histogram) Add(other *Histogram) {
	h.clamped += other.clamped
	if other.Count() == 0 {
		return
	}
	if h.counts == nil {
		h.counts = hdrhistogram.New(lowestTrackable, HighestTrackable, h.Digits)
	}
	h.counts.Merge(other.counts)
}

// Reset forgets all values and keeps the memory.
func (h *Histogram) Reset() {
	if h.counts != nil {
		h.counts.Reset()
	}
	h.clamped = 0
}

// QuantileAmong returns the value at q (0-1) of n values; h holds those above 0, the others are 0.
func (h *Histogram) QuantileAmong(n uint64, q float64) time.Duration {
	held := h.Count()
	zeros, rank := n-min(held, n), uint64(q*float64(n)+0.5) // HdrHistogram's rank
	if held == 0 || rank <= zeros {
		return 0
	}
	return h.Quantile(float64(rank-zeros) / float64(held))
}

// Quantile returns the value at q (0-1), or 0 of an empty histogram.
func (h *Histogram) Quantile(q float64) time.Duration {
	if h.counts == nil {
		return 0
	}
	return time.Duration(h.counts.ValueAtQuantile(q * 100))
}

// Quantiles returns the values at quantiles (0-1) that ascend, found in one scan; zeros of an empty histogram.
func (h *Histogram) Quantiles(ascending ...float64) []time.Duration {
	values, percent := make([]time.Duration, len(ascending)), make([]float64, len(ascending))
	if h.counts == nil {
		return values
	}
	for i, q := range ascending {
		percent[i] = q * 100
	}
	for i, v := range h.counts.ValueAtPercentilesSlice(percent) {
		values[i] = time.Duration(v)
	}
	return values
}

// indexOf returns the index at which a value is counted with that many digits (2 or 3). Up to a power of two each value has an
// index of its own; from there on half as many indices share each doubling.
func indexOf(value int64, digits int64) int {
	magnitude := 7 // of half the indices of a doubling: 128 tell 1 % apart, 1,024 0.1 %
	if digits == TotalDigits {
		magnitude = 10
	}
	bucket := max(0, bits.Len64(uint64(value))-magnitude-1)
	return bucket<<magnitude + int(value>>bucket)
}
