package loadgen

import (
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/seed-5a006608/bench/loadgen/preflight"
	"github.com/seed-5a006608/bench/loadgen/request"
)

// What a plan names is read when it is compiled: a job is driven and shown alike, however often, when the files are gone.
func TestAJobReadsItsFilesOnce(t *testing.T) {
	t.Parallel()
	var mu sync.Mutex
	got := map[string]int{}
	server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		mu.Lock()
		defer mu.Unlock()
		got[r.URL.Path+" "+r.Header.Get("X-Key")]++
	}))
	defer server.Close()
	dir := t.TempDir()
	users, key := filepath.Join(dir, "users.csv"), filepath.Join(dir, "key")
	for path, text := range map[string]string{users: "id\n7\n8\n", key: "s3cret"} {
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	p := steady(server.URL, 200*time.Millisecond)
	p.Requests = []request.Request{{URL: server.URL + "/{{csv " + users + " id}}", Header: http.Header{"X-Key": {"${file:" + key + "}"}}}}
	j := compiled(t, p)
	if err := os.RemoveAll(dir); err != nil {
		t.Fatal(err)
	}
	able, findings := j.Preflight(t.Context(), false)
	if preflight.AnyFatal(findings) {
		t.Fatal(findings)
	}
	v, err := able.Preview(midday)
	if err != nil || v.Requests == 0 || len(v.First) == 0 {
		t.Fatalf("%+v, %v", v, err)
	}
	for range 2 {
		run, err := able.Drive(t.Context(), Options{})
		if err != nil || run.Requests.Succeeded != v.Requests {
			t.Fatalf("%+v, %v, want %d", run, err, v.Requests)
		}
	}
	mu.Lock()
	defer mu.Unlock()
	if n := int(v.Requests); len(got) != 2 || got["/7 s3cret"]+got["/8 s3cret"] != 2*n {
		t.Errorf("%v, want twice %d", got, n)
	}
}

// Fewer connections than loops are refused after a preflight as before it.
func TestAJobHoldsAConnectionForEachLoop(t *testing.T) {
	if len(Engines()) == 1 {
		t.Skip("this system has no wire engine")
	}
	p := steady("http://127.0.0.1/", time.Second)
	p.Wire.Loops = 3
	if _, err := compiled(t, p).withConnections(2, ""); err == nil {
		t.Error("two connections for three loops are taken")
	}
	if j, err := compiled(t, p).withConnections(3, ""); err != nil || j.Plan.Limits.Connections != 3 {
		t.Errorf("%v, want three connections for three loops", err)
	}
}
