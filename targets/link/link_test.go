package link

import (
	"strings"
	"testing"
	"time"
)

func TestParse(t *testing.T) {
	whole := Link{Delay: 40 * time.Millisecond, Jitter: 5 * time.Millisecond, Rate: 10_000_000, Reset: 0.001, Loss: 0.01}
	const text = "delay=40ms,jitter=5ms,rate=10Mbit,reset=0.1%,loss=1%"
	l, err := Parse(text)
	if err != nil || l != whole || l.String() != text {
		t.Errorf("%+v, %v, %s", l, err, l)
	}
	if l, err = Parse("rate=1.5Gbit"); err != nil || l.String() != "rate=1.5Gbit" {
		t.Errorf("%+v, %v, %s", l, err, l)
	}
	for text, why := range map[string]string{
		"": "write it as", "delay": "write it as", "delay=1ms,delay=2ms": "write it as", "dlay=1ms": `no "dlay"`,
		"delay=40": "delay: want a time", "delay=-1ms": "delay: want a time", "delay=11s": "delay: want a time",
		"rate=10": "rate: want bits per second", "rate=10MB": "rate: want", "rate=NaNkbit": "rate: want", "rate=0kbit": "rate: want",
		"loss=1": "loss: want a share", "loss=NaN%": "loss: want", "reset=101%": "reset: want",
		"delay=1ms,jitter=2ms": "jitter: it is no longer than delay",
	} {
		if l, err := Parse(text); err == nil || !strings.Contains(err.Error(), why) {
			t.Errorf("%q: %+v, %v, want %s", text, l, err, why)
		}
	}
}

// Loss is of datagrams alone, and resets are of TCP.
func TestCheck(t *testing.T) {
	for _, tc := range []struct {
		link  Link
		http3 bool
		why   string
	}{
		{Link{Loss: 1}, true, ""}, {Link{Reset: 1}, false, ""}, {Link{Loss: 1}, false, "whose packets a relay does not see"}, {Link{Reset: 1}, true, "HTTP/3 has none"},
	} {
		if err := tc.link.Check(tc.http3); (err == nil) != (tc.why == "") || err != nil && !strings.Contains(err.Error(), tc.why) {
			t.Errorf("%+v: %v", tc, err)
		}
	}
}
