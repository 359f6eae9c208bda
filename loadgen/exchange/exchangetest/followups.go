package exchangetest

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/seed-5a006608/bench/loadgen/exchange"
)

// steps has each request followed by others, until there were so many of one number.
type steps struct {
	most  int
	think func(k uint64, part int) time.Duration // before that part

	mu   sync.Mutex
	over map[uint64]int
	dues map[uint64]time.Duration // of the exchange that is to come
	test *testing.T
}

func newSteps(t *testing.T, most int, think func(uint64, int) time.Duration) *steps {
	return &steps{most: most, think: think, over: map[uint64]int{}, dues: map[uint64]time.Duration{}, test: t}
}

func (s *steps) followUp(x *exchange.Exchange) (time.Duration, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	part := s.over[x.K]
	if due := s.dues[x.K]; part > 0 && x.Intended != due {
		s.test.Errorf("request %d, part %d: due at %v, not at %v", x.K, part, x.Intended, due)
	}
	if x.Part != 0 {
		s.test.Errorf("request %d is part %d before anybody said so", x.K, x.Part)
	}
	x.Part = part
	part++
	s.over[x.K], s.dues[x.K] = part, x.End+s.think(x.K, part)
	return s.dues[x.K], part < s.most
}

// A request's follow-ups are due when it is over and they say, go between those of the schedule, and are its own number's.
func followUps(t *testing.T, s suite) {
	const n, parts = 40, 3
	address := s.serve(t, func(w http.ResponseWriter, r *http.Request) {})
	of := newSteps(t, parts, func(k uint64, part int) time.Duration {
		return time.Duration(k%2) * time.Duration(part) * 5 * time.Millisecond
	})
	r, end := s.drive(t, t.Context(), address, Evenly{N: n}, exchange.Config{FollowUp: of.followUp, Tail: Hang})
	if r.Count(exchange.Succeeded) != n*parts || len(r.Exchanges) != n*parts || len(r.Sends) != n*parts || end.Next != n {
		t.Errorf("%d recorded, %d succeeded and %d sent of %d, %d taken", len(r.Exchanges), r.Count(exchange.Succeeded), len(r.Sends), n*parts, end.Next)
	}
	seen := map[[2]uint64]bool{}
	for i := range r.Exchanges {
		x := &r.Exchanges[i]
		seen[[2]uint64{x.K, uint64(x.Part)}] = true
		if x.Sent < x.Intended || x.Wait()+x.Lag()+x.Service() != x.Response() {
			t.Errorf("request %d, part %d: due at %v, sent at %v; wait %v, lag %v", x.K, x.Part, x.Intended, x.Sent, x.Wait(), x.Lag())
		}
	}
	if len(seen) != n*parts {
		t.Errorf("%d of %d parts were recorded", len(seen), n*parts)
	}
	if longest := n*time.Millisecond + Hang; end.Cut != longest || end.At >= longest {
		t.Errorf("it ended at %v, cut at %v", end.At, end.Cut)
	}
}

// With one slot, what follows waits for it as all else does.
func followUpsInOneSlot(t *testing.T, s suite) {
	const n, parts = 10, 3
	address := s.serve(t, func(w http.ResponseWriter, r *http.Request) { time.Sleep(2 * time.Millisecond) })
	of := newSteps(t, parts, func(uint64, int) time.Duration { return 0 })
	r, _ := s.drive(t, t.Context(), address, Evenly{N: n}, exchange.Config{FollowUp: of.followUp, Slots: 1})
	if r.Count(exchange.Succeeded) != n*parts {
		t.Fatalf("%d of %d succeeded", r.Count(exchange.Succeeded), n*parts)
	}
	for i := 1; i < len(r.Exchanges); i++ {
		if x, before := &r.Exchanges[i], &r.Exchanges[i-1]; x.Sent < before.Sent {
			t.Errorf("request %d, part %d was sent at %v, before %v", x.K, x.Part, x.Sent, before.Sent)
		}
	}
}

// A user goes on with a number to its end, also when nobody begins any more, and thinks before the next.
func followUpsOfUsers(t *testing.T, s suite) {
	const n, users, parts, think = 12, 3, 4, 2 * time.Millisecond
	address := s.serve(t, func(w http.ResponseWriter, r *http.Request) {})
	for _, tc := range []struct {
		n      uint64
		length time.Duration
	}{{n, Hang}, {1 << 40, 10 * time.Millisecond}} {
		of := newSteps(t, parts, func(uint64, int) time.Duration { return 5 * time.Millisecond })
		r, end := s.drive(t, t.Context(), address, Evenly{N: tc.n}, exchange.Config{
			FollowUp: of.followUp, Users: Crowd(users, think, tc.length), Slots: users, Length: tc.length, Tail: Hang,
		})
		if n := int(end.Next) * parts; n == 0 || len(r.Exchanges) != n || r.Count(exchange.Succeeded) != n || tc.n < 1<<40 && end.Next != tc.n {
			t.Errorf("%d of %d numbers: %d recorded, %d succeeded", end.Next, tc.n, len(r.Exchanges), r.Count(exchange.Succeeded))
		}
		at, ended := map[int]uint64{}, map[int]time.Duration{} // by user
		for i := range r.Exchanges {
			x := &r.Exchanges[i]
			if x.Part > 0 && at[x.User] != x.K {
				t.Errorf("user %d goes on with %d after %d", x.User, x.K, at[x.User])
			}
			if x.Part == 0 && (x.Intended < ended[x.User]+think || x.Intended >= tc.length) {
				t.Errorf("user %d begins with %d at %v, after the end at %v", x.User, x.K, x.Intended, ended[x.User])
			}
			at[x.User], ended[x.User] = x.K, x.End
		}
	}
}

// What is due when the drain is over is recorded; what would have been due later never was.
func followUpsThatAreCutOff(t *testing.T, s suite) {
	const n = 6
	address := s.serve(t, func(w http.ResponseWriter, r *http.Request) {})
	for drain := 200 * time.Millisecond; ; drain *= 4 {
		of := newSteps(t, 2, func(k uint64, _ int) time.Duration { return time.Duration(k%2) * Hang })
		r, end := s.drive(t, t.Context(), address, Evenly{N: n}, exchange.Config{FollowUp: of.followUp, Drain: drain})
		if least := n*time.Millisecond + drain; end.At < least {
			t.Errorf("it ended at %v, before %v", end.At, least)
		}
		if r.Count(exchange.Succeeded) == n+n/2 && len(r.Exchanges) == n+n/2 {
			return
		}
		// The drain of a busy machine may cut off more.
		if drain > Hang/4 || len(r.Exchanges) > n+n/2 {
			t.Fatalf("%d recorded, %d of them succeeded, want %d", len(r.Exchanges), r.Count(exchange.Succeeded), n+n/2)
		}
	}
}

// After an interrupt no follow-up is sent. What was due before is recorded, what would be due later is not.
func followUpsOfAnInterrupt(t *testing.T, s suite) {
	ctx, interrupt := context.WithCancel(t.Context())
	defer interrupt()
	address := s.serve(t, func(w http.ResponseWriter, r *http.Request) {})
	of := newSteps(t, 1<<30, func(k uint64, part int) time.Duration {
		if k == 5 && part == 20 {
			interrupt()
		}
		return time.Millisecond
	})
	r, end := s.drive(t, ctx, address, Evenly{N: 10}, exchange.Config{FollowUp: of.followUp, Tail: Hang})
	if end.Cut >= Hang || end.At < end.Cut {
		t.Fatalf("it ended at %v, cut at %v", end.At, end.Cut)
	}
	for i := range r.Exchanges {
		if x := &r.Exchanges[i]; x.Intended > end.Stopped || x.Outcome != exchange.Succeeded && x.Outcome != exchange.Unsent {
			t.Errorf("request %d, part %d: due at %v, outcome %d, and sending stopped at %v", x.K, x.Part, x.Intended, x.Outcome, end.Stopped)
		}
	}
}

// A failure has a follow-up where it is given one, and what a source does not render is called what it says.
func followUpsOfFailures(t *testing.T, s suite) {
	address := s.serve(t, func(w http.ResponseWriter, r *http.Request) { w.WriteHeader(http.StatusTeapot) })
	of := newSteps(t, 2, func(uint64, int) time.Duration { return 0 })
	r, _ := s.drive(t, t.Context(), address, Evenly{N: 4, Rendered: func(k uint64) error {
		if k == 3 {
			return &exchange.Refusal{Kind: "other host", Reason: "it leaves the target"}
		}
		return nil
	}}, exchange.Config{FollowUp: of.followUp})
	kinds := map[string]int{}
	for i := range r.Exchanges {
		kinds[r.Exchanges[i].Kind]++
	}
	if kinds["status 418"] != 6 || kinds["other host"] != 2 {
		t.Errorf("failures %v", kinds)
	}
}

// A long answer that takes long to be judged keeps no other request from being sent and recorded, and is whole.
func followUpsOfLongAnswers(t *testing.T, s suite) {
	const n, parts, long = 12, 2, 40_000
	address := s.serve(t, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("X-Number", r.URL.Path)
		io.WriteString(w, strings.Repeat("b", long-1)+"e")
	})
	of := newSteps(t, parts, func(uint64, int) time.Duration { return 0 })
	others := make(chan struct{})
	var judged atomic.Int64
	r, _ := s.drive(t, t.Context(), address, Evenly{N: n}, exchange.Config{
		FollowUp: of.followUp, KeepBody: func(uint64) int { return 2 * long },
		Failure: func(x *exchange.Exchange, body []byte) string {
			switch {
			case x.K == 0:
				select {
				case <-others:
				case <-time.After(Hang):
					return "nothing else went on"
				}
			case judged.Add(1) == (n-1)*parts:
				close(others)
			}
			if len(body) != long || body[0] != 'b' || body[long-1] != 'e' || x.Header.Get("X-Number") == "" {
				return fmt.Sprintf("%d bytes, %q", len(body), x.Header.Get("X-Number"))
			}
			return ""
		},
	})
	if r.Count(exchange.Succeeded) != n*parts || len(r.Exchanges) != n*parts {
		t.Errorf("%d recorded, %d of them succeeded, want %d: %q", len(r.Exchanges), r.Count(exchange.Succeeded), n*parts, r.Exchanges[len(r.Exchanges)-1].Kind)
	}
}
