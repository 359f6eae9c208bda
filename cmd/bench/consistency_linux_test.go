package main

import (
	"testing"
	"time"

	"github.com/seed-5a006608/bench/loadgen/runfile"
)

// truth is what a strategy lets a reader see, by its definition.
type truth struct {
	target string
	most   time.Duration // greatest age of a stale read, beside the slowest answer; 0: no read is stale
	flags  []string
}

// What bench tells from the outside of the bundled strategies is what they are by definition.
func TestStaleReadsOfStrategies(t *testing.T) {
	for _, tc := range []truth{
		{"cached:read-through,ttl=500ms,mix=80/20", 0, nil},
		{"cached:ttl,ttl=500ms", 500 * time.Millisecond, nil},
	} {
		t.Run(tc.target, func(t *testing.T) {
			measured(t, func(t *testing.T, m *trial) { tc.check(t, m, "-r", "300/s", "-d", "2s") })
		})
	}
}

// The same of all strategies, with writes that overlap and a client that gives up on answers, too.
func TestStaleReadsOfAllStrategies(t *testing.T) {
	long(t, "six minutes of load")
	const ttl = 2 * time.Second
	impatient := []string{"--timeout", "50ms", "--drain", "2s"}
	for _, tc := range []truth{
		{"cached:none", 0, nil},
		{"cached:read-through,ttl=2s", 0, nil},
		{"cached:write-through,ttl=2s", 0, nil},
		{"cached:write-behind,ttl=2s", 0, nil},
		{"cached:refresh-ahead,ttl=2s", 0, nil},
		{"cached:write-through,ttl=2s,mix=80/20", 0, impatient},
		{"cached:write-behind,ttl=2s,mix=80/20", 0, impatient},
		{"cached:aside,ttl=2s,pause=50ms,lease=on", 0, nil},
		{"cached:aside,ttl=2s,pause=50ms", ttl, nil},
		{"cached:ttl,ttl=2s", ttl, nil},
		{"cached:swr,ttl=2s", 2 * ttl, nil},
	} {
		t.Run(tc.target, func(t *testing.T) {
			measured(t, func(t *testing.T, m *trial) { tc.check(t, m, "-r", "200/s", "-d", "30s") })
		})
	}
}

// check holds a run against the definition. Where answers take longer than a page is kept, no read need be stale for certain.
func (tc truth) check(t *testing.T, m *trial, load ...string) {
	args := append([]string{"sustained", tc.target, "-o", "json=run.json", "--no-save", "--quiet"}, load...)
	b := start(t, append(args, tc.flags...)...)
	b.exit(t, exitOK)
	run := b.run(t)
	c := run.Overall.Consistency
	if c == nil || c.Reads == 0 || c.Writes == 0 || c.Disputed() {
		t.Fatalf("%+v", c)
	}
	if tc.most == 0 {
		if c.Stale > 0 {
			m.wrongf("%d of %d reads are stale, by up to %v", c.Stale, c.Reads, c.StaleAge.MaxNS)
		}
		return
	}
	if most := tc.most + slowest(run); c.StaleAge.MaxNS > most+most/100 {
		m.wrongf("%d of %d reads are stale, by up to %v: want at most %v", c.Stale, c.Reads, c.StaleAge.MaxNS, most)
	}
	if c.Stale == 0 {
		m.errorf("none of %d reads is stale", c.Reads)
	}
}

// slowest is the service time of the slowest answer.
func slowest(r *runfile.Run) (most time.Duration) {
	for i := range r.Phases {
		most = max(most, r.Phases[i].ServiceTime.MaxNS)
	}
	return most
}
