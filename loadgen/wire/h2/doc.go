// Package h2 is the client's side of HTTP/2 (RFC 9113) and HPACK (RFC 7541), bytes in and bytes out: it has no socket, no
// goroutine and no clock. Who drives it writes what is in [Conn.Out] and gives it what was read.
//
//   - conn.go: a connection, its streams, what an event loop does with them
//   - frames.go, settings.go, answer.go: the frames of a peer, each checked
//   - head.go, request.go: what is sent, and its frames as the peer's windows let them go out
//   - encoder.go, decoder.go, table.go: header blocks
//
// A connection that is warm allocates nothing: fields that are the same in every request are sent once and then named by
// their index, and an answer's header block that came before is not decoded again. Framing and header blocks by x/net cost
// 1.3–3 us a request; the tests hold both against each other.
package h2
