package loadgen

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"
)

func TestPreviewIsWhatWouldBeSent(t *testing.T) {
	p := Plan{
		Target:  Target{Name: "h"},
		Profile: shortSpike(),
		Requests: []Request{{
			URL: "http://user:C4N4RY@h/{{seq}}?token=C4N4RY&{{uniform 5 5}}", Method: "POST", Body: "C4N4RY",
			Header: http.Header{"Authorization": {"C4N4RY"}},
		}},
		Seed: 1,
	}
	v, err := p.Preview()
	if err != nil {
		t.Fatal(err)
	}
	r, err := newRecording(p.withDefaults())
	if err != nil {
		t.Fatal(err)
	}
	if v.Requests != r.schedule.Total() || v.Length != 4500*time.Millisecond || len(v.First) != previewed || v.Memory <= 0 {
		t.Errorf("%+v", v)
	}
	for i, got := range v.First {
		k := uint64(i)
		want := PreviewRequest{k, r.schedule.At(k), "POST /{{seq}}?token=…&…", "POST", fmt.Sprintf("http://h/%d?token=…&…", k), 6}
		if got != want {
			t.Errorf("request %d: %+v, want %+v", k, got, want)
		}
	}
	if low, high := v.Curve[0], v.Curve[len(v.Curve)/2]; low != 20 || high != 400 {
		t.Errorf("the curve begins at %v and has %v in its middle", low, high)
	}
	if text := fmt.Sprintf("%+v", v); strings.Contains(text, "C4N4RY") {
		t.Errorf("the preview shows a secret: %s", text)
	}
	p.Closed = &Closed{VUs: 3}
	if v, err := p.Preview(); err != nil || v.Requests != 0 || v.Curve != nil || len(v.First) != previewed {
		t.Errorf("closed: %+v, %v", v, err)
	}
	p.Requests = nil
	if _, err := p.Preview(); err == nil {
		t.Error("a plan without requests was previewed")
	}
}
