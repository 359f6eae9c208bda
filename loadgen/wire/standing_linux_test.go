//go:build amd64 || arm64

package wire

import (
	"fmt"
	"io"
	"net/http"
	"testing"
	"time"

	"github.com/seed-5a006608/bench/loadgen/exchange"
	"github.com/seed-5a006608/bench/loadgen/exchange/exchangetest"
)

// A time in which the loop does not run is told, in the open model and in the closed; so is since when what it kept waiting
// could have been sent.
func TestStandingIsTold(t *testing.T) {
	const n, held = 20, 30 * time.Millisecond
	for _, closed := range []bool{false, true} {
		t.Run(fmt.Sprint("closed ", closed), func(t *testing.T) {
			o := serve(t, func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "ok") })
			c := exchange.Config{Slots: 4, Length: 10 * time.Second}
			if closed {
				c.Users = exchangetest.Crowd(4, 0, c.Length)
			}
			r, _ := drive(t, t.Context(), o, evenly{n: n, heard: func(k uint64) {
				if k == 10 {
					time.Sleep(held) // the loop stands in the middle of its work
				}
			}}, c)
			var longest time.Duration
			for _, s := range r.stood {
				longest = max(longest, s[1]-s[0])
			}
			if longest < held {
				t.Errorf("it stood for at most %v: %v", longest, r.stood)
			}
			if len(r.Sends) != n {
				t.Fatalf("%d sends were told", len(r.Sends))
			}
			var latest time.Duration
			for _, s := range r.Sends {
				if s[1] < s[0] {
					t.Errorf("sent at %v, and ready at %v", s[1], s[0])
				}
				latest = max(latest, s[1]-s[0])
			}
			if !closed && latest < held-time.Millisecond {
				t.Errorf("sends were late by at most %v", latest)
			}
			if r.Clear == 0 {
				t.Error("nothing was told to be clear")
			}
		})
	}
}
