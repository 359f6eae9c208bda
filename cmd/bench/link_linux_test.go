package main

import (
	"slices"
	"strings"
	"testing"
	"time"
)

// Over a link an answer takes the delay there and back, by every version of HTTP, and the plan says what the link was.
func TestLinkToABundledService(t *testing.T) {
	t.Parallel()
	skipShort(t)
	for _, tc := range []struct {
		link  string
		flags []string
	}{
		{"delay=30ms", nil},
		{"delay=30ms,jitter=2ms,loss=1%", []string{"--tls", "--http", "3"}},
	} {
		b := start(t, append([]string{"sustained", "reference", "--link", tc.link, "-r", "20/s", "-d", "1s", "-o", "json=run.json"}, tc.flags...)...)
		b.exit(t, exitOK)
		run := b.run(t)
		least := 2 * 28 * time.Millisecond
		if q := run.Requests; q.Succeeded != q.Due || q.Due == 0 || run.Plan.Link != tc.link || run.Overall.ServiceTime.P50NS < least {
			t.Errorf("%s: %+v, P50 %v, plan %q", tc.link, q, run.Overall.ServiceTime.P50NS, run.Plan.Link)
		}
		if !slices.ContainsFunc(run.Environment.Notes, func(note string) bool { return strings.HasSuffix(note, "a link that bench makes: "+tc.link) }) {
			t.Errorf("notes %q", run.Environment.Notes)
		}
		if !strings.Contains(run.Repeat, "--link '"+tc.link+"'") {
			t.Errorf("to be repeated by %s", run.Repeat)
		}
	}
}
