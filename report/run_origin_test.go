package report

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"github.com/seed-5a006608/bench/loadgen/runfile"
)

func TestOriginIsShown(t *testing.T) {
	counted := &runfile.Origin{Source: runfile.OriginCounter, LengthNS: 10 * time.Second, Statements: 500, Work: &runfile.OriginWork{Loads: 400, Writes: 60, Flushes: 40}}
	for _, c := range []struct {
		origin *runfile.Origin
		lost   *runfile.Lost
		warm   *runfile.CacheWarmUp
		want   []string
		not    string
	}{
		{nil, nil, nil, nil, "at the origin"},
		{counted, nil, nil, []string{"at the origin", "statements", "50/s", "40/s", "6/s", "4/s"}, "lost writes"},
		{counted, &runfile.Lost{Keys: 40, Of: 40, GoneBack: 7, Writes: 9, NotJudged: 1}, nil, []string{"lost writes", "9, 7 of 39 keys"}, ""},
		{nil, &runfile.Lost{Keys: 40, Of: 40}, nil, []string{"0 of 40 keys"}, "statements"},
		{&runfile.Origin{Source: runfile.OriginCounter, Problem: "GET http://h/ answered status 500"}, nil, nil,
			[]string{"the origin's load is not known: GET http://h/ answered status 500"}, "statements"},
		{&runfile.Origin{Source: runfile.OriginTimings, LengthNS: time.Second, Statements: 50}, nil, nil, nil, "at the origin"},
		{&runfile.Origin{Source: runfile.OriginTimings, LengthNS: time.Second, Statements: 50}, &runfile.Lost{}, nil, []string{"≥ 50/s", "by Server-Timing", "none written"}, ""},
		{nil, nil, &runfile.CacheWarmUp{Ratio: 0.9, Ended: true, AfterNS: 3 * time.Second}, []string{"warm after", "3 s"}, ""},
		{nil, nil, &runfile.CacheWarmUp{Ratio: 0.9, Ended: true}, []string{"at once"}, ""},
		{nil, nil, &runfile.CacheWarmUp{Ratio: 0.9}, []string{"not warm"}, ""},
	} {
		run := cachedRun()
		run.Origin, run.CacheWarmUp = c.origin, c.warm
		if c.lost != nil {
			run.Overall.Consistency = &runfile.Consistency{Lost: c.lost}
		}
		var b bytes.Buffer
		if err := WriteTerminal(&b, []*runfile.Run{run}, Options{Width: 140}); err != nil {
			t.Fatal(err)
		}
		for _, want := range c.want {
			if !strings.Contains(b.String(), want) {
				t.Errorf("%+v, %+v, %+v: no %q in\n%s", c.origin, c.lost, c.warm, want, b.String())
			}
		}
		if c.not != "" && strings.Contains(b.String(), c.not) {
			t.Errorf("%+v, %+v: %q in\n%s", c.origin, c.lost, c.not, b.String())
		}
	}
}
