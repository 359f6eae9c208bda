package report

import (
	"testing"
	"time"

	"github.com/seed-5a006608/bench/loadgen/runfile"
)

// One endpoint has nearly all the hits and another nearly all the misses: the figures of both classes are of both endpoints.
func TestHitsAndMissesAreOfTheSameEndpoints(t *testing.T) {
	values := func(n int, d time.Duration) (list []time.Duration) {
		for range n {
			list = append(list, d)
		}
		return list
	}
	endpoint := func(name string, class runfile.Class, n int, d time.Duration) runfile.Endpoint {
		return runfile.Endpoint{Name: name, Class: class, Count: uint64(n), ResponseTime: runfile.NewDist(2, values(n, d), nil)}
	}
	p := &runfile.Phase{Endpoints: []runfile.Endpoint{
		endpoint("GET /small", runfile.ClassHit, 100, time.Millisecond), endpoint("GET /small", runfile.ClassMiss, 30, 2*time.Millisecond),
		endpoint("GET /large", runfile.ClassHit, 60, 300*time.Millisecond), endpoint("GET /large", runfile.ClassMiss, 50, 600*time.Millisecond),
	}}
	if got, want := classTimes(p, runfile.ClassHit), "1.0 ms / 302 ms"; got != want {
		t.Errorf("hits: %s, want %s", got, want)
	}
	if got, want := classTimes(p, runfile.ClassMiss), "604 ms / 604 ms"; got != want {
		t.Errorf("misses: %s, want %s", got, want)
	}
	if got := classTimes(p, runfile.ClassFailed); got != absent {
		t.Errorf("failed: %s", got)
	}
}
