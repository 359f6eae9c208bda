package main

import (
	"fmt"
	"math"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
)

// A test file of six weighted endpoints with Zipf keys and a CSV file: the shares are those of the weights, and the same
// seed gives the same requests, byte for byte, in their order of numbers; another seed does not.
func TestFileOfWeightedRequests(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	users := filepath.Join(dir, "users.csv")
	if err := os.WriteFile(users, []byte("id\nu1\nu2\nu3\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(dir, "mix.yaml")
	weights := []float64{40, 25, 15, 10, 6, 4}
	text := "name: mix\nphases:\n  - name: load\n    kind: hold\n    duration: 1s\n    rate: 3000/s\nrequests:\n"
	for i, w := range weights {
		text += fmt.Sprintf("  - name: e%d\n    weight: %v\n    path: /e%d/{{zipf 1000 1.1}}/{{csv %s id}}?k={{uniform 1 1000000}}\n", i, w, i, users)
	}
	text += "    method: POST\n    body: '{{uuid}}'\n    headers: ['X-Seen: yes']\n"
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	drive := func(seed string) []string {
		var mu sync.Mutex
		var seen []string
		s := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
			body := make([]byte, 64)
			n, _ := r.Body.Read(body)
			mu.Lock()
			defer mu.Unlock()
			seen = append(seen, fmt.Sprintf("%s %s %q %q", r.Method, r.URL.RequestURI(), r.Header.Get("X-Seen"), body[:n]))
		}))
		defer s.Close()
		b := start(t, "run", file, s.URL, "--seed", seed, "--no-save", "-q")
		b.exit(t, exitOK)
		s.Close()         // when all it was asked is over
		slices.Sort(seen) // the order of arrival is the network's
		return seen
	}
	first := drive("1")
	const n = 3000
	if len(first) != n {
		t.Fatalf("%d requests, want %d", len(first), n)
	}
	for i, w := range weights {
		share, count := w/100, 0
		for _, line := range first {
			if strings.Contains(line, fmt.Sprintf(" /e%d/", i)) {
				count++
			}
		}
		if sd := math.Sqrt(n * share * (1 - share)); math.Abs(float64(count)-n*share) > 3*sd {
			t.Errorf("e%d was asked %d times, want %v ± %v", i, count, n*share, 3*sd)
		}
	}
	if !slices.Equal(first, drive("1")) {
		t.Error("the same seed gave other requests")
	}
	if slices.Equal(first, drive("2")) {
		t.Error("another seed gave the same requests")
	}
}
