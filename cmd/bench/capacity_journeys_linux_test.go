package main

import (
	"fmt"
	"math"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/seed-5a006608/bench/report/capacity"
)

// A pool of 4 holds each of four requests for 5 ms: a journey takes 20 ms at least, beside 300 ms of thinking, and no more than 200/s
// are completed however fast the machine is. How few hold depends on the machine, so that is not asked.
func TestCapacityFindsTheRateOfJourneys(t *testing.T) {
	t.Parallel()
	pool := make(chan struct{}, 4)
	var logins atomic.Uint64
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/login" {
			logins.Add(1)
		}
		pool <- struct{}{}
		time.Sleep(5 * time.Millisecond)
		<-pool
		fmt.Fprint(w, `{"token":"t"}`)
	}))
	defer s.Close()
	file := fmt.Sprintf(`version: 2
name: shop
target: %s
phases: [{name: load, kind: hold, duration: 1s, rate: 1/s}]
journeys:
  - name: buy
    steps:
      - {name: login, path: /login, take: {token: "json:$.token"}}
      - {name: item, path: /item, headers: ["X-Token: {{token}}"], think: 100ms}
      - {name: order, path: /order, think: 100ms}
      - {name: pay, path: /pay, think: 100ms}
`, s.URL)
	b := start(t, "capacity", "-f", fileOf(t, file), "--slo", "p99{buy}<250ms", "--staircase=false", "--start", "100/s", "--budget", "20s", "--no-save", "-o", "json=capacity.json")
	<-b.done
	// On a machine that is busy bench may be too late to tell; what it says of journeys holds all the same.
	if code := b.ProcessState.ExitCode(); code != exitOK && code != exitLimited {
		t.Fatalf("exit %d\n%s%s", code, b.stdout.String(), b.stderr.String())
	}
	data, err := os.ReadFile(filepath.Join(b.dir, "capacity.json"))
	if err != nil {
		t.Fatal(err)
	}
	list, err := capacity.Decode("capacity.json", data)
	if err != nil {
		t.Fatal(err)
	}
	c := list[0]
	if c.Unit != capacity.Journeys || c.NotPredicted == "" || c.MaxRate.Rate.Rate > 400 || len(c.Steps) < 2 || c.Steps[0].Rate != 100 {
		t.Errorf("%+v", c)
	}
	served := 0.0
	for _, m := range c.Steps {
		due := m.Rate * m.Hold.Seconds()
		served += m.Served * m.Hold.Seconds()
		if math.Abs(m.Offered*m.Hold.Seconds()-due) > 6*math.Sqrt(due) || m.P50 < 20*time.Millisecond {
			t.Errorf("%v of %v/s arrived, and they took %v", m.Offered, m.Rate, m.P50)
		}
		if m.Holds && (m.P99 > 250*time.Millisecond || m.Rate > 250 || m.Served < 0.9*m.Offered) {
			t.Errorf("%v/s is said to hold: %+v", m.Rate, m)
		}
	}
	// A late bench leaves some of those that arrived unsent.
	if n := float64(logins.Load()); served == 0 || n < served {
		t.Errorf("%v journeys were served, and %v began", served, n)
	}
	if out := b.stdout.String() + b.stderr.String(); !strings.Contains(out, " journeys/s") {
		t.Error(out)
	}
	t.Logf("%+v after %d steps", c.MaxRate, len(c.Steps))
}
