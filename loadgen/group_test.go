package loadgen

import (
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/seed-5a006608/bench/loadgen/request"
	"github.com/seed-5a006608/bench/loadgen/runfile"
)

func endpointsOf(t *testing.T, p Plan) (names []string, weights []float64, grouping runfile.Grouping) {
	t.Helper()
	r, err := p.Record()
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range r.Endpoints {
		names, weights = append(names, e.Name), append(weights, e.Weight)
	}
	return names, weights, r.Grouping
}

// Lines of one name are one endpoint, in the report and in thresholds; for before each is one of its own.
func TestRepeatedLinesAreOneEndpoint(t *testing.T) {
	p := linesOf(t, "GET http://h/x?a=1\nGET http://h/x?a=2\n\nGET http://h/y\nGET http://h/x?a=1\n", request.Request{})
	p.Thresholds = thresholds(t, "p99{GET /x?a=…}<1s")
	names, weights, grouping := endpointsOf(t, p)
	if !reflect.DeepEqual(names, []string{"GET /x?a=…", "GET /y"}) || !reflect.DeepEqual(weights, []float64{3, 1}) || grouping != runfile.GroupByName {
		t.Errorf("%q %v %q", names, weights, grouping)
	}
	run := driven(t, p, fakeServer{service: func(uint64) time.Duration { return time.Millisecond }})
	run.Judge(p.Thresholds)
	if got := run.Thresholds[0]; !got.Passed || got.Samples != 1500 || len(run.Phases[0].Endpoints) != 2 {
		t.Errorf("%+v, %d endpoints", got, len(run.Phases[0].Endpoints))
	}
	readBack(t, run)
	p.Group = runfile.GroupNever
	names, weights, grouping = endpointsOf(t, p)
	if !reflect.DeepEqual(names, []string{"GET /x?a=…", "GET /x?a=…", "GET /y", "GET /x?a=…"}) || weights[0] != 1 || grouping != runfile.GroupNever {
		t.Errorf("%q %v %q", names, weights, grouping)
	}
}

// Up to 32 names nothing is grouped, and a plan's record is that of before.
func TestFewNamesAreNotGrouped(t *testing.T) {
	var b strings.Builder
	for i := range runfile.MaxEndpoints {
		fmt.Fprintf(&b, "GET http://h/item/%d\n", i)
	}
	p := linesOf(t, b.String(), request.Request{})
	today, err := p.Record()
	if err != nil {
		t.Fatal(err)
	}
	p.Group = runfile.GroupNever
	before, err := p.Record()
	if err != nil || !reflect.DeepEqual(today, before) || len(today.Endpoints) != runfile.MaxEndpoints || today.Endpoints[31].Name != "GET /item/31" {
		t.Errorf("%+v\n%+v, %v", today, before, err)
	}
}

// Of more than 32 names those of one pattern are one endpoint; what a threshold, an objective or the file itself names stays
// itself, and is among those that are told apart wherever it stands.
func TestManyNamesAreGroupedByPattern(t *testing.T) {
	var b strings.Builder
	for i := range 40 {
		fmt.Fprintf(&b, "GET http://h/item/%d?page=%d\n\nGET http://h/user/%08x-0000-4000-8000-%012d/cart\n\nGET http://h/page%c%c\n\n", i, i, i, i, 'a'+i/26, 'a'+i%26)
	}
	b.WriteString("GET http://h/item/777\n\n# @name checkout\nGET http://h/item/778\n\nGET http://h/pageJudged\n\nGET http://h/item/779\n")
	p := linesOf(t, b.String(), request.Request{})
	p.Thresholds, p.SLO = thresholds(t, "p99{GET /item/777}<1s", "p99{GET /item/{n}}<1s"), thresholds(t, "p99{GET /pageJudged}<1s")
	names, weights, grouping := endpointsOf(t, p)
	if len(names) != runfile.MaxEndpoints+1 || grouping != runfile.GroupByPattern {
		t.Fatalf("%d endpoints, %q: %q", len(names), grouping, names)
	}
	want := map[string]float64{
		"GET /item/{n}?page=…": 40, "GET /user/{n}/cart": 40, "GET /pageaa": 1, "GET /item/777": 1, "checkout": 1, "GET /pageJudged": 1, "GET /item/{n}": 1, runfile.Other: 40 - 26,
	}
	found := 0
	for i, name := range names {
		if w, ok := want[name]; ok {
			found++
			if weights[i] != w {
				t.Errorf("%s has %v lines, want %v", name, weights[i], w)
			}
		}
	}
	if found != len(want) {
		t.Errorf("told apart: %q", names)
	}
	run := driven(t, p, fakeServer{service: func(uint64) time.Duration { return time.Millisecond }})
	run.Judge(p.Thresholds)
	if !run.Thresholds[0].Passed || !run.Thresholds[1].Passed || run.Thresholds[0].Samples == 0 {
		t.Errorf("%+v", run.Thresholds)
	}
	readBack(t, run)
	m, err := p.mix()
	if err != nil {
		t.Fatal(err)
	}
	const said = "the targets file has more than 32 endpoints, which are grouped by pattern: GET /item/{n}?page=… (40 lines), GET /user/{n}/cart (40 lines), GET /item/{n} (1 line); 14 lines more are \"other\"; without grouping the first lines would be told apart instead"
	if got := m.Words(); got != said {
		t.Errorf("said: %s", got)
	}
	p.Thresholds = thresholds(t, "p99{GET /item/5}<1s")
	if err := p.Check(); err == nil || !strings.Contains(err.Error(), `no endpoint "GET /item/5": there is GET /item/{n}?page=…, `) {
		t.Errorf("error %v", err)
	}
}

// What is counted as other is said where no pattern was found either, with how many of the file's own names are.
func TestNamesThatAreCountedAsOtherAreSaid(t *testing.T) {
	var words, named, few strings.Builder
	for i := range runfile.MaxEndpoints + 8 {
		word := fmt.Sprintf("page%c%c", 'a'+i/26, 'a'+i%26)
		fmt.Fprintf(&words, "GET http://h/%s\n\n", word)
		fmt.Fprintf(&named, "# @name %s\nGET http://h/\n\n", word)
		fmt.Fprintf(&few, "GET http://h/%d\n\n", i%runfile.MaxEndpoints)
	}
	const said = `the targets file has more than 32 endpoints; 8 lines more are "other"`
	const instead = "; without grouping the first lines would be told apart instead"
	for _, tc := range []struct {
		text string
		by   runfile.Grouping
		want string
	}{
		{words.String(), runfile.GroupByPattern, said + instead},
		{words.String(), runfile.GroupByName, said + instead},
		{words.String(), runfile.GroupNever, ""},
		{named.String(), runfile.GroupByPattern, said + ", among them 8 names that the file gives" + instead},
		{few.String(), runfile.GroupByPattern, ""},
	} {
		p := linesOf(t, tc.text, request.Request{})
		p.Group = tc.by
		m, err := p.mix()
		if err != nil {
			t.Fatal(err)
		}
		if got := m.Words(); got != tc.want {
			t.Errorf("%q, %.30q: %s", tc.by, tc.text, got)
		}
	}
}
