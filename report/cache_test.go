package report

import (
	"testing"
	"time"

	"github.com/seed-5a006608/bench/loadgen"
)

// One endpoint has nearly all the hits and another nearly all the misses: the figures of both classes are of both endpoints.
func TestHitsAndMissesAreOfTheSameEndpoints(t *testing.T) {
	values := func(n int, d time.Duration) (list []time.Duration) {
		for range n {
			list = append(list, d)
		}
		return list
	}
	endpoint := func(name string, class loadgen.Class, n int, d time.Duration) loadgen.Endpoint {
		return loadgen.Endpoint{Name: name, Class: class, Count: uint64(n), ResponseTime: loadgen.NewDist(2, values(n, d), nil)}
	}
	p := &loadgen.Phase{Endpoints: []loadgen.Endpoint{
		endpoint("GET /small", loadgen.ClassHit, 100, time.Millisecond), endpoint("GET /small", loadgen.ClassMiss, 30, 2*time.Millisecond),
		endpoint("GET /large", loadgen.ClassHit, 60, 300*time.Millisecond), endpoint("GET /large", loadgen.ClassMiss, 50, 600*time.Millisecond),
	}}
	if got, want := classTimes(p, loadgen.ClassHit), "1.0 ms / 302 ms"; got != want {
		t.Errorf("hits: %s, want %s", got, want)
	}
	if got, want := classTimes(p, loadgen.ClassMiss), "604 ms / 604 ms"; got != want {
		t.Errorf("misses: %s, want %s", got, want)
	}
	if got := classTimes(p, loadgen.ClassFailed); got != absent {
		t.Errorf("failed: %s", got)
	}
}
