package counter

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promhttp"
)

func client(t *testing.T, h http.Handler, name string) *Client {
	t.Helper()
	s := httptest.NewServer(h)
	t.Cleanup(s.Close)
	c, err := New(strings.Replace(s.URL, "http://", "http://me:s3cret@", 1)+"/metrics?token=s3cret", name, nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	return c
}

// What Prometheus' own library writes is read, as it stands at that moment.
func TestRead(t *testing.T) {
	registry := prometheus.NewRegistry()
	asked := prometheus.NewCounterVec(prometheus.CounterOpts{Name: "asked_total", Help: "Asked\nand \"more\"."}, []string{"for"})
	took := prometheus.NewHistogram(prometheus.HistogramOpts{Name: "took_seconds"})
	other := prometheus.NewGauge(prometheus.GaugeOpts{Name: "asked_total_of_another"})
	registry.MustRegister(asked, took, other)
	h := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if user, password, _ := r.BasicAuth(); user != "me" || password != "s3cret" || r.URL.RawQuery != "token=s3cret" {
			t.Errorf("asked as %s with %s", user, r.URL.RawQuery)
		}
		promhttp.HandlerFor(registry, promhttp.HandlerOpts{}).ServeHTTP(w, r)
	})
	c := client(t, h, "asked_total")
	if list, err := c.Read(t.Context()); err == nil || !strings.Contains(err.Error(), "/metrics has no counter asked_total") || strings.Contains(err.Error(), "s3cret") {
		t.Errorf("%v, %v", list, err)
	}
	asked.WithLabelValues("load").Add(41)
	asked.WithLabelValues(`a "flush" \ {x}`).Inc()
	asked.WithLabelValues("load").Inc()
	list, err := c.Read(t.Context())
	if err != nil || len(list) != 2 || list[0].Value+list[1].Value != 43 || list[0].Labels["for"] != `a "flush" \ {x}` && list[1].Labels["for"] != `a "flush" \ {x}` {
		t.Errorf("%v, %v", list, err)
	}
	took.Observe(0.1)
	if list, err := client(t, h, "took_seconds_count").Read(t.Context()); err != nil || len(list) != 1 || list[0].Value != 1 {
		t.Errorf("the count of a histogram: %v, %v", list, err)
	}
}

// Whatever a service sends, there is a bound and a sentence without secrets.
func TestReadHostile(t *testing.T) {
	sends := func(text string) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, text) }
	}
	forever := func(text string) http.HandlerFunc {
		text = strings.Repeat(text, 4<<10)
		return func(w http.ResponseWriter, _ *http.Request) {
			for {
				if _, err := io.WriteString(w, text); err != nil {
					return
				}
			}
		}
	}
	for want, h := range map[string]http.HandlerFunc{
		"answered status 404":           http.NotFound,
		"answered status 302":           func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "/s3cret", http.StatusFound) },
		"has no counter c":              sends("<html>c</html>\ncc 5\nc\n"),
		"more than 16 MiB of metrics":   forever("d 1\n"),
		"a line of more than 64 KiB":    forever("x"),
		"more than 1000 series of c":    forever("c{a=\"b\"} 1\n"),
		"not in the text format":        sends("c{a=\"b\" 1\n"),
		"has c at NaN, which is no":     sends("c NaN\n"),
		"has c at +Inf, which is no":    sends("c +Inf\n"),
		"has c at -1, which is no":      sends("c -1\n"),
		"has c at 0.5, which is no":     sends("c 0.5\n"),
		"has c at 1e+300, which is no":  sends("c 1e300\n"),
		"sent no whole answer within 2": func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() },
	} {
		c := client(t, h, "c")
		if c.patience = time.Minute; strings.HasPrefix(want, "sent no") {
			c.patience = 20 * time.Millisecond
		}
		list, err := c.Read(t.Context())
		if err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "s3cret") {
			t.Errorf("%v, %v, want an error with %q", list, err, want)
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := client(t, sends("c 1\n"), "c").Read(ctx); err == nil {
		t.Error("read for nobody")
	}
}

func TestNewRefuses(t *testing.T) {
	for _, c := range [][2]string{{"127.0.0.1:9090", "c"}, {"http://me:s3cret@h:x/", "c"}, {"ftp://h/", "c"}, {"http://h/", ""}, {"http://h/", "c{a=\"b\"}"}, {"http://h/", "a b"}} {
		if _, err := New(c[0], c[1], nil); err == nil || strings.Contains(err.Error(), "s3cret") {
			t.Errorf("%v: %v", c, err)
		}
	}
}

func FuzzParse(f *testing.F) {
	f.Add("c{a=\"b\"} 1\nc 2 1700000000\n# TYPE c counter\n")
	f.Fuzz(func(t *testing.T, text string) {
		list, err := parse(strings.NewReader(text), "c")
		if err == nil && (len(list) == 0 || len(list) > maxSeries) {
			t.Error(list)
		}
		for _, s := range list {
			if !(s.Value >= 0 && s.Value < MaxValue) {
				t.Error(fmt.Sprint(s))
			}
		}
	})
}
