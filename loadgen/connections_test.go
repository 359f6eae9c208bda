package loadgen

import (
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/seed-5a006608/bench/loadgen/preflight"
	"github.com/seed-5a006608/bench/loadgen/runfile"
)

// A run says over what its requests went, by either engine: protocol, connections, TLS, and what was resumed of it.
func TestARunSaysOverWhatItWent(t *testing.T) {
	t.Parallel()
	plain := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	t.Cleanup(plain.Close)
	both := spoken(t, preflight.ALPNHTTP2, preflight.ALPNHTTP1)
	for _, engine := range Engines() {
		for _, tc := range []struct {
			url, http     string
			anew, resume  bool
			protocol, tls string
		}{
			{plain.URL, "", false, false, "HTTP/1.1", ""},
			{plain.URL, "", true, false, "HTTP/1.1", ""},
			{both, "1.1", false, false, "HTTP/1.1", "TLS 1.3"},
			{both, "1.1", true, false, "HTTP/1.1", "TLS 1.3"},
			{both, "1.1", true, true, "HTTP/1.1", "TLS 1.3"},
			{both, "2", false, false, "HTTP/2.0", "TLS 1.3"},
		} {
			if engine == runfile.EngineWire && tc.http == "2" {
				continue
			}
			p := steady(tc.url, 100*time.Millisecond)
			p.HTTP, p.Engine, p.TLS.Insecure, p.TLS.Resume = tc.http, engine, true, tc.resume
			p.Limits.NoKeepAlive, p.Limits.Connections = tc.anew, 4
			run, err := Drive(t.Context(), p, Options{})
			if err != nil {
				t.Fatal(err)
			}
			list := run.Connections
			if len(list) != 1 || list[0].Protocol != tc.protocol || list[0].TLS != tc.tls || (list[0].Suite == "") != (tc.tls == "") {
				t.Errorf("%s, %+v: %+v", engine, tc, list)
				continue
			}
			requests, f := run.Requests.Succeeded, list[0]
			if requests == 0 || tc.anew && f.Opened != requests || !tc.anew && f.Opened > 4 || f.Opened == 0 {
				t.Errorf("%s, %+v: %d connections for %d requests", engine, tc, f.Opened, requests)
			}
			if tc.resume != (f.Resumed > 0) || f.Resumed >= f.Opened {
				t.Errorf("%s, %+v: %d of %d resumed", engine, tc, f.Resumed, f.Opened)
			}
			connect, handshake := run.Overall.Connect, run.Overall.Handshake
			if connect.Count == 0 || tc.tls == "" && handshake.Count > 0 || handshake.MaxNS > connect.MaxNS {
				t.Errorf("%s, %+v: %d connected in up to %v, of it %d TLS in up to %v", engine, tc, connect.Count, connect.MaxNS, handshake.Count, handshake.MaxNS)
			}
			// Net/http may give a connection to another request than to the one that had it dialled.
			if engine == runfile.EngineWire && tc.tls != "" && handshake.Count != connect.Count || tc.anew && tc.tls != "" && handshake.Count == 0 {
				t.Errorf("%s, %+v: %d connected, of them %d with TLS", engine, tc, connect.Count, handshake.Count)
			}
		}
	}
}
