package journey

import (
	"runtime"
	"testing"
	"time"

	"github.com/seed-5a006608/bench/loadgen/exchange"
)

// A journey in progress takes at most 2 KB beside its cookies and what it took.
func TestMemoryOfJourneysInProgress(t *testing.T) {
	const n = 10_000
	j := shop()
	j.NoCookies = true
	b := newBook(t, j)
	b.Disturbed = func(time.Duration) (bool, bool) { return false, false }
	var later exchange.Later
	var before, after runtime.MemStats
	asks := func(k uint64) {
		if _, err := b.Send(k, time.Duration(k)); err != nil {
			t.Fatal(err)
		}
		x := &exchange.Exchange{K: k, Intended: time.Duration(k), Sent: time.Duration(k + 1), End: time.Duration(k + 2), Status: 200}
		if b.Failure(x, []byte(`{"token":"t"}`)) != "" {
			t.Fatal("the token was not taken")
		}
		due, ok := b.FollowUp(x)
		if !ok {
			t.Fatal("nothing follows")
		}
		later.Push(k, due)
	}
	asks(n) // what is there once
	runtime.GC()
	runtime.ReadMemStats(&before)
	for k := range uint64(n) {
		asks(k)
	}
	runtime.GC()
	runtime.ReadMemStats(&after)
	each := (int64(after.HeapAlloc) - int64(before.HeapAlloc)) / n
	if b.InProgress() != n+1 || each > 2<<10 || each < 100 {
		t.Errorf("%d are in progress, of %d bytes each", b.InProgress(), each)
	}
	runtime.KeepAlive(&later)
}
