package runfile

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/HdrHistogram/hdrhistogram-go"
)

// Dist is a distribution of durations: of successes, and of the censored, of which only a lower bound is known.
//
// Its percentiles are over both, each censored value at its bound, so giving up on a request never flatters. A figure
// at or above the smallest bound is itself a lower bound; its key stands in AtLeast.
type Dist struct {
	Count    uint64        `json:"count"` // successes and censored
	MinNS    time.Duration `json:"min_ns"`
	MeanNS   time.Duration `json:"mean_ns"`
	P50NS    time.Duration `json:"p50_ns"`
	P90NS    time.Duration `json:"p90_ns"`
	P95NS    time.Duration `json:"p95_ns"`
	P99NS    time.Duration `json:"p99_ns"`
	P999NS   time.Duration `json:"p999_ns"`
	MaxNS    time.Duration `json:"max_ns"`
	AtLeast  []string      `json:"at_least,omitempty"`
	Censored *Censored     `json:"censored,omitempty"`
	Clamped  uint64        `json:"clamped,omitempty"` // values outside 1 ns … 1 h, counted at the nearer end
	HDR      string        `json:"hdr,omitempty"`     // of the successes: HdrHistogram V2, compressed, base64

	all *hdrhistogram.PackedHistogram // successes and censored
	min time.Duration                 // the smallest censored bound, where there is one
}

// Censored holds the lower bounds of the requests that did not finish.
type Censored struct {
	Count uint64 `json:"count"`
	HDR   string `json:"hdr"`
}

// NewDist returns the distribution of values and of censored bounds with digits significant digits (2 or 3).
func NewDist(digits int, values, censored []time.Duration) Dist {
	ok, bounds := Histogram{Digits: digits}, Histogram{Digits: digits}
	for _, v := range values {
		ok.Record(v)
	}
	for _, v := range censored {
		bounds.Record(v)
	}
	return DistOf(&ok, &bounds)
}

// SummaryOf returns a distribution's figures without its encoded histograms.
func SummaryOf(ok, censored *Histogram) Dist {
	var d Dist
	if censored.Count() > 0 {
		d.Censored = &Censored{Count: censored.Count()}
	}
	d.summarise(pack(ok.counts), pack(censored.counts))
	return d
}

// DistOf summarises the histograms of successes and of censored bounds; censored may be nil.
func DistOf(ok, censored *Histogram) Dist {
	d := Dist{Clamped: ok.clamped}
	successes, bounds := pack(ok.counts), (*hdrhistogram.PackedHistogram)(nil)
	if successes != nil {
		d.HDR = encode(successes)
	}
	if censored != nil && censored.Count() > 0 {
		bounds = pack(censored.counts)
		d.Clamped += censored.clamped
		d.Censored = &Censored{Count: censored.Count(), HDR: encode(bounds)}
	}
	d.summarise(successes, bounds)
	return d
}

// pack returns the counts that are not 0, a few of 34,000: every figure is read off them, and reading all of them for each, or
// copying them, takes most of a run's end. It is nil where nothing was counted.
func pack(h *hdrhistogram.Histogram) *hdrhistogram.PackedHistogram {
	if h == nil || h.TotalCount() == 0 {
		return nil
	}
	p := hdrhistogram.NewPacked(lowestTrackable, HighestTrackable, int(h.SignificantFigures()))
	p.MergeFrom(h) // loses nothing, of the same geometry
	return p
}

// summarise fills the figures from the histograms, either of which may be nil, and takes them over.
func (d *Dist) summarise(ok, censored *hdrhistogram.PackedHistogram) {
	switch {
	case ok == nil && censored == nil:
		return
	case censored == nil:
		d.all = ok
	default:
		d.all, d.min = censored, time.Duration(censored.Min())
		if ok != nil {
			d.all.Merge(ok)
		}
	}
	d.Count = uint64(d.all.TotalCount())
	for _, f := range d.figures() {
		if f.key == "mean_ns" {
			*f.value = time.Duration(d.all.Mean())
		} else {
			*f.value = time.Duration(d.all.ValueAtPercentile(f.quantile * 100))
		}
		// The mean is a lower bound as soon as one of its terms is.
		if censored != nil && (*f.value >= d.min || f.key == "mean_ns") {
			d.AtLeast = append(d.AtLeast, f.key)
		}
	}
}

// summaryFigure is one of the summary's figures with its key in the run file.
type summaryFigure struct {
	key      string
	quantile float64
	value    *time.Duration
}

func (d *Dist) figures() []summaryFigure {
	return []summaryFigure{
		{"min_ns", 0, &d.MinNS},
		{"mean_ns", 0, &d.MeanNS},
		{"p50_ns", 0.50, &d.P50NS},
		{"p90_ns", 0.90, &d.P90NS},
		{"p95_ns", 0.95, &d.P95NS},
		{"p99_ns", 0.99, &d.P99NS},
		{"p999_ns", 0.999, &d.P999NS},
		{"max_ns", 1, &d.MaxNS},
	}
}

// Pack forgets the decoded histogram. The figures and the encoded one stay.
func (d *Dist) Pack() { d.all = nil }

// ShareAbove returns the share (0-1) of values above v.
func (d *Dist) ShareAbove(v time.Duration) float64 {
	if d.all == nil {
		return 0
	}
	var above int64
	for lowest, n := range d.all.ForEachBucket {
		if lowest > int64(v) {
			above += n
		}
	}
	return float64(above) / float64(d.all.TotalCount())
}

// check decodes the histograms of an untrusted distribution and compares every figure with them, so that a damaged or
// edited one is found here and not believed later.
func (d *Dist) check(digits int) error {
	if d.Clamped > d.Count {
		return fmt.Errorf("clamped: %d of %d values", d.Clamped, d.Count)
	}
	ok, err := decode(d.HDR, digits)
	if err != nil {
		return fmt.Errorf("hdr: %w", err)
	}
	read := Dist{Clamped: d.Clamped, HDR: d.HDR, Censored: d.Censored}
	var censored *hdrhistogram.Histogram
	if d.Censored != nil {
		if censored, err = decode(d.Censored.HDR, digits); err != nil {
			return fmt.Errorf("censored: hdr: %w", err)
		}
		if censored == nil || uint64(censored.TotalCount()) != d.Censored.Count {
			return fmt.Errorf("censored: count is %d, which its histogram does not hold", d.Censored.Count)
		}
	}
	read.summarise(pack(ok), pack(censored))
	if read.Count != d.Count {
		return fmt.Errorf("count is %d, but the histograms hold %d", d.Count, read.Count)
	}
	written := d.figures()
	for i, f := range read.figures() {
		if *f.value != *written[i].value {
			return fmt.Errorf("%s is %d, but the histograms say %d", f.key, *written[i].value, *f.value)
		}
	}
	if !slices.Equal(read.AtLeast, d.AtLeast) {
		return fmt.Errorf("at_least is %q, but the histograms say %q", d.AtLeast, read.AtLeast)
	}
	*d = read
	return nil
}

// histograms returns the successes and the censored bounds of a distribution that has been checked.
func (d *Dist) histograms(digits int) (ok, censored *Histogram, err error) {
	ok, censored = &Histogram{Digits: digits, clamped: d.Clamped}, &Histogram{Digits: digits}
	if ok.counts, err = decode(d.HDR, digits); err != nil {
		return nil, nil, err
	}
	if d.Censored != nil {
		censored.counts, err = decode(d.Censored.HDR, digits)
	}
	return ok, censored, err
}

// maxEncoded bounds an encoded histogram: 34,000 counts of 9 bytes before base64, were none of them to compress.
const maxEncoded = 512 << 10

var errGeometry = errors.New("the histogram's range or precision is not this schema's")

// decode reads an untrusted histogram of exactly this package's geometry; nil where s is empty. The library allocates
// what a header declares, up to gigabytes, so the header is read first.
func decode(s string, digits int) (*hdrhistogram.Histogram, error) {
	if s == "" {
		return nil, nil
	}
	if len(s) > maxEncoded {
		return nil, fmt.Errorf("%d bytes, more than any histogram of this schema", len(s))
	}
	if err := checkGeometry(s, digits); err != nil {
		return nil, err
	}
	h, err := hdrhistogram.Decode([]byte(s))
	if err != nil {
		return nil, err
	}
	if h.TotalCount() <= 0 {
		return nil, errors.New("the histogram is empty")
	}
	return h, nil
}
