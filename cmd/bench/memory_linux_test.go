package main

import (
	"bytes"
	"fmt"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"sync/atomic"
	"testing"

	"github.com/seed-5a006608/bench/loadgen/exchange/exchangetest"
)

// Memory over TLS depends on the connections, and on whether a record's length of an answer came over them.
func TestMemoryOverTLS(t *testing.T) {
	long(t, "ten thousand connections")
	for _, tc := range []struct {
		connections, answer int // of so many bytes
		version             string
		most                uint64 // bytes
	}{
		{256, 100, "1.1", 64 << 20}, {10_000, 100, "1.1", 128 << 20}, {10_000, 100_000, "1.1", 400 << 20},
		{256, 100, "2", 64 << 20}, {10_000, 100, "2", 128 << 20}, {10_000, 100_000, "2", 400 << 20},
	} {
		t.Run(fmt.Sprintf("HTTP %s, %d at once, %d bytes", tc.version, tc.connections, tc.answer), func(t *testing.T) {
			measured(t, func(t *testing.T, m *trial) { // the collector is late where the machine is
				// Nothing is answered until so many requests are here: each has a connection, or a stream.
				var came atomic.Int64
				all, answer := make(chan struct{}), bytes.Repeat([]byte("x"), tc.answer)
				s := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
					if came.Add(1) == int64(tc.connections) {
						close(all)
					}
					select {
					case <-all:
					case <-r.Context().Done():
					}
					w.Write(answer)
				}))
				s.Config.ErrorLog = log.New(io.Discard, "", 0)
				s.TLS, _ = exchangetest.Certificate(t) // with a key that costs the server little
				s.EnableHTTP2 = true
				s.StartTLS()
				defer s.Close()
				rate := fmt.Sprintf("%d/s", tc.connections/20)
				b := start(t, "sustained", s.URL, "-k", "--http", tc.version, "-c", fmt.Sprint(tc.connections), "-r", rate, "-d", "30s",
					"--timeout", "1m", "--no-save", "-o", "json=run.json")
				b.exit(t, exitOK)
				run := b.run(t)
				var most uint64
				for _, second := range run.Resources.Generator {
					most = max(most, second.RSS)
				}
				t.Logf("%d MB resident at most, over %+v", most>>20, run.Connections)
				if q := run.Requests; q.Succeeded != q.Due || q.Due < uint64(tc.connections) {
					m.errorf("%+v, errors %+v", q, run.Errors)
				}
				if c := run.Connections; len(c) != 1 || tc.version == "1.1" && c[0].Opened < uint64(tc.connections) {
					m.errorf("over %+v", c)
				}
				if most == 0 || most > tc.most {
					m.errorf("%d MB resident, want at most %d MB", most>>20, tc.most>>20)
				}
			})
		})
	}
}
