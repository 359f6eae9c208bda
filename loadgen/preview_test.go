package loadgen

import (
	"fmt"
	"net/http"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/seed-5a006608/bench/loadgen/request"
	"github.com/seed-5a006608/bench/loadgen/runfile"
)

func TestPreviewIsWhatWouldBeSent(t *testing.T) {
	t.Setenv("BENCH_TEST_TOKEN", "C4N4RY")
	p := Plan{
		Target:  runfile.Target{Name: "h"},
		Profile: shortSpike(),
		Requests: []request.Request{{
			URL:    "http://user:C4N4RY@h/{{seq}}/{{csv request/testdata/users.csv name}}/{{pick open}}?token=C4N4RY&id=C4N4RY{{seq}}&{{uniform 5 5}}&w={{pick C4N4RY}}&C4N4RY#C4N4RY",
			Method: "POST", Body: "C4N4RY",
			Header: http.Header{
				"Accept": {"text/html"}, "X-Id": {"C4N4RY{{seq}}-{{seq}}"}, "X-Who": {"{{csv request/testdata/users.csv name}}"},
				"Cookie": {"C4N4RY"}, "Content-Type": {"${env:BENCH_TEST_TOKEN}", "a{{seq}}"},
			},
		}},
		Seed: 1,
	}
	v, err := compiled(t, p).Preview(midday)
	if err != nil {
		t.Fatal(err)
	}
	r, err := newRecording(p)
	if err != nil {
		t.Fatal(err)
	}
	if v.Requests != r.schedule.Total() || v.Length != 4500*time.Millisecond || len(v.First) != previewed || v.Memory <= 0 {
		t.Errorf("%+v", v)
	}
	for i, got := range v.First {
		k := uint64(i)
		want := runfile.PreviewRequest{
			K: k, At: r.schedule.At(k), Name: "POST /{{seq}}/{{csv request/testdata/users.csv name}}/{{pick open}}?token=…&id=…&…&w=…&…", Method: "POST",
			URL:    fmt.Sprintf("http://h/%d/…/open?token=…&id=…%d&5&w=…&…", k, k),
			Header: []string{"Accept: text/html", "Content-Type: …", fmt.Sprintf("Content-Type: a%d", k), "Cookie: …", "X-Id: …" + fmt.Sprintf("%d…%d", k, k), "X-Who: …", "Authorization: …"},
			Body:   6,
		}
		if !reflect.DeepEqual(got, want) {
			t.Errorf("request %d:\n%+v, want\n%+v", k, got, want)
		}
	}
	if low, high := v.Curve[0], v.Curve[len(v.Curve)/2]; low != 20 || high != 400 {
		t.Errorf("the curve begins at %v and has %v in its middle", low, high)
	}
	if text := fmt.Sprintf("%+v", v); strings.Contains(text, "C4N4RY") || strings.Contains(text, "bob") {
		t.Errorf("the preview shows a secret: %s", text)
	}
	p.Closed, p.Limits.Requests = &Closed{VUs: 3}, 4
	if v, err := compiled(t, p).Preview(midday); err != nil || v.Requests != 4 || v.Curve != nil || len(v.First) != 4 {
		t.Errorf("closed: %+v, %v", v, err)
	}
	p.Requests = nil
	if _, err := p.Compile(); err == nil {
		t.Error("a plan without requests was compiled")
	}
}

// The length is that of what net/http itself writes.
func TestWireBytes(t *testing.T) {
	m, err := request.NewMix([]request.Request{
		{URL: "http://h:80/a?b=c", Header: http.Header{"X-A": {"1", "22"}}},
		{URL: "http://h/", Method: "POST", Body: "twelve bytes", Header: http.Header{"Host": {"other"}}},
		{URL: "http://h/", Header: http.Header{"user-AGENT": {"me"}}},
	}, request.Selection{Seed: 1})
	if err != nil {
		t.Fatal(err)
	}
	for k, seen := uint64(0), map[int]bool{}; len(seen) < 3; k++ {
		seen[m.Index(k)] = true
		r, err := m.Render(k, midday)
		if err != nil {
			t.Fatal(err)
		}
		out, err := http.NewRequest(r.Method, r.URL.String(), strings.NewReader(string(r.Body)))
		if err != nil {
			t.Fatal(err)
		}
		if out.Header = r.Header; len(r.Body) == 0 {
			out.Body, out.GetBody = http.NoBody, nil
		}
		out.Host = r.Header.Get("Host")
		var b strings.Builder
		if err := out.Write(&b); err != nil {
			t.Fatal(err)
		}
		if got := wireBytes(&r); got != uint64(b.Len()) {
			t.Errorf("%d bytes, want %d of %q", got, b.Len(), b.String())
		}
	}
}
