package loadgen

import (
	"testing"
	"time"

	"github.com/seed-5a006608/bench/loadgen/exchange"
	"github.com/seed-5a006608/bench/loadgen/request"
	"github.com/seed-5a006608/bench/loadgen/runfile"
	"github.com/seed-5a006608/bench/profiles"
)

// Loops notice an interrupt one after the other, and a tick may have counted what was due in between: the seconds, the totals
// and the file agree all the same.
func TestAnInterruptedRunHasOneCut(t *testing.T) {
	const perSecond, length = 1000, 10 * time.Second
	for name, tc := range map[string]struct {
		cuts []time.Duration // at which each loop noticed; length: it did not
		tick time.Duration   // until when a tick counted what was due
		want time.Duration
	}{
		"one loop":                   {[]time.Duration{2500 * ms}, 0, 2500 * ms},
		"three loops":                {[]time.Duration{2500 * ms, 2504 * ms, 2501 * ms}, 0, 2504 * ms},
		"a tick between":             {[]time.Duration{2997 * ms, 2998 * ms}, 3 * time.Second, 3 * time.Second},
		"a loop with nothing to do":  {[]time.Duration{9999500 * time.Microsecond, length}, 0, 9999500 * time.Microsecond},
		"none was interrupted":       {[]time.Duration{length, length}, 0, length},
		"cut before the first begun": {[]time.Duration{0, 0}, 0, 0},
	} {
		p := Plan{
			Profile: profiles.Profile{Name: "cut", Arrivals: profiles.Even, Phases: []profiles.Phase{
				{Name: "load", Kind: profiles.Hold, Duration: length, From: perSecond, To: perSecond},
			}},
			Requests: []request.Request{{URL: "http://fake/"}}, Seed: 1, Limits: Limits{Timeout: time.Second, Drain: time.Second},
		}.withDefaults()
		p.Wire.Loops = len(tc.cuts)
		r, err := newRecording(p)
		if err != nil {
			t.Fatal(err)
		}
		ends := make([]exchange.End, len(tc.cuts))
		for i, cut := range tc.cuts {
			ends[i] = exchange.End{At: tc.want + 100*ms, Cut: cut, Stopped: cut, Next: uint64(i)}
		}
		cursor := r.schedule.Cursor()
		for {
			k, at, ok := cursor.Next()
			if !ok {
				break
			}
			loop := &ends[k%uint64(len(ends))]
			if at >= loop.Cut {
				continue
			}
			loop.Next = k + uint64(len(ends))
			r.shards[0].record(&sample{Exchange: &exchange.Exchange{Intended: at, Free: at, Slot: at, Sent: at + 1, FirstByte: at + ms, End: at + ms}})
		}
		if tc.tick > 0 {
			r.tick(tc.tick)
		}
		e := joinEnds(ends, length)
		r.settle(&e)
		run := r.finish(e, runfile.Resources{})
		var due uint64
		for _, s := range run.Intervals {
			due += s.Due
		}
		if want := uint64((tc.want*perSecond + time.Second - 1) / time.Second); due != run.Requests.Due || due != want || run.Interrupted != (tc.want < length) {
			t.Errorf("%s: the seconds hold %d, the totals %d, want %d; interrupted %v", name, due, run.Requests.Due, want, run.Interrupted)
		}
		if tc.want > 0 {
			readBack(t, run)
		}
	}
}
