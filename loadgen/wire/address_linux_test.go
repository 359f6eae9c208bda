//go:build amd64 || arm64

package wire

import (
	"net/http"
	"net/netip"
	"testing"
	"time"

	"github.com/seed-5a006608/bench/loadgen/exchange"
	"github.com/seed-5a006608/bench/loadgen/exchange/exchangetest"
)

// oneThenAll is due once at the start, and for all the rest at one later instant.
type oneThenAll struct {
	evenly
	later time.Duration
}

func (s *oneThenAll) Next() (k uint64, due time.Duration, ok bool) {
	k, due, ok = s.evenly.Next()
	return k, min(due, 1) * s.later, ok
}

// Many requests are due at once, while one connection is there: each that opens another to the address that refuses is refused.
// No request fails of that: they share what is opened, and another address is there for all.
func TestManyRefusalsOfOneAddressFailNobody(t *testing.T) {
	const n, later = 32, 20 * time.Millisecond
	open := serve(t, func(http.ResponseWriter, *http.Request) {}).pool.Peek(0)
	shut := netip.AddrPortFrom(netip.MustParseAddr("127.0.0.2"), open.Port())
	other := netip.AddrPortFrom(netip.MustParseAddr("127.0.0.3"), open.Port())
	for _, tc := range []struct {
		addresses []netip.AddrPort
		outcome   exchange.Outcome
	}{
		{[]netip.AddrPort{open, shut}, exchange.Succeeded},
		{[]netip.AddrPort{open, shut, other}, exchange.Succeeded},
		{[]netip.AddrPort{shut, other}, exchange.Failed},
	} {
		r := &recorded{}
		c := Config{Config: exchangetest.Filled(exchange.Config{Slots: n}, later), Origins: []*Origin{NewOrigin(tc.addresses)}, Endpoints: 1}
		if _, err := Run(t.Context(), c, &oneThenAll{evenly{n: n, gap: 1, request: get}, later}, r); err != nil {
			t.Fatal(err)
		}
		if r.Count(tc.outcome) != n {
			t.Errorf("%v: %d of %d ended with outcome %v", tc.addresses, r.Count(tc.outcome), n, tc.outcome)
		}
	}
}
