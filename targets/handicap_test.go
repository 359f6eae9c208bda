package targets

import (
	"io"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"testing"
	"testing/synctest"
	"time"
)

// served returns how long a handler of that delay takes with a handicap, in virtual time, and its answer.
func served(h Handicap, path string, delay time.Duration) (took time.Duration, answer *http.Response) {
	handler := h.wrap(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		time.Sleep(delay)
		w.Header().Set("X-Cache", "HIT")
		w.WriteHeader(http.StatusAccepted)
		io.WriteString(w, "body")
	}))
	began := time.Now()
	w := httptest.NewRecorder()
	handler.ServeHTTP(w, httptest.NewRequest(http.MethodGet, path, nil))
	return time.Since(began), w.Result()
}

func TestHandicapSlowsAnswers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		took, answer := served(Handicap{Slow: 0.2, Wait: true}, "/", time.Second)
		body, _ := io.ReadAll(answer.Body)
		if took != 1200*time.Millisecond || answer.StatusCode != http.StatusAccepted || answer.Header.Get("X-Cache") != "HIT" || string(body) != "body" {
			t.Errorf("took %v: %v %q", took, answer, body)
		}
		if took, _ := served(Handicap{Slow: 0.2, Wait: true}, "/healthz", time.Second); took != time.Second {
			t.Errorf("/healthz took %v", took)
		}
	})
}

func TestHandicapSpendsProcessorTime(t *testing.T) {
	handler := Handicap{Slow: 1}.wrap(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { time.Sleep(5 * time.Millisecond) }))
	began := time.Now()
	handler.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest(http.MethodGet, "/", nil))
	if took := time.Since(began); took < 10*time.Millisecond {
		t.Errorf("took %v, want twice 5 ms", took)
	}
}

func TestHandicapFailsRequests(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		failed := 0
		for range 1000 {
			if _, answer := served(Handicap{Fail: 0.1}, "/", 0); answer.StatusCode == http.StatusInternalServerError {
				failed++
			}
		}
		if failed < 50 || failed > 150 { // five standard deviations
			t.Errorf("%d of 1000 failed, want about 100", failed)
		}
	})
}

// The slowest 3 % are found, whatever the distribution, and nearly all of the others are not.
func TestTailIsTheSlowestFew(t *testing.T) {
	random := rand.New(rand.NewPCG(3, 5))
	var e tailEstimate
	in, inSlow, slow, n := 0, 0, 0, 0
	for i := range 20_000 {
		v := time.Duration(random.ExpFloat64() * 1e6)
		held := e.holds(v)
		if i < 2000 {
			continue // while it settles
		}
		n++
		if held {
			in++
		}
		if v > 4_600_000 { // its P99
			slow++
			if held {
				inSlow++
			}
		}
	}
	if share := float64(in) / float64(n); share < 0.02 || share > 0.04 {
		t.Errorf("%.3f are in the tail, want 0.03", share)
	}
	if float64(inSlow) < 0.97*float64(slow) {
		t.Errorf("%d of %d beyond P99 are in the tail", inSlow, slow)
	}
}
