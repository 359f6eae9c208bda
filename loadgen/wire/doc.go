// Package wire is the engine with the least effect on its own figures: HTTP/1.1 and HTTP/2 over raw sockets on Linux, with TLS or without,
// by an event loop that owns its operating system thread, sends at the nanosecond a request is due, and takes for the arrival of an
// answer the instant at which the kernel received it, however late the loop itself came to read it.
//
// It is a leaf: it declares the small [Source] and [Sink] that it needs and knows nothing of plans or reports. Every
// instant is a duration since Config.Epoch. Once a connection is open nothing in the loop allocates, locks or passes a
// channel.
//
// Answers are scanned, not parsed into maps. What net/http accepts is accepted, so that both engines judge a server alike;
// what differs is listed in the tests.
//
//   - exchange.go, origin.go: what goes into the engine and comes out, and the addresses of a host
//   - loop_linux.go, opening_linux.go, pace_linux.go, poll_linux.go: the event loop, how it opens connections, when it wakes and
//     spins, its epoll sets
//   - answers_linux.go, judged_linux.go, ends_linux.go, kinds_linux.go, idle_linux.go: what becomes of a request: its answer, its failure,
//     its timeout
//   - conn_linux.go, address_linux.go, socket_linux.go: connections and system calls
//   - secure_linux.go, handshake_linux.go, turns_linux.go: TLS on a connection; start here for another protocol over it
//   - handover_linux.go: what other goroutines make for the loop
//   - carrier_linux.go, package h2: HTTP/2, over which requests share connections
//   - answer.go, head.go, field.go, chunked.go, malformed.go: the scanner of answers
//   - request.go, slots.go, silence.go: the bytes of a request, free slots, times without any receipt
//   - run_other.go: systems without the engine
//
// # Lazy harvest
//
// Because the kernel stamps what arrives, an answer need not be read when it arrives: waking for it would cost more
// processor than reading it. The loop therefore sleeps until the next request is due and reads then, wherever that
// cannot distort: only where every outstanding answer is expected whole in one read (the last 16 of its endpoint were at
// most 16 KiB and came in one), and for at most 10 ms. Everything else is read as it arrives: of HTTP/2 also answers to requests that
// share a connection at that time, since what is read together has one stamp.
//
// # TLS
//
// Crypto/tls runs on what the loop reads: [secure] stands in for the socket. A handshake, which crypto/tls cannot take up again,
// has a goroutine; of these two compute at once, and any number waits for its peer. What comes over a connection goes one way
// whether it is TLS or not: take gets bytes with their stamp, feed gets what they hold for the answer; what goes out passes seal.
// Over TLS crypto/tls allocates 24 bytes for each read of a record, or of several that came together.
//
// # What was tried and left out
//
// io_uring (multishot recvmsg with timestamps, fixed files, a provided buffer ring, one call a request): with a send a
// call, so that each has a stamp of its own, processor per request was 0.94–1.01 of the epoll loop's as fast as it goes,
// 0.87–0.98 at 10,000 requests/s and 0.96 at 1,000/s. Sends in batches of 8 and more came to 0.75–0.97, but in a batch only
// the first is stamped just before it is written, and the server's queue is then in the service times of the rest: P50
// was three to nine times as high. Neither was worth a second way in and out, Linux 6 and its absence in containers.
//
// Reading all that came before anything is sent, in the closed model: 1.18 and 0.97 of wrk's requests in two series of
// seven and eight rounds, against 0.99 and 1.02 as it is, so that nothing can be told. Profile-guided optimisation took a
// tenth off the user time, which is a sixth of all, and doubles the time of a build.
//
// Over HTTP/2, as fast as it goes, what a request costs is above all its share of a read, a write and a wait, and the faster answers are
// taken, the fewer come in one read. In the closed model to read again, until nothing more had come, before what the answers let go
// out is written: at 4 × 8 connections × streams 0.36 writes a request for 0.49 and as many fewer waits, but 0.97 reads for 0.49, at
// 1 × 100 0.42 for 0.49 and 1.2 for 0.49. Processor was 0.96 at 4 × 8, at 1 × 100 nothing can be told, and bench's own lag grew, P50 from
// 9 to 12 us there. To look at what came and take it off the socket only behind the write, which spares the bare acknowledgement that
// a read of several segments sends (6 % of the samples): the further call costs what it spares.
package wire
