package loadgen

import (
	"testing"
	"time"

	"github.com/seed-5a006608/bench/loadgen/exchange"
	"github.com/seed-5a006608/bench/loadgen/request"
	"github.com/seed-5a006608/bench/loadgen/runfile"
	"github.com/seed-5a006608/bench/profiles"
)

// What a second of somebody who watches costs beside the run itself: the hand-over in mid-second, the last seconds with a request in
// a hundred still out, and the limits on them.
func BenchmarkProgress(b *testing.B) {
	const seconds = 70
	p := Plan{
		Target:   runfile.Target{Name: "t", URL: "http://127.0.0.1/"},
		Profile:  profiles.Profile{Name: "steady", Arrivals: profiles.Poisson, Phases: []profiles.Phase{{Name: "load", Kind: profiles.Hold, Duration: 100 * time.Second, From: 10_000, To: 10_000}}},
		Requests: []request.Request{{URL: "http://127.0.0.1/"}},
	}
	for _, text := range []string{"p99<200ms", "errors<1%"} {
		t, err := runfile.ParseThreshold(text)
		if err != nil {
			b.Fatal(err)
		}
		p.Thresholds = append(p.Thresholds, t)
	}
	r, err := newRecording(p)
	if err != nil {
		b.Fatal(err)
	}
	services, s := profiles.NewStream(1, "services"), r.shards[0]
	cursor, now := r.schedule.Cursor(), time.Second
	for {
		k, at, ok := cursor.Next()
		if !ok || at >= seconds*time.Second+tellAfter {
			break
		}
		if at >= now+settle {
			r.tick(now)
			now += time.Second
		}
		s.lateness.cleared(at)
		if k%100 == 0 && at > seconds*time.Second-5*time.Second {
			continue
		}
		end := at + time.Duration(100e3*(1+services.Exp(k)))
		s.record(&sample{Exchange: &exchange.Exchange{Intended: at, Free: at, Sent: at + 3000, End: end, FirstByte: end}})
	}
	r.tick(seconds * time.Second)
	w := watch{recording: r}
	b.ReportAllocs()
	for b.Loop() {
		w.ask(true)
		w.ask(false)
		s.handOver(seconds*time.Second + tellAfter)
		r.timeline.collect(r.shards)
		list := runfile.Progress{Seconds: r.timeline.latest(r.shards, seconds*time.Second+tellAfter, r.layout.length, runfile.ProgressSeconds)}
		w.tellLimits(&list, (seconds-1)*time.Second)
	}
}
