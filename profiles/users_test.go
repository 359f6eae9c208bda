package profiles

import (
	"reflect"
	"strings"
	"testing"
	"time"
)

func TestParseUsers(t *testing.T) {
	f, err := Parse("u.yaml", []byte(`version: 2
name: people
think: 1s±50%
phases:
  - {name: up, kind: ramp, duration: 30s, vus: 20}
  - {name: on, kind: hold, duration: 1m, vus: 20}
  - {name: crowd, kind: spike, duration: 10s, vus: 50}
  - {name: down, kind: ramp, duration: 20s, vus: 0}
  - {name: again, kind: ramp, duration: 20s, vus: 5..10}
`))
	want := []Phase{
		{Name: "up", Kind: Ramp, Duration: 30 * time.Second, FromVUs: 1, ToVUs: 20},
		{Name: "on", Kind: Hold, Duration: time.Minute, FromVUs: 20, ToVUs: 20},
		{Name: "crowd", Kind: Spike, Duration: 10 * time.Second, FromVUs: 50, ToVUs: 50},
		{Name: "down", Kind: Ramp, Duration: 20 * time.Second, FromVUs: 50, ToVUs: 0},
		{Name: "again", Kind: Ramp, Duration: 20 * time.Second, FromVUs: 5, ToVUs: 10},
	}
	if err != nil || !reflect.DeepEqual(f.Phases, want) || f.Think == nil || f.Think.Law != UniformThink || !f.OfUsers() || f.MostVUs() != 50 {
		t.Errorf("%+v, %v", f, err)
	}
	if back, err := Parse("u.yaml", f.YAML()); err != nil || !reflect.DeepEqual(back, f) {
		t.Errorf("written as\n%s\nit is read back as %+v, %v", f.YAML(), back, err)
	}
	_, s := testSchema(t)
	if err := valid(t, s, string(f.YAML())); err != nil {
		t.Errorf("the schema says %v of\n%s", err, f.YAML())
	}
	if cut := f.Until(15 * time.Second).Phases; len(cut) != 1 || cut[0].ToVUs != 11 {
		t.Errorf("half of the ramp: %+v", cut)
	}
	if warm, err := f.WithWarmUp(time.Second); err != nil || warm.Phases[0].ToVUs != 1 || warm.Phases[0].Kind != Warmup {
		t.Errorf("with a warm-up: %+v, %v", warm.Phases, err)
	}
	for text, want := range map[string]string{
		"vus: 20\n    rate: 5/s": `f.yaml:3: phase "a": vus stands beside a rate`,
		"vus: many":              `f.yaml:6: phase "a": vus must be a whole number`,
		"vus: -1":                "vus must be a whole number",
		"vus: 100001":            "at most 100000",
		"vus: 2..x":              "vus must be a whole number",
		"vus: 0":                 "must offer at least 1 request",
		"vus: 5\n  - {name: b, kind: hold, duration: 1s, rate: 5/s}": `phase "b": it has a rate, and others have users`,
		"rate: 5/s\nthink: soon":                                     "f.yaml:7: think time must be such as 1s",
	} {
		_, err := Parse("f.yaml", []byte("name: x\nphases:\n  - name: a\n    kind: hold\n    duration: 1s\n    "+text+"\n"))
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want an error with %q", text, err, want)
		}
	}
}

func TestFromVUStages(t *testing.T) {
	p, err := FromVUStages(5, []VUStage{{10 * time.Second, 20}, {time.Second, 20}, {0, 3}, {time.Second, 3}})
	want := []Phase{
		{Name: "stage-1", Kind: Ramp, Duration: 10 * time.Second, FromVUs: 5, ToVUs: 20},
		{Name: "stage-2", Kind: Hold, Duration: time.Second, FromVUs: 20, ToVUs: 20},
		{Name: "stage-4", Kind: Hold, Duration: time.Second, FromVUs: 3, ToVUs: 3},
	}
	if err != nil || !reflect.DeepEqual(p.Phases, want) {
		t.Errorf("%+v, %v", p, err)
	}
	for _, stages := range [][]VUStage{nil, {{-1, 5}}, {{0, 5}}, {{time.Second, 0}}} {
		if p, err := FromVUStages(0, stages); err == nil {
			t.Errorf("%v makes %+v", stages, p)
		}
	}
	for _, text := range []string{"20", "10s", "10s:", "x:5", "10s:1.5", "10s:-1"} {
		if got, err := ParseVUStage(text); err == nil {
			t.Errorf("%s is read as %v", text, got)
		}
	}
}
