package exchange

import (
	"testing"
	"time"
)

func TestDurationsOfAnExchange(t *testing.T) {
	const ms = time.Millisecond
	for _, tc := range []struct {
		name                                   string
		x                                      Exchange
		wait, slotWait, lag, response, service time.Duration
	}{
		{"sent late", Exchange{Intended: 1 * ms, Slot: 1 * ms, Free: 1 * ms, Sent: 3 * ms, End: 7 * ms}, 0, 0, 2 * ms, 6 * ms, 4 * ms},
		{"after a slot and a connection", Exchange{Intended: 1 * ms, Slot: 2 * ms, Free: 5 * ms, Sent: 5 * ms, End: 7 * ms}, 4 * ms, 1 * ms, 0, 6 * ms, 2 * ms},
		{"without a connection", Exchange{Intended: 1 * ms, Slot: 2 * ms, Free: NeverFree, End: 7 * ms, Outcome: Failed}, 6 * ms, 1 * ms, 0, 6 * ms, 0},
		{"without a slot", Exchange{Intended: 1 * ms, Slot: NeverFree, Free: NeverFree, End: 7 * ms, Outcome: Unsent}, 6 * ms, 6 * ms, 0, 6 * ms, 0},
		{"shed", Exchange{Intended: 1 * ms, Slot: 2 * ms, Free: 2 * ms, End: 7 * ms, Outcome: Shed}, 1 * ms, 1 * ms, 5 * ms, 6 * ms, 0},
		{"never sent", Exchange{Intended: 1 * ms, Slot: 2 * ms, Free: 2 * ms, Stopped: 4 * ms, End: 7 * ms, Outcome: Unsent}, 1 * ms, 1 * ms, 2 * ms, 6 * ms, 0},
	} {
		x := &tc.x
		if x.Wait() != tc.wait || x.SlotWait() != tc.slotWait || x.Lag() != tc.lag || x.Response() != tc.response {
			t.Errorf("%s: wait %v, %v of it for a slot, lag %v, response %v", tc.name, x.Wait(), x.SlotWait(), x.Lag(), x.Response())
		}
		if x.WasSent() && (x.Service() != tc.service || x.Wait()+x.Lag()+x.Service() != x.Response()) {
			t.Errorf("%s: service %v", tc.name, x.Service())
		}
	}
}

// A header says the same as lines and as fields.
func TestHeaderForms(t *testing.T) {
	lines := Header{Lines: []byte("X-Cache: HIT\r\nServer-Timing: a\r\nserver-timing: b\r\n")}
	fields := Header{Fields: lines.Map()}
	for _, h := range []Header{lines, fields} {
		if h.None() || h.Get("x-cache") != "HIT" || h.Get("SERVER-TIMING") != "a" || h.Get("Age") != "" || len(h.Map()["Server-Timing"]) != 2 {
			t.Errorf("%+v", h.Map())
		}
	}
	if none := (Header{}); !none.None() || none.Get("Age") != "" || len(none.Map()) != 0 {
		t.Error("no header says something")
	}
}
