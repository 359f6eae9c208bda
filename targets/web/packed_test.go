package web

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// An answer is packed for who asks for that, and for nobody else.
func TestPacked(t *testing.T) {
	long := strings.Repeat("text ", 1000)
	h := Packed(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/short" {
			_, _ = w.Write([]byte("text"))
			return
		}
		_, _ = w.Write([]byte(long))
	}))
	for _, tc := range []struct{ path, accept, coding string }{
		{"/", "", ""}, {"/", "identity", ""}, {"/", "gzip", "gzip"}, {"/", "zstd", "zstd"}, {"/short", "gzip", ""},
	} {
		r := httptest.NewRequest(http.MethodGet, tc.path, nil)
		if tc.accept != "" {
			r.Header.Set("Accept-Encoding", tc.accept)
		}
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		got := w.Header().Get("Content-Encoding")
		if packed := w.Body.Len() < len(long)/10; got != tc.coding || tc.path == "/" && packed != (tc.coding != "") {
			t.Errorf("%+v: %q, %d bytes", tc, got, w.Body.Len())
		}
	}
}
