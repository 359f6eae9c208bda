// Package wire is the engine that measures the server and not itself: HTTP/1.1 over raw sockets on Linux, by an event
// loop that owns its operating system thread, sends at the nanosecond a request is due, and takes for the arrival of an
// answer the instant at which the kernel received it, however late the loop itself came to read it.
//
// It is a leaf: it declares the small [Source] and [Sink] that it needs and knows nothing of plans or reports. Every
// instant is a duration since Config.Epoch. Once a connection is open nothing in the loop allocates, locks or passes a
// channel.
//
// Answers are scanned, not parsed into maps. What net/http accepts is accepted, so that both engines judge a server alike;
// what differs is listed in the tests.
//
// # Lazy harvest
//
// Because the kernel stamps what arrives, an answer need not be read when it arrives: waking for it would cost more
// processor than reading it. The loop therefore sleeps until the next request is due and reads then, wherever that
// cannot distort: only where every outstanding answer is expected whole in one read (the last 16 of its endpoint were at
// most 16 KiB and came in one), and for at most 10 ms. Everything else is read as it arrives.
package wire
