package loadgen

import (
	"cmp"
	"container/heap"
	"testing"
	"time"

	"github.com/seed-5a006608/bench/loadgen/exchange"
	"github.com/seed-5a006608/bench/loadgen/request"
	"github.com/seed-5a006608/bench/loadgen/runfile"
	"github.com/seed-5a006608/bench/profiles"
)

// journeyServer is a server in virtual time.
type journeyServer struct {
	workers int // 0: unlimited
	service time.Duration
	freeze  [2]time.Duration                                // from, to: nothing is answered in between
	status  func(k uint64, part int) int                    // of the answers; nil: 200
	lag     func(k uint64, due time.Duration) time.Duration // how late the generator is; nil: never
}

// fakeJourneys drives a plan of journeys at a server in virtual time, as an engine would that has slots enough.
func fakeJourneys(t *testing.T, p Plan, server journeyServer) *runfile.Run {
	t.Helper()
	p.Engine = runfile.EngineHTTP
	r, err := newRecording(p)
	if err != nil {
		t.Fatal(err)
	}
	c, sink := r.config(time.Unix(0, 0), 0), r.sink(0)
	workers, answers := make(instants, server.workers), fakeServer{freeze: server.freeze, service: func(uint64) time.Duration { return server.service }}
	var later exchange.Later
	var open fakeExchanges
	cursor := r.schedule.Cursor()
	k, at, more := cursor.Next()
	end := ending{at: c.Length + c.Tail + c.Drain, cut: c.Length + c.Tail, loops: []loopEnd{{next: r.schedule.Total()}}}
	second, now := time.Second, time.Duration(0)
	for {
		dueK, due, follows := later.First()
		if !follows || more && at < due {
			dueK, due, follows = k, at, false
		}
		if !more && !follows {
			due = 1<<63 - 1
		}
		ends := len(open) > 0 && open[0].End <= due
		if due >= end.at && !ends {
			end.at = max(now, c.Length)
			break
		}
		if now = due; ends {
			now = open[0].End
		}
		for ; second+settle <= now; second += time.Second {
			r.tick(second)
		}
		sink.Cleared(now)
		if ends {
			x := heap.Pop(&open).(*exchange.Exchange)
			if x.Kind = c.Failure(x, nil); x.Kind != "" {
				x.Outcome = exchange.Failed
			}
			if at, ok := c.FollowUp(x); ok {
				later.Push(x.K, at)
			}
			sink.Record(x)
			continue
		}
		if follows {
			later.Pop()
		} else {
			k, at, more = cursor.Next()
		}
		s, err := r.books[0].Send(dueK, due)
		if err != nil {
			t.Fatal(err)
		}
		x := &exchange.Exchange{K: dueK, Intended: due, Slot: due, Free: due, Sent: max(due, 1), Status: 200}
		if server.lag != nil {
			x.Sent += server.lag(dueK, due)
		}
		sink.Sent(due, x.Sent)
		x.End = answers.answer(workers, dueK, x.Sent)
		x.FirstByte = x.End
		if server.status != nil {
			x.Status = cmp.Or(server.status(dueK, s.Part), x.Status)
		}
		heap.Push(&open, x)
	}
	if server.freeze[1] > 0 {
		sink.Silence(server.freeze[0], server.freeze[1])
	}
	return r.finish(end, runfile.Resources{})
}

// fakeExchanges is a heap whose first ends first.
type fakeExchanges []*exchange.Exchange

func (h fakeExchanges) Len() int           { return len(h) }
func (h fakeExchanges) Less(i, j int) bool { return h[i].End < h[j].End }
func (h fakeExchanges) Swap(i, j int)      { h[i], h[j] = h[j], h[i] }
func (h *fakeExchanges) Push(x any)        { *h = append(*h, x.(*exchange.Exchange)) }
func (h *fakeExchanges) Pop() any {
	last := (*h)[len(*h)-1]
	*h = (*h)[:len(*h)-1]
	return last
}

// stepsOf is a plan of journeys of so many steps at a steady rate, with a think time before all but the first.
func stepsOf(steps int, think profiles.Think, rate float64, length time.Duration) Plan {
	p := steady("http://127.0.0.1:1", length)
	p.Requests = nil
	p.Profile.Phases[0].From, p.Profile.Phases[0].To = rate, rate
	j := request.Journey{Name: "buy"}
	for i := range steps {
		s := request.Step{Request: request.Request{Name: string(rune('a'+i%26)) + string(rune('a'+i/26)), URL: p.Target.URL + "/"}}
		if i > 0 {
			s.Think = think
		}
		j.Steps = append(j.Steps, s)
	}
	p.Journeys = []request.Journey{j}
	return p
}
