package main

import (
	"strings"
	"testing"
	"time"

	"github.com/seed-5a006608/bench/cmd/bench/internal/rig"
	"github.com/seed-5a006608/bench/loadgen"
	"github.com/seed-5a006608/bench/loadgen/request"
	"github.com/seed-5a006608/bench/loadgen/runfile"
	"github.com/seed-5a006608/bench/profiles"
	"github.com/seed-5a006608/bench/targets"
)

// What is wrong with an origin is told with its place in the file, without what may be a secret.
func TestCheckOrigin(t *testing.T) {
	at := func(metrics, counter, url string) profiles.Origin {
		return profiles.Origin{Metrics: profiles.Text{Text: metrics, Line: 4}, Counter: profiles.Text{Text: counter, Line: 5}, URL: profiles.Text{Text: url, Line: 6}, Line: 3}
	}
	for _, c := range []struct {
		origin profiles.Origin
		want   string
	}{
		{profiles.Origin{}, ""},
		{at("http://me:s3cret@h/metrics?t=s3cret", "c", "http://h/{{key}}"), ""},
		{at("me:s3cret@h/metrics", "c", ""), "f.yaml:4: origin: metrics: it "},
		{at("http://me:s3cret@h:x/", "c", ""), "f.yaml:4: origin: metrics: it is no URL"},
		{at("http://h/metrics", "c{s3cret=\"\"}", ""), "f.yaml:4: origin: counter: it must be the name of a counter"},
		{at("", "", "me:s3cret@h/{{key}}"), "f.yaml:6: origin: url: it "},
	} {
		err := checkOrigin("f.yaml", c.origin)
		if (err == nil) != (c.want == "") || err != nil && (!strings.Contains(err.Error(), c.want) || strings.Contains(err.Error(), "s3cret")) {
			t.Errorf("%+v: %v, want %q", c.origin, err, c.want)
		}
	}
	counter, keys := originOf(at("http://h/metrics", "c", "http://h/{{key}}"))
	if counter != (loadgen.OriginCounter{Metrics: "http://h/metrics", Counter: "c"}) || keys.Settle != time.Second {
		t.Errorf("%+v, %+v", counter, keys)
	}
}

// The bundled services are asked for their counter where they are driven with writes, or their origin is judged.
func TestCountWhereItTells(t *testing.T) {
	judged, err := runfile.ParseThreshold("origin<50/s")
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]bool{"cached": false, "cached:ttl": true, "uncached": false, "reference": false} {
		for _, asked := range []bool{false, true} {
			plan := loadgen.Plan{Profile: rig.Hold("hold", 0, time.Second, 1)}
			if asked {
				plan.Thresholds = append(plan.Thresholds, judged)
			}
			subject := &rig.Target{Name: name, Plan: plan}
			if err := (&asking{driveOptions: &driveOptions{}}).driveService(subject, mixture{}, request.Request{}, nil); err != nil {
				t.Fatal(name, err)
			}
			countWhereItTells([]*rig.Target{subject})
			if err := subject.Ask(&subject.Plan, "http://127.0.0.1:1"); err != nil {
				t.Fatal(err)
			}
			counts := subject.Plan.Origin == loadgen.OriginCounter{Metrics: "http://127.0.0.1:1/metrics", Counter: targets.QueriesCounter, ByWork: true}
			if counts != (want || asked && name != "reference") {
				t.Errorf("%s, judged %v: %+v", name, asked, subject.Plan.Origin)
			}
		}
	}
}
