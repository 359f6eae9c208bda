package loadgen

import (
	"testing"
	"time"

	"github.com/seed-5a006608/bench/loadgen/runfile"
	"github.com/seed-5a006608/bench/loadgen/wire"
)

// How the wire engine was set changes how a figure is taken, so a run says it; of another engine there is nothing to say.
func TestAPlanSaysHowItsEngineIsSet(t *testing.T) {
	p := judgedPlan()
	p.Engine = runfile.EngineHTTP
	if r, err := p.Record(); err != nil || r.Wire != nil {
		t.Errorf("the http engine: %+v, %v", r.Wire, err)
	}
	if !wire.Supported {
		t.Skip("this system has no wire engine")
	}
	p.Engine = runfile.EngineWire
	spin := 20 * time.Microsecond
	for _, tc := range []struct {
		set  Wire
		want runfile.WireRecord
	}{
		{Wire{}, runfile.WireRecord{Loops: 1, SpinNS: runfile.DefaultSpin, DNSTTLNS: 0}},
		{Wire{2, &spin, time.Minute, 0}, runfile.WireRecord{Loops: 2, SpinNS: spin, DNSTTLNS: time.Minute}},
	} {
		p.Wire = tc.set
		if r, err := p.Record(); err != nil || r.Wire == nil || *r.Wire != tc.want {
			t.Errorf("%+v: %+v, %v, want %+v", tc.set, r.Wire, err, tc.want)
		}
	}
}
