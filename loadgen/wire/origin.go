package wire

import (
	"net/netip"
	"sync/atomic"
)

// Origin is where requests go: one or several addresses that serve the same. Connections are spread over them in turn.
type Origin struct {
	addresses atomic.Pointer[[]netip.AddrPort]
	path      string // of a unix socket, instead of addresses
}

// NewOrigin returns an origin at addresses, of which there is at least one.
func NewOrigin(addresses []netip.AddrPort) *Origin {
	o := new(Origin)
	o.Move(addresses)
	return o
}

// UnixOrigin returns an origin that listens on a unix socket.
func UnixOrigin(path string) *Origin { return &Origin{path: path} }

// Move gives an origin other addresses, for the connections that are opened from now on. It may be called while a run
// goes on.
func (o *Origin) Move(addresses []netip.AddrPort) { o.addresses.Store(&addresses) }
