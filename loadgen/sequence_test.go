package loadgen

import (
	"strings"
	"testing"

	"github.com/seed-5a006608/bench/loadgen/runfile"
)

// Requests of a plan can follow each other too, but not by weights.
func TestRequestsInSequence(t *testing.T) {
	p := manyEndpoints(3)
	p.Order, p.First = runfile.Sequential, 2
	m, err := p.mix()
	if err != nil || m.Index(0) != 2 || m.Index(1) != 0 || m.Index(2) != 1 {
		t.Errorf("%d, %d, %d, %v", m.Index(0), m.Index(1), m.Index(2), err)
	}
	if r, err := p.Record(); err != nil || r.Order != runfile.Sequential || r.Lines != 3 {
		t.Errorf("%q of %d, %v", r.Order, r.Lines, err)
	}
	p.Requests = p.Requests[:1]
	if r, err := p.Record(); err != nil || r.Order != runfile.Random || r.Lines != 0 {
		t.Errorf("one request alone: %q of %d, %v", r.Order, r.Lines, err)
	}
	p = manyEndpoints(3)
	p.Order = runfile.Sequential
	p.Requests[1].Weight = 2
	if err := p.Check(); err == nil || !strings.Contains(err.Error(), "have no weights") {
		t.Errorf("error %v", err)
	}
	for text, want := range map[string]runfile.Order{"sequential": runfile.Sequential, "random": runfile.Random} {
		if got, err := runfile.ParseOrder(text); err != nil || got != want {
			t.Errorf("%s: %q, %v", text, got, err)
		}
	}
	if _, err := runfile.ParseOrder("shuffled"); err == nil {
		t.Error("no error")
	}
}
