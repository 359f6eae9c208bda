package wire

import (
	"crypto/tls"
	"net/netip"

	"github.com/seed-5a006608/bench/loadgen/address"
)

// alpnHTTP2 is HTTP/2 among the protocols of TLS (RFC 9113, section 3.1).
const alpnHTTP2 = "h2"

// Origin is where requests go: one or several addresses that serve the same. Requests are spread over them evenly.
type Origin struct {
	pool *address.Pool
	path string // of a unix socket, instead of addresses
	tls  *tls.Config

	http2       bool
	connections int // of HTTP/2; 0: as few as the load and the server allow
}

// NewOrigin returns an origin at addresses, of which there is at least one.
func NewOrigin(addresses []netip.AddrPort) *Origin { return PoolOrigin(address.New(addresses)) }

// PoolOrigin returns an origin at the addresses of a pool, which may be given others while a run goes on: they hold for the
// connections that are opened from then on.
func PoolOrigin(pool *address.Pool) *Origin { return &Origin{pool: pool} }

// UnixOrigin returns an origin that listens on a unix socket.
func UnixOrigin(path string) *Origin { return &Origin{path: path} }

// Secure makes an origin's connections speak TLS, as config has it, for HTTP/1.1. Config names the server.
func (o *Origin) Secure(config *tls.Config) {
	o.tls = config.Clone()
	o.tls.NextProtos = []string{"http/1.1"}
	o.tls.DynamicRecordSizingDisabled = true
}

// Share makes an origin's requests share connections by HTTP/2, so many, or with 0 as few as the load and the server's limit allow.
// Over TLS the server has to choose it; without, it is taken to know it.
func (o *Origin) Share(connections int) {
	o.http2, o.connections = true, connections
	if o.tls != nil {
		o.tls.NextProtos = []string{alpnHTTP2}
	}
}

// several reports whether there is a choice of addresses.
func (o *Origin) several() bool { return o.pool != nil && o.pool.Len() > 1 }
