package loadgen

import (
	"testing"
	"time"

	"github.com/seed-5a006608/bench/loadgen/exchange"
	"github.com/seed-5a006608/bench/loadgen/request"
	"github.com/seed-5a006608/bench/loadgen/runfile"
	"github.com/seed-5a006608/bench/profiles"
)

// What the recorder adds to each request.
func BenchmarkRecord(b *testing.B) {
	p := Plan{
		Target:   runfile.Target{Name: "t", URL: "http://127.0.0.1/"},
		Profile:  profiles.Profile{Name: "steady", Arrivals: profiles.Even, Phases: []profiles.Phase{{Name: "load", Kind: profiles.Hold, Duration: time.Hour, From: 1, To: 1}}},
		Requests: []request.Request{{URL: "http://127.0.0.1/"}},
	}
	r, err := newRecording(p)
	if err != nil {
		b.Fatal(err)
	}
	services := profiles.NewStream(1, "services")
	s := r.shards[0]
	stop := make(chan struct{})
	done := make(chan struct{})
	go func() { // the watch, which takes what is handed over
		defer close(done)
		for {
			select {
			case d := <-s.full:
				d.clear()
				s.empty <- d
			case <-stop:
				return
			}
		}
	}()
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		at := time.Duration(i) * 10 * time.Microsecond
		service := time.Duration(100e3 * (1 + services.Exp(uint64(i))))
		s.lateness.cleared(at)
		s.record(&sample{Exchange: &exchange.Exchange{Intended: at, Free: at, Sent: at + 3000, End: at + 3000 + service, FirstByte: at + 3000 + service, BytesIn: 128}})
	}
	close(stop)
	<-done
}
