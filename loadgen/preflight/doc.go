// Package preflight tells what can be known before a run: what limits this process, and whether the target takes connections.
//
//   - preflight.go: [Look], and what it finds; start here for another check
//   - limits*.go: descriptors, ports, processors, the kernel's clock
//   - reach.go: a connection, tried
//   - handshake.go: a handshake of TLS, tried
//   - udp*.go: the receive buffers that QUIC has
package preflight
