package profiles

import (
	"reflect"
	"strings"
	"testing"
	"time"
)

const originFile = `name: x
phases: [{name: a, kind: hold, duration: 1s, rate: 5/s}]
origin:
  metrics: http://127.0.0.1:9187/metrics
  counter: pg_stat_statements_calls_total
  url: http://127.0.0.1:8080/items/{{key}}?origin=1
  settle: 2s
`

func TestOrigin(t *testing.T) {
	got, err := Parse("f.yaml", []byte(originFile))
	want := Origin{
		Metrics: Text{"http://127.0.0.1:9187/metrics", 4}, Counter: Text{"pg_stat_statements_calls_total", 5},
		URL: Text{"http://127.0.0.1:8080/items/{{key}}?origin=1", 6}, Settle: 2 * time.Second, Line: 3,
	}
	if err != nil || got.Origin != want {
		t.Errorf("%+v, %v", got.Origin, err)
	}
	again, err := Parse("f.yaml", got.YAML())
	if err != nil || !reflect.DeepEqual(withoutLines(again.Origin), withoutLines(want)) {
		t.Errorf("written and read again: %+v, %v", again.Origin, err)
	}
	_, schema := testSchema(t)
	if err := valid(t, schema, originFile); err != nil {
		t.Error(err)
	}
}

func withoutLines(o Origin) Origin {
	o.Metrics.Line, o.Counter.Line, o.URL.Line, o.Line = 0, 0, 0, 0
	return o
}

func TestOriginRefuses(t *testing.T) {
	const head = "name: x\nphases: [{name: a, kind: hold, duration: 1s, rate: 5/s}]\n"
	for _, c := range []struct{ text, want string }{
		{"origin: http://h/metrics\n", `3: origin: origin is a mapping with the keys metrics, counter, url, settle, got "http://h/metrics"`},
		{"origin:\n  metrics: http://h/metrics\n", "3: origin: metrics and counter belong together"},
		{"origin:\n  counter: c\n", "3: origin: metrics and counter belong together"},
		{"origin:\n  metric: http://h/metrics\n", `4: origin: unknown key "metric": did you mean "metrics"?`},
		{"origin: {}\n", "3: origin: give metrics and counter, or url"},
		{"origin:\n  url: http://h/items\n", "4: origin: url must hold the key once"},
		{"origin:\n  metrics: http://h/metrics\n  counter: c\n  settle: 1s\n", "3: origin: settle is the time before keys are read"},
		{"origin:\n  url: http://h/{{key}}\n  settle: 0s\n", `5: origin: settle must be a duration above 0 such as 1s, got "0s"`},
	} {
		if _, err := Parse("f.yaml", []byte(head+c.text)); err == nil || !strings.Contains(err.Error(), "f.yaml:"+c.want) {
			t.Errorf("%q: %v, want %q", c.text, err, c.want)
		}
	}
}
