// Package reference is the server whose truth is known: each request takes a delay of known distribution, by a timer
// that is late by some tens of microseconds, and the server logs how long each really took. What a load generator
// reports can be held against that log, and against the theory of queues.
//
// With workers, the server is a queue of the textbook kind (G/G/c, first come first served). It is computed and not
// acted out: on arrival a request is given the instant its worker will be done with it (Kiefer and Wolfowitz, "On the
// theory of queues with many servers", 1955), so that neither lateness nor a handover between goroutines adds up, and
// the capacity is workers / mean delay exactly. A client that gives up does not save the worker its work.
//
//   - reference.go, service.go: the server and its delays; log.go: what it did
//   - alarm.go, timer_*.go: waiting until an instant
//   - bare.go: a server that does next to nothing
package reference

import (
	"container/heap"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"strconv"
	"sync"
	"time"
)

// Options describe the server. The zero value answers after 20 ms, any number of requests at once, without a log.
type Options struct {
	Service Service // default fixed:20ms
	Workers int     // requests in service at once, others wait in one queue; 0 means no limit
	Log     string  // file for the log, see [ReadLog]; "" means none
	Freeze  Freeze  // the zero value means never
	Seed    uint64  // of the exponential delays
	Bare    bool    // none of these options, see [ServeBare]
}

// Server is the handler. It must be closed.
type Server struct {
	service Service
	alarm   *alarm
	log     *log         // nil without one
	logging sync.RWMutex // held for reading from a request's answer to its entry
	closing sync.Once

	mu     sync.Mutex
	draw   *rand.Rand
	free   instants // when each worker will be free; nil without a limit
	freeze Freeze
	first  time.Time // the first request's arrival
}

// New returns a server and opens its log.
func New(o Options) (*Server, error) {
	if o.Workers < 0 {
		return nil, fmt.Errorf("workers must be 0 (no limit) or more, got %d", o.Workers)
	}
	s := &Server{
		service: o.Service.orDefault(),
		draw:    rand.New(rand.NewPCG(o.Seed, 0)),
		freeze:  o.Freeze,
	}
	if o.Workers > 0 {
		s.free = make(instants, o.Workers)
	}
	var err error
	if s.alarm, err = newAlarm(); err != nil {
		return nil, err
	}
	if o.Log != "" {
		if s.log, err = createLog(o.Log); err != nil {
			s.alarm.close()
			return nil, err
		}
	}
	return s, nil
}

// Close ends the waiting and flushes the log. Further calls do nothing.
func (s *Server) Close() (err error) {
	s.closing.Do(func() {
		s.alarm.close()
		s.logging.Lock()
		defer s.logging.Unlock()
		if s.log != nil {
			err = s.log.close()
		}
	})
	return err
}

// plan is the computed times of a request.
type plan struct {
	begin time.Time // when a worker takes it up
	done  time.Time // when it may be answered
}

// arrive draws a request's delay and finds it a worker.
func (s *Server) arrive(now time.Time) plan {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.first.IsZero() {
		s.first = now
	}
	delay := s.service.draw(s.draw)
	p := plan{begin: now}
	if s.free != nil && s.free[0].After(now) {
		p.begin = s.free[0]
	}
	p.begin = s.thawed(p.begin)
	p.done = s.thawed(p.begin.Add(delay))
	if s.free != nil {
		s.free[0] = p.done
		heap.Fix(&s.free, 0)
	}
	return p
}

// thawed returns t, or the freeze's end if t falls in it: a frozen server takes nothing up and finishes nothing, and
// what would have been finished meanwhile is finished when it thaws.
func (s *Server) thawed(t time.Time) time.Time {
	from := s.first.Add(s.freeze.At)
	to := from.Add(s.freeze.For)
	if !t.Before(from) && t.Before(to) {
		return to
	}
	return t
}

// ServeHTTP answers any request after its delay.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	arrived := time.Now()
	p := s.arrive(arrived)
	if err := s.alarm.wait(r.Context(), p.done); err != nil {
		http.Error(w, err.Error(), http.StatusServiceUnavailable)
		return
	}
	e := Entry{Start: arrived.UnixNano(), Queue: p.begin.Sub(arrived), Service: p.done.Sub(p.begin)}
	body := e.json()
	h := w.Header()
	h["Content-Type"] = []string{"application/json"}
	h["Content-Length"] = []string{strconv.Itoa(len(body))}
	s.logging.RLock()
	defer s.logging.RUnlock()
	w.Write(body)
	http.NewResponseController(w).Flush() // net/http would write it only after this function has returned
	if s.log != nil {
		e.Total = time.Since(arrived)
		s.log.add(e)
	}
}

// FlushLog answers when every request that a client has had its answer to is in the file.
func (s *Server) FlushLog(w http.ResponseWriter, _ *http.Request) {
	err := errors.New("this server keeps no log; start it with one")
	if s.log != nil {
		s.logging.Lock()
		err = s.log.flush()
		s.logging.Unlock()
	}
	if err != nil {
		http.Error(w, err.Error(), http.StatusConflict)
		return
	}
	w.WriteHeader(http.StatusNoContent)
}

// Frozen lets h answer too only while the server is not frozen.
func (s *Server) Frozen(h http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.mu.Lock()
		now := time.Now()
		until := now
		if !s.first.IsZero() {
			until = s.thawed(now)
		}
		s.mu.Unlock()
		if until.After(now) {
			if err := s.alarm.wait(r.Context(), until); err != nil {
				http.Error(w, err.Error(), http.StatusServiceUnavailable)
				return
			}
		}
		h.ServeHTTP(w, r)
	})
}

// instants is a heap, the earliest first.
type instants []time.Time

func (h instants) Len() int           { return len(h) }
func (h instants) Less(i, j int) bool { return h[i].Before(h[j]) }
func (h instants) Swap(i, j int)      { h[i], h[j] = h[j], h[i] }
func (h *instants) Push(x any)        { *h = append(*h, x.(time.Time)) }
func (h *instants) Pop() any          { panic("workers are never taken away") }
