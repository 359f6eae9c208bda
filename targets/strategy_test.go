package targets

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"

	"github.com/seed-5a006608/bench/targets/cache"
	"github.com/seed-5a006608/bench/targets/catalogue"
	"github.com/seed-5a006608/bench/targets/web"
)

// openDefault opens a copy of the catalogue that the services serve.
func openDefault(t *testing.T, o catalogue.Options) *catalogue.Store {
	t.Helper()
	file := filepath.Join(t.TempDir(), "catalogue.sqlite")
	if err := (catalogue.File{Spec: catalogue.Default}).Copy(t.Context(), file); err != nil {
		t.Fatal(err)
	}
	store, err := catalogue.Open(t.Context(), file, o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { store.Close() })
	return store
}

// answer asks a handler.
func answer(h http.Handler, method, path, body string) *httptest.ResponseRecorder {
	w := httptest.NewRecorder()
	h.ServeHTTP(w, httptest.NewRequest(method, path, strings.NewReader(body)))
	return w
}

// Each strategy serves what is written, says its version, leaves the database's own answer to be asked for, and has the
// database hold everything once it has ended.
func TestStrategiesServe(t *testing.T) {
	for _, name := range cache.Strategies() {
		t.Run(name, func(t *testing.T) {
			store := openDefault(t, catalogue.Options{Connections: 1})
			target, err := Parse("cached:"+name, ServeOptions{})
			if err != nil {
				t.Fatal(err)
			}
			mux := web.NewMux(false)
			measureQueries(mux.Metrics, store)
			closeCache, err := handleByStrategy(t.Context(), mux, store, target)
			if err != nil {
				t.Fatal(err)
			}
			const page = "/categories/7/summary"
			wants := func(path, version, cache string) {
				t.Helper()
				w := answer(mux, "GET", path, "")
				h := w.Header()
				if w.Code != http.StatusOK || h.Get("X-Version") != version || h.Get("X-Cache") != cache {
					t.Errorf("%s: %d, X-Version %q, X-Cache %q: want %q and %q", path, w.Code, h.Get("X-Version"), h.Get("X-Cache"), version, cache)
				}
				if version != "0" && !strings.Contains(w.Body.String(), `"headline":"Reduced"`) {
					t.Errorf("%s does not show the headline: %.100s", path, w.Body)
				}
			}
			miss, hit := "MISS", "HIT"
			shown, found, stored := "a1", "MISS", "a1" // after the write
			switch name {
			case "none":
				miss, hit, found = "", "", ""
			case "ttl", "swr":
				shown, found = "0", "HIT"
			case "write-through":
				found = "HIT"
			case "write-behind":
				found, stored = "HIT", "0"
			}
			wants(page, "0", miss)
			wants(page, "0", hit)
			put := answer(mux, "PUT", "/categories/7/headline", `{"headline": "Reduced", "version": "a1"}`)
			if put.Code != http.StatusOK || put.Header().Get("X-Version") != "a1" || strings.TrimSpace(put.Body.String()) != `{"category_id":7,"headline":"Reduced","version":"a1"}` {
				t.Errorf("PUT: %d %v %s", put.Code, put.Header(), put.Body)
			}
			wants(page+"?origin=1", stored, "")
			wants(page, shown, found)
			if w := answer(mux, "PUT", "/categories/301/headline", `{"headline": "x"}`); w.Code != http.StatusNotFound {
				t.Errorf("a headline of no category: %d %s", w.Code, w.Body)
			}

			if err := closeCache(); err != nil {
				t.Error(err)
			}
			if s, err := store.Summary(context.Background(), 7); err != nil || s.Version != "a1" {
				t.Errorf("the database at the end: %+v, %v", s, err)
			}
			counts := map[string]int{"load": 2, "write": 1, "flush": 0, "background": 0, "check": 1}
			switch name {
			case "none":
				counts["load"] = 4
			case "aside", "read-through", "refresh-ahead":
				counts["load"] = 3
			case "write-behind":
				counts["write"], counts["flush"] = 0, 1
			}
			metrics := answer(mux, "GET", "/metrics", "").Body.String()
			for work, n := range counts {
				if want := fmt.Sprintf("db_queries_total{for=%q} %d\n", work, n); !strings.Contains(metrics, want) {
					t.Errorf("/metrics lacks %s", want)
				}
			}
		})
	}
}

func TestWarm(t *testing.T) {
	store := openDefault(t, catalogue.Options{Connections: 2})
	target, err := Parse("cached:aside,warm=5", ServeOptions{})
	if err != nil {
		t.Fatal(err)
	}
	mux := web.NewMux(false)
	closeCache, err := handleByStrategy(t.Context(), mux, store, target)
	if err != nil {
		t.Fatal(err)
	}
	defer closeCache()
	for id, want := range map[int]string{1: "HIT", 5: "HIT", 6: "MISS"} {
		if got := answer(mux, "GET", fmt.Sprintf("/categories/%d/summary", id), "").Header().Get("X-Cache"); got != want {
			t.Errorf("category %d: X-Cache %q, want %q", id, got, want)
		}
	}
	if n := store.Queries(catalogue.Background); n != 5 {
		t.Errorf("%d queries to warm up, want 5", n)
	}
}

func TestHeadlinesThatAreRefused(t *testing.T) {
	mux := web.NewMux(false)
	store := openDefault(t, catalogue.Options{Connections: 1})
	handleCatalogue(mux, store, store, false)
	const want = `{"error":"want a body such as {\"headline\": \"Reduced\", \"version\": \"a1\"}"}`
	for body, want := range map[string]string{
		"":                          want,
		"{}":                        want,
		`{"headline": 1}`:           want,
		`{"headline": "x", "x": 1}`: want,
		`{"headline": "x"}{}`:       want,
		`{"headline": "` + strings.Repeat("x", 201) + `"}`:                `{"error":"headline must have at most 200 bytes, none of them 0"}`,
		`{"headline": "\u0000"}`:                                          `{"error":"headline must have at most 200 bytes, none of them 0"}`,
		`{"headline": "x", "version": "` + strings.Repeat("x", 65) + `"}`: `{"error":"version must have at most 64 letters of ASCII, without spaces"}`,
		`{"headline": "x", "version": "a\r\nSet-Cookie: b"}`:              `{"error":"version must have at most 64 letters of ASCII, without spaces"}`,
	} {
		if w := answer(mux, "PUT", "/categories/1/headline", body); w.Code != http.StatusBadRequest || strings.TrimSpace(w.Body.String()) != want {
			t.Errorf("%s: %d %s", body, w.Code, w.Body)
		}
	}
	made := map[string]bool{}
	for range 2 {
		version := answer(mux, "PUT", "/categories/1/headline", `{"headline": ""}`).Header().Get("X-Version")
		if version == "" || made[version] {
			t.Errorf("a version was made twice, or none: %q", version)
		}
		made[version] = true
	}
}

// The four services as they are without options say nothing of versions before something was written; driven with writes they do.
func TestPlainServicesSayNoVersion(t *testing.T) {
	for text, want := range map[string]string{"cached": "", "uncached": "", "pooled": "", "unpooled": "", "cached:mix=95/5": "0", "uncached:mix=50/50": "0"} {
		target, err := Parse(text, ServeOptions{})
		if err != nil {
			t.Fatal(err)
		}
		h, closeHandler, err := handler(t.Context(), target, t.TempDir(), ServeOptions{}, func(err error) { t.Error(err) })
		if err != nil {
			t.Fatal(err)
		}
		for _, path := range []string{"/categories/7/summary", "/categories/7/summary", "/categories/7/summary?origin=1"} {
			if got := answer(h, "GET", path, "").Header(); got.Get("X-Version") != want || len(got["X-Version"]) != len(want) {
				t.Errorf("%s %s: X-Version %q, want %q", text, path, got["X-Version"], want)
			}
		}
		answer(h, "PUT", "/categories/7/headline", `{"headline": "Reduced", "version": "a1"}`)
		if got := answer(h, "GET", "/categories/7/summary", "").Header().Get("X-Version"); got != "a1" {
			t.Errorf("%s, written: X-Version %q", text, got)
		}
		if err := closeHandler(); err != nil {
			t.Error(err)
		}
	}
}
