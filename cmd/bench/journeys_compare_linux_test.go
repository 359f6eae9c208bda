package main

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

// shop serves logins, and orders that take so long. An order whose token is not that of its user is wrong.
func shop(t *testing.T, order time.Duration, wrong *atomic.Uint64) string {
	t.Helper()
	mux := http.NewServeMux()
	mux.HandleFunc("POST /login/{user}", func(w http.ResponseWriter, r *http.Request) {
		time.Sleep(70 * ms)
		fmt.Fprintf(w, `{"token": "of-%s"}`, r.PathValue("user"))
	})
	mux.HandleFunc("GET /order/{user}", func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Authorization") != "of-"+r.PathValue("user") {
			wrong.Add(1)
		}
		time.Sleep(order)
	})
	s := httptest.NewServer(mux)
	t.Cleanup(s.Close)
	return s.URL
}

const shopFile = `version: 2
name: shop
target: http://127.0.0.1:1
phases: [{name: load, kind: hold, duration: 1s, rate: 1/s}]
journeys:
  - name: buy
    vars: {user: "{{seq}}"}
    steps:
      - {name: login, method: POST, path: "/login/{{user}}", take: {token: "json:$.token"}}
      - {name: order, path: "/order/{{user}}", headers: ["Authorization: {{token}}"], think: 10ms..30ms}
slo: "p50{buy}<185ms"
`

// A gate drives the journeys of a file at old and new, and fails where one of their steps is much slower, with its journeys.
func TestGateOfJourneysFindsASlowerStep(t *testing.T) {
	measured(t, func(t *testing.T, m *trial) {
		var wrong atomic.Uint64
		gate := start(t, "gate", shop(t, 70*ms, &wrong), shop(t, 160*ms, &wrong), "-f", fileOf(t, shopFile), "-r", "200/s", "--round", "100ms",
			"--margin", "p95=off", "--margin", "p99=off", "--max-time", "30s", "--no-save", "-o", "json=gate.json")
		<-gate.done
		if n := wrong.Load(); n > 0 {
			m.wrongf("%d orders had another user's token", n)
		}
		if code := gate.ProcessState.ExitCode(); code != exitRegression {
			m.errorf("exit %d: %s%s", code, gate.stdout.String(), gate.stderr.String())
			return
		}
		text, err := os.ReadFile(filepath.Join(gate.dir, "gate.json"))
		if err != nil {
			t.Fatal(err)
		}
		var file struct {
			Comparisons []struct {
				Of         string
				Rows       []struct{ A, B float64 }
				Objectives []struct{ A, B struct{ Outcome string } }
			}
		}
		if err := json.Unmarshal(text, &file); err != nil {
			t.Fatal(err)
		}
		found := file.Comparisons[0]
		if p50 := found.Rows[0]; found.Of != "journeys" || p50.A < 140e6 || p50.A > 185e6 || p50.B < 230e6 {
			m.errorf("%+v", found)
		}
		if o := found.Objectives[0]; o.A.Outcome != "pass" || o.B.Outcome != "missed" {
			m.errorf("of the objective %+v", o)
		}
		if !strings.Contains(gate.stdout.String(), "at 200 journeys/s each") {
			m.wrongf("%s", gate.stdout.String())
		}
	})
}
