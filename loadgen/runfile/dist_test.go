package runfile

import (
	"reflect"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// Merging is lossless: two runs' histograms, merged, are those of all their values in one.
func TestMergeEqualsOneRecordingOfBoth(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		ms := rapid.SliceOf(rapid.Custom(func(t *rapid.T) time.Duration {
			return time.Duration(rapid.Int64Range(0, int64(2*time.Hour)).Draw(t, "ns"))
		}))
		a, b, ca, cb := ms.Draw(t, "a"), ms.Draw(t, "b"), ms.Draw(t, "ca"), ms.Draw(t, "cb")
		merged := NewDist(3, a, ca)
		other := NewDist(3, b, cb)
		if err := merged.merge(&other, 3); err != nil {
			t.Fatal(err)
		}
		want := NewDist(3, slices.Concat(a, b), slices.Concat(ca, cb))
		merged.Pack()
		want.Pack()
		if !reflect.DeepEqual(merged, want) {
			t.Fatalf("merged %+v\nwant   %+v", merged, want)
		}
	})
}
