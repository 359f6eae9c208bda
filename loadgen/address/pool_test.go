package address

import (
	"net/netip"
	"testing"
	"time"
)

var a, b, c = netip.MustParseAddrPort("127.0.0.1:80"), netip.MustParseAddrPort("127.0.0.2:80"), netip.MustParseAddrPort("127.0.0.3:80")

// taken counts who has its turn in so many requests.
func taken(p *Pool, now time.Duration, n int) map[netip.AddrPort]int {
	counts := map[netip.AddrPort]int{}
	for range n {
		counts[p.Next(now)]++
	}
	return counts
}

func TestEachHasItsTurn(t *testing.T) {
	p := New([]netip.AddrPort{a, b, c, a})
	if n := taken(p, 0, 300); p.Len() != 3 || n[a] != 100 || n[b] != 100 || n[c] != 100 {
		t.Errorf("of 300 requests %v", n)
	}
	if want := p.Peek(0); p.Next(0) != want {
		t.Error("Next is another than Peek said")
	}
}

func TestWhoTakesNoConnectionIsLeftOutAndAskedAgain(t *testing.T) {
	p := New([]netip.AddrPort{a, b})
	p.Took(a, time.Second)
	if !p.Failed(b, time.Second, time.Second, "refused") {
		t.Error("no other address is left")
	}
	if n := taken(p, 2*time.Second, 10); n[a] != 10 {
		t.Errorf("left out, it had its turn: %v", n)
	}
	if n := taken(p, time.Second+AskAgain, 10); n[b] != 1 {
		t.Errorf("it was asked again %d times at once, want once", n[b])
	}
	p.Failed(b, time.Second+AskAgain, time.Second+AskAgain, "refused")
	p.Took(b, 6*time.Second)
	if n := taken(p, 6*time.Second, 10); n[b] != 5 {
		t.Errorf("back, it has %d of 10", n[b])
	}
	if list := p.Outages(); len(list) != 1 || list[0] != (Outage{b, time.Second, 6 * time.Second, "refused"}) {
		t.Errorf("outages %v, want one from 1 s to 6 s", list)
	}
}

// Of an attempt from before it was back one may hear afterwards.
func TestAFailureOfBeforeIsNoNews(t *testing.T) {
	p := New([]netip.AddrPort{a, b})
	p.Failed(b, time.Second, 2*time.Second, "refused")
	p.Took(b, 4*time.Second)
	if !p.Failed(b, 3*time.Second, 5*time.Second, "refused") {
		t.Error("no other address is left for who heard of it late")
	}
	if n := taken(p, 5*time.Second, 10); n[b] != 5 {
		t.Errorf("of 10 requests %v, and it is back", n)
	}
	p.Failed(b, 4*time.Second, 6*time.Second, "refused")
	if n := taken(p, 6*time.Second, 10); n[a] != 10 {
		t.Errorf("of 10 requests %v, and it is gone again", n)
	}
	if list := p.Outages(); len(list) != 2 || list[0] != (Outage{b, 2 * time.Second, 4 * time.Second, "refused"}) || list[1].From != 6*time.Second {
		t.Errorf("outages %v, want one from 2 s to 4 s, and one from 6 s on", list)
	}
}

// It is back too when it answers over a connection that is still open, but not by what it was sent before.
func TestAnAnswerBringsAnAddressBack(t *testing.T) {
	p := New([]netip.AddrPort{a, b})
	p.Failed(b, 2*time.Second, 2*time.Second, "refused")
	p.Answered(b, time.Second, 3*time.Second)
	if n := taken(p, 3*time.Second, 10); n[a] != 10 {
		t.Errorf("by an answer to what was sent before: %v", n)
	}
	p.Answered(b, 4*time.Second, 5*time.Second)
	if n := taken(p, 5*time.Second, 10); n[b] != 5 {
		t.Errorf("by an answer to what was sent after: %v", n)
	}
}

func TestWhereAllRefuseNoneIsLeftOut(t *testing.T) {
	p := New([]netip.AddrPort{a, b})
	for now := range 5 * time.Second / 1e9 {
		p.Failed(a, now*1e9, now*1e9+1, "refused")
		if p.Failed(b, now*1e9, now*1e9+1, "refused") {
			t.Error("another address is left")
		}
	}
	if n := taken(p, 5*time.Second, 10); n[a] != 5 || len(p.Outages()) > 0 {
		t.Errorf("of 10 requests %v, outages %v", n, p.Outages())
	}
}

func TestWhoStaysKeepsBeingLeftOut(t *testing.T) {
	p := New([]netip.AddrPort{a, b})
	p.Failed(b, 0, 0, "refused")
	p.Move([]netip.AddrPort{b, c})
	if n := taken(p, 1, 10); n[c] != 10 {
		t.Errorf("of 10 requests %v", n)
	}
}
