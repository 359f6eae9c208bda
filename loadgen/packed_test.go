package loadgen

import (
	"bytes"
	"compress/gzip"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/seed-5a006608/bench/loadgen/request"
)

// Packed bodies are counted as they come, by both engines, and unpacked where something is expected of them. A bomb is no success.
func TestPackedBodies(t *testing.T) {
	t.Parallel()
	var packed bytes.Buffer
	w := gzip.NewWriter(&packed)
	_, _ = w.Write([]byte(`{"status":"ok","padding":"` + strings.Repeat("x", 1<<20) + `"}`))
	_ = w.Close()
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Accept-Encoding") != "gzip" {
			http.Error(w, "not asked for", http.StatusNotAcceptable)
			return
		}
		w.Header().Set("Content-Encoding", "gzip")
		_, _ = w.Write(packed.Bytes())
	}))
	t.Cleanup(s.Close)
	for _, engine := range Engines() {
		for expect, want := range map[string]string{"status=200": "", `body~"status":"ok"`: "", "json:$.status=ok": "expect: body too long"} {
			p := steady(s.URL, 100*time.Millisecond)
			p.Engine, p.Accept = engine, "gzip"
			for i := range p.Requests {
				p.Requests[i].Header = http.Header{"Accept-Encoding": {"gzip"}}
			}
			e, err := request.ParseExpect(expect)
			if err != nil {
				t.Fatal(err)
			}
			p.Expect = []request.Expect{e}
			run, err := Drive(t.Context(), p, Options{})
			if err != nil {
				t.Fatal(err)
			}
			got := ""
			for _, e := range run.Errors {
				got += e.Kind
			}
			each := run.Overall.Bytes.In / max(run.Requests.Due, 1)
			if got != want || each != uint64(packed.Len()) || run.Plan.Accept != "gzip" {
				t.Errorf("%s, %s: failed as %q, want %q; %d bytes each, came %d", engine, expect, got, want, each, packed.Len())
			}
		}
	}
}
