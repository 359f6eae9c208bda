package loadgen

import (
	"bytes"
	"fmt"
	"reflect"
	"testing"
	"time"

	"github.com/seed-5a006608/bench/loadgen/exchange"
	"github.com/seed-5a006608/bench/loadgen/racetest"
	"github.com/seed-5a006608/bench/loadgen/runfile"
	"pgregory.net/rapid"
)

// Each second tells all its failures by kind, and a file keeps that.
func TestSecondsTellFailuresByKind(t *testing.T) {
	racetest.Skip(t)
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		_, run, samples, _ := anyRun(t)
		want := make([]runfile.KindCounts, len(run.Intervals))
		for _, s := range samples {
			if s.Outcome == exchange.Failed || s.Outcome == exchange.TimedOut || s.Outcome == exchange.Shed {
				want[int(s.Intended/time.Second)].Count(s.Kind, 1)
			}
		}
		for i, s := range run.Intervals {
			if !reflect.DeepEqual(s.Failures, want[i]) {
				t.Fatalf("second %d failed by %v, want %v", i, s.Failures, want[i])
			}
		}
		var file bytes.Buffer
		if err := runfile.Encode(&file, []*runfile.Run{run}); err != nil {
			t.Fatal(err)
		}
		read, err := runfile.Decode("run.json", &file)
		if err != nil {
			t.Fatal(err)
		}
		for i, s := range read.Runs[0].Intervals {
			if !reflect.DeepEqual(s.Failures, want[i]) {
				t.Fatalf("read again, second %d failed by %v, want %v", i, s.Failures, want[i])
			}
		}
	})
}

func TestSecondsKeepTheCommonestKinds(t *testing.T) {
	list := make([]runfile.Interval, 2)
	for i := range 12 {
		list[i%2].Failures.Count(fmt.Sprintf("kind %02d", i), uint64(100-i))
	}
	list[1].Failures.Count("kind 11", 500)
	runfile.FoldKinds(list)
	if got, want := list[0].Failures, (runfile.KindCounts{"kind 00": 100, "kind 02": 98, "kind 04": 96, "kind 06": 94, runfile.Other: 92 + 90}); !reflect.DeepEqual(got, want) {
		t.Errorf("the first second has %v, want %v", got, want)
	}
	if got, want := list[1].Failures, (runfile.KindCounts{"kind 01": 99, "kind 03": 97, "kind 05": 95, "kind 11": 589, runfile.Other: 93 + 91}); !reflect.DeepEqual(got, want) {
		t.Errorf("the second one has %v, want %v", got, want)
	}
	again := list[1].Failures
	runfile.FoldKinds(list)
	if !reflect.DeepEqual(list[1].Failures, again) {
		t.Errorf("folded twice it is %v", list[1].Failures)
	}
}

func TestSecondsCountCacheMarks(t *testing.T) {
	c := newSecond()
	for _, mark := range []cacheMark{cacheHit, cacheHit, cacheMiss} {
		c.count(&sample{Exchange: new(exchange.Exchange), cache: mark})
	}
	sum := newSecond()
	sum.add(c)
	sum.add(c)
	if sum.hits != 4 || sum.misses != 2 {
		t.Errorf("%d hits and %d misses, want 4 and 2", sum.hits, sum.misses)
	}
}
