package rig

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	_ "modernc.org/sqlite"

	"github.com/seed-5a006608/bench/loadgen"
	"github.com/seed-5a006608/bench/loadgen/request"
	"github.com/seed-5a006608/bench/profiles"
	"github.com/seed-5a006608/bench/targets"
	"github.com/seed-5a006608/bench/targets/postgres/postgrestest"
)

// acknowledged is what a proxy between bench and a service saw: the versions of each category that the service acknowledged, in order.
type acknowledged struct {
	mu      sync.Mutex
	service *url.URL
	order   map[string][]string
}

var headline = regexp.MustCompile(`^/categories/(\d+)/headline$`)

func (a *acknowledged) proxy() http.Handler {
	return &httputil.ReverseProxy{
		ErrorHandler: func(w http.ResponseWriter, _ *http.Request, _ error) { w.WriteHeader(http.StatusBadGateway) },
		Rewrite: func(r *httputil.ProxyRequest) {
			a.mu.Lock()
			defer a.mu.Unlock()
			r.SetURL(a.service)
		},
		ModifyResponse: func(r *http.Response) error {
			of := headline.FindStringSubmatch(r.Request.URL.Path)
			if of == nil || r.StatusCode != http.StatusOK {
				return nil
			}
			body, err := io.ReadAll(r.Body)
			if err != nil {
				return err // it was not acknowledged whole
			}
			r.Body = io.NopCloser(bytes.NewReader(body))
			a.mu.Lock()
			defer a.mu.Unlock()
			a.order[of[1]] = append(a.order[of[1]], r.Header.Get("X-Version"))
			return nil
		},
	}
}

// stored reads the versions of all categories by a SELECT of the test's own, on what a keeper keeps below a directory.
func stored(t *testing.T, dir string) map[string]string {
	t.Helper()
	const query = "SELECT id, version FROM %scategories"
	versions := map[string]string{}
	take := func(scan func(...any) error) {
		var id int
		var version string
		if err := scan(&id, &version); err != nil {
			t.Fatal(err)
		}
		versions[fmt.Sprint(id)] = version
	}
	kept := only(t, filepath.Join(dir, "*", "kept.json"))
	text, err := os.ReadFile(kept)
	if err != nil {
		t.Fatal(err)
	}
	var at struct{ DSN, Schema string }
	if err := json.Unmarshal(text, &at); err != nil {
		t.Fatal(err)
	}
	if at.DSN != "" {
		db, err := pgx.Connect(t.Context(), at.DSN)
		if err != nil {
			t.Fatal(err)
		}
		defer db.Close(context.Background())
		rows, err := db.Query(t.Context(), fmt.Sprintf(query, pgx.Identifier{at.Schema}.Sanitize()+"."))
		if err != nil {
			t.Fatal(err)
		}
		for rows.Next() {
			take(rows.Scan)
		}
		return versions
	}
	db, err := sql.Open("sqlite", "file:"+filepath.Join(filepath.Dir(kept), "catalogue.sqlite")+"?mode=ro")
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	rows, err := db.QueryContext(t.Context(), fmt.Sprintf(query, ""))
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	for rows.Next() {
		take(rows.Scan)
	}
	return versions
}

func only(t *testing.T, pattern string) string {
	t.Helper()
	list, err := filepath.Glob(pattern)
	if err != nil || len(list) != 1 {
		t.Fatalf("%s: %v, %v", pattern, list, err)
	}
	return list[0]
}

// writer is a target that one user reads and writes through a proxy. Once it was started again after the kill, found has what is in
// its database.
func writer(t *testing.T, name string, seen *acknowledged, found *map[string]string) *Target {
	t.Helper()
	bundled, err := targets.Parse(name, targets.ServeOptions{})
	if err != nil {
		t.Fatal(err)
	}
	key, err := request.ParseRequestExtract("path~^/categories/([0-9]+)/")
	if err != nil {
		t.Fatal(err)
	}
	version, err := request.ParseAnswerExtract("header:X-Version")
	if err != nil {
		t.Fatal(err)
	}
	proxy := httptest.NewServer(seen.proxy())
	t.Cleanup(proxy.Close)
	starts := 0
	target := &Target{Name: bundled.Text, Service: &bundled.Service, Rate: 1000}
	target.Plan.Target.Name = name
	target.Ask = func(p *loadgen.Plan, address string) (err error) {
		if starts++; starts > 1 {
			*found = stored(t, os.Getenv("TMPDIR"))
		}
		seen.mu.Lock()
		defer seen.mu.Unlock()
		if seen.service, err = url.Parse(address); err != nil {
			return err
		}
		p.ReadBack = loadgen.ReadBack{URL: proxy.URL + targets.HeadlineAtOrigin, Settle: bundled.Settle()}
		p.Requests = []request.Request{
			{URL: proxy.URL + "/categories/{{zipf 300 1.1}}/summary", Consistency: &request.Consistency{Key: key, Version: version, Initial: "0"}},
			{URL: proxy.URL + "/categories/{{zipf 300 1.1}}/headline", Method: http.MethodPut, Body: `{"headline": "x", "version": "{{version}}"}`,
				Consistency: &request.Consistency{Write: true, Key: key}},
		}
		return nil
	}
	return target
}

// What is told to be lost by a kill is what a proxy saw acknowledged and the database does not have: of write-behind some, and of what
// writes to the database first, nothing.
func TestKilledServiceLosesWhatWasQueued(t *testing.T) {
	for _, db := range []string{"", targets.Throwaway} {
		for _, name := range []string{"cached:write-behind,batch=300,interval=1h", "cached:write-behind", "cached:write-through", "cached:aside"} {
			t.Run(strings.TrimPrefix(name, "cached:")+" "+db, func(t *testing.T) {
				if testing.Short() {
					t.Skip("starts real processes")
				}
				if db != "" {
					if os.Getenv("BENCH_LONG") == "" {
						t.Skip("starts PostgreSQL for each strategy: .ci/long runs it")
					}
					postgrestest.Require(t)
				}
				losesWhatWasQueued(t, name, db)
			})
		}
	}
}

func losesWhatWasQueued(t *testing.T, name, db string) {
	tmp, err := os.MkdirTemp("/tmp", "rig") // short: a socket lies below it
	if err != nil {
		t.Fatal(err)
	}
	defer os.RemoveAll(tmp)
	if err := os.Chmod(tmp, 0o755); err != nil { // for PostgreSQL's user, where the test is root
		t.Fatal(err)
	}
	t.Setenv("TMPDIR", tmp)
	seen := &acknowledged{order: map[string][]string{}}
	var found map[string]string
	target := writer(t, name, seen, &found)
	r := &Rig{Targets: []*Target{target}, CPUs: "shared", Serving: targets.ServeOptions{DB: db}, Say: func(_, text string) {}, Warn: func(_, text string) { t.Log(text) }}
	one := &loadgen.Closed{VUs: 1, Think: profiles.Think{Mean: 2 * time.Millisecond}} // so that the order of all is certain
	run, err := r.kill(t.Context(), target, time.Second, one, 1)
	if err != nil {
		t.Fatal(err)
	}
	seen.mu.Lock()
	defer seen.mu.Unlock()
	var gone, writes uint64
	for category, versions := range seen.order {
		at := len(versions) - 1
		for at >= 0 && versions[at] != found[category] {
			at--
		}
		if at < 0 && found[category] != "0" {
			continue // the last write, which was not acknowledged, reached the database
		}
		if lost := len(versions) - 1 - at; lost > 0 {
			gone, writes = gone+1, writes+uint64(lost)
		}
	}
	lost := run.Overall.Consistency.Lost
	t.Logf("%+v of %d writes; database and proxy say %d keys, %d writes", lost, run.Overall.Consistency.Writes, gone, writes)
	if lost.GoneBack != gone || lost.Writes != writes || lost.Again != 0 || lost.NotJudged > 1 || int(lost.Keys) < len(seen.order) || len(seen.order) == 0 {
		t.Errorf("%+v, want %d keys and %d writes of %d keys", lost, gone, writes, len(seen.order))
	}
	switch {
	case strings.HasSuffix(name, "interval=1h") && int(gone) != len(seen.order): // no more categories fit into a batch, and none is full
		t.Errorf("%d of %d keys have gone back, want all", gone, len(seen.order))
	case !strings.HasPrefix(name, "cached:write-behind") && gone > 0:
		t.Errorf("%d keys have gone back", gone)
	}
	if left, err := os.ReadDir(tmp); err != nil || len(left) > 0 {
		t.Errorf("left: %v, %v", left, err)
	}
}
