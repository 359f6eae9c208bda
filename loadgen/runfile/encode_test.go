package runfile

import (
	"testing"
	"time"

	"github.com/HdrHistogram/hdrhistogram-go"
	"pgregory.net/rapid"
)

// Other tools read what is written, and files of before hold the same bytes: both as the library has them.
func TestHistogramsAreEncodedAsByTheLibrary(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		h := Histogram{Digits: rapid.IntRange(2, 3).Draw(t, "digits")}
		for range rapid.IntRange(1, 40).Draw(t, "values") {
			value := rapid.OneOf(rapid.Int64Range(0, 64), rapid.Int64Range(0, int64(time.Hour))).Draw(t, "ns")
			h.RecordN(time.Duration(value), rapid.OneOf(rapid.Int64Range(1, 300), rapid.Int64Range(1, 1<<57)).Draw(t, "times"))
		}
		want, err := h.counts.Encode(hdrhistogram.V2CompressedEncodingCookieBase)
		if err != nil {
			t.Fatal(err)
		}
		if got := encode(pack(h.counts)); got != string(want) {
			t.Fatalf("%s\nwant %s", got, want)
		}
		if d := SummaryOf(&h, &Histogram{}); int64(d.MinNS) != h.counts.Min() || int64(d.MaxNS) != h.counts.Max() {
			t.Fatalf("%d … %d, want %d … %d", d.MinNS, d.MaxNS, h.counts.Min(), h.counts.Max())
		}
	})
}

func TestIndexOfIsTheLibrarys(t *testing.T) {
	for _, digits := range []int{DetailDigits, TotalDigits} {
		h := Histogram{Digits: digits}
		h.Record(time.Hour) // the bars end with the last value
		for i, bar := range h.counts.Distribution() {
			if from, to := indexOf(bar.From, int64(digits)), indexOf(bar.To, int64(digits)); from != i || to != i {
				t.Fatalf("%d digits: %d to %d are of index %d to %d, want %d", digits, bar.From, bar.To, from, to, i)
			}
		}
	}
}

// What lies above a value is told by the lowest value of each bar.
func TestShareAbove(t *testing.T) {
	d := NewDist(3, []time.Duration{1, 2, 3, 5 * time.Microsecond, time.Second, time.Hour}, nil)
	for v, want := range map[time.Duration]float64{-1: 1, 0: 1, 1: 5. / 6, 3: 0.5, 5 * time.Microsecond: 1. / 3, 999 * time.Millisecond: 1. / 3, time.Hour: 0} {
		if got := d.ShareAbove(v); got != want {
			t.Errorf("above %v: %v, want %v", v, got, want)
		}
	}
}

func BenchmarkDistOf(b *testing.B) {
	h := Histogram{Digits: TotalDigits}
	for i := range 3000 {
		h.Record(time.Millisecond + time.Duration(i)*time.Microsecond)
	}
	b.ReportAllocs()
	for b.Loop() {
		DistOf(&h, nil)
	}
}

func TestQuantilesOfOneScanAreThoseOfOneEach(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		h := Histogram{Digits: rapid.IntRange(2, 3).Draw(t, "digits")}
		for _, v := range rapid.SliceOf(rapid.Int64Range(0, HighestTrackable)).Draw(t, "values") {
			h.Record(time.Duration(v))
		}
		got := h.Quantiles(0, 0.50, 0.95, 0.99, 1)
		for i, q := range []float64{0, 0.50, 0.95, 0.99, 1} {
			if want := h.Quantile(q); got[i] != want {
				t.Fatalf("at %v: %v, want %v", q, got[i], want)
			}
		}
	})
}
