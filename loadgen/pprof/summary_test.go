package pprof

import (
	"bytes"
	"fmt"
	"io"
	"reflect"
	"runtime"
	"runtime/pprof"
	"strings"
	"testing"

	"github.com/google/pprof/profile"
)

// cpuProfile is a profile of stacks, written leaf first as in main<handler<query, each with its milliseconds.
func cpuProfile(stacks map[string]int64) *profile.Profile {
	p := &profile.Profile{SampleType: []*profile.ValueType{{Type: "samples", Unit: "count"}, {Type: "cpu", Unit: "nanoseconds"}}}
	locations := map[string]*profile.Location{}
	for stack, ms := range stacks {
		s := &profile.Sample{Value: []int64{ms / 10, ms * 1e6}}
		for _, name := range strings.Split(stack, "<") {
			l := locations[name]
			if l == nil {
				id := uint64(len(locations) + 1)
				l = &profile.Location{ID: id}
				// Inlined functions share a location, the innermost first.
				for i, inlined := range strings.Split(name, "+") {
					f := &profile.Function{ID: id*10 + uint64(i), Name: inlined}
					p.Function = append(p.Function, f)
					l.Line = append(l.Line, profile.Line{Function: f})
				}
				locations[name] = l
				p.Location = append(p.Location, l)
			}
			s.Location = append(s.Location, l)
		}
		p.Sample = append(p.Sample, s)
	}
	return p
}

func written(t testing.TB, p *profile.Profile) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := p.Write(&b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestSummarise(t *testing.T) {
	data := written(t, cpuProfile(map[string]int64{
		"query<handler<serve":         300,
		"step<query<handler<serve":    500,
		"write<serve":                 100,
		"walk<walk<walk<serve":        60, // calls itself
		"inner+outer<handler<serve":   40,
		"query<query<handler<handler": 0,
	}))
	got, err := Summarise(CPU, data)
	if err != nil {
		t.Fatal(err)
	}
	const ms = 1e6
	want := []Function{
		{"step", 500 * ms, 500 * ms}, {"query", 300 * ms, 800 * ms}, {"write", 100 * ms, 100 * ms}, {"walk", 60 * ms, 60 * ms},
		{"inner", 40 * ms, 40 * ms}, {"serve", 0, 1000 * ms}, {"handler", 0, 840 * ms}, {"outer", 0, 40 * ms},
	}
	if got.Total != 1000*ms || got.Unit != "nanoseconds" || !reflect.DeepEqual(got.Functions, want) || !bytes.Equal(got.Data, data) {
		t.Errorf("%d %s %+v", got.Total, got.Unit, got.Functions)
	}
	if err := got.Check(); err != nil {
		t.Error(err)
	}
}

// Of many functions those are kept that have most themselves, and those under which most was spent.
func TestSummariseKeepsTheMost(t *testing.T) {
	stacks := map[string]int64{}
	for i := range 100 {
		stacks[fmt.Sprintf("leaf%02d<middle%02d<root", i, i/10)] = int64(1000 + i)
	}
	got, err := Summarise(CPU, written(t, cpuProfile(stacks)))
	if err != nil {
		t.Fatal(err)
	}
	if n := len(got.Functions); n != 10+1+10 || got.Functions[0].Name != "leaf99" || got.Functions[9].Name != "leaf90" || got.Functions[10].Name != "root" {
		t.Errorf("%d functions: %+v", n, got.Functions)
	}
}

func TestSummariseReadsGosOwn(t *testing.T) {
	kept := make([]byte, 4<<20)
	var b bytes.Buffer
	runtime.GC()
	if err := pprof.Lookup("heap").WriteTo(&b, 0); err != nil {
		t.Fatal(err)
	}
	s, err := Summarise(Heap, b.Bytes())
	if err != nil || s.Total < 4<<20 || s.Unit != "bytes" {
		t.Fatalf("%+v, %v", s, err)
	}
	if !strings.Contains(s.Functions[0].Name, "TestSummariseReadsGosOwn") {
		t.Errorf("%+v", s.Functions)
	}
	runtime.KeepAlive(kept)
}

func TestSummariseRefuses(t *testing.T) {
	plain := func(p *profile.Profile) []byte {
		var b bytes.Buffer
		if err := p.WriteUncompressed(&b); err != nil {
			t.Fatal(err)
		}
		return b.Bytes()
	}
	good := cpuProfile(map[string]int64{"a<b": 10})
	negative := cpuProfile(map[string]int64{"a": -10})
	huge := cpuProfile(map[string]int64{"a": 9e12, "b": 9e12})
	deep := cpuProfile(map[string]int64{strings.Repeat("a<", 1<<17) + "a": 10})
	for range 100 {
		deep.Location[0].Line = append(deep.Location[0].Line, deep.Location[0].Line[0])
	}
	unknown := cpuProfile(map[string]int64{"a": 10})
	unknown.SampleType[1].Type = "wall"
	for name, tc := range map[string]struct {
		data []byte
		want string
	}{
		"nothing":           {nil, "it is no profile"},
		"a page":            {[]byte("<!doctype html><title>Shop</title>"), "it is no profile"},
		"cut off":           {plain(good)[:40], "it is no profile"},
		"packed, cut off":   {written(t, good)[:40], "gzip: unexpected EOF"},
		"garbage, packed":   {[]byte("\x1f\x8b and so on and so on"), "gzip: "},
		"a bomb":            {packed(t, io.LimitReader(endless{}, 16<<20)), "unpacked it is larger than 8 MiB"},
		"a million samples": {bytes.Repeat([]byte{2<<3 | 2, 0}, 1<<20), "more than 524288 parts"},
		"deep stacks":       {written(t, deep), "more than 8388608 frames"},
		"negative":          {written(t, negative), "cannot be added up"},
		"too much":          {written(t, huge), "cannot be added up"},
		"another thing":     {written(t, unknown), "it has no cpu in nanoseconds"},
	} {
		if _, err := Summarise(CPU, tc.data); err == nil || !strings.Contains(err.Error(), tc.want) || len(err.Error()) > 300 {
			t.Errorf("%s: error %v, want one with %q", name, err, tc.want)
		}
	}
}

func TestCheck(t *testing.T) {
	for _, s := range []Summary{
		{Total: -1},
		{Total: 10, Functions: []Function{{"a", 11, 11}}},
		{Total: 10, Functions: []Function{{"a", 5, 4}}},
		{Total: 10, Functions: []Function{{"a", -1, 4}}},
		{Total: 10, Functions: []Function{{strings.Repeat("a", 1000), 1, 4}}},
		{Total: 10, Functions: make([]Function, 1000)},
		{Total: 10, File: strings.Repeat("a", 1000)},
	} {
		if s.Check() == nil {
			t.Errorf("accepted: %.100v", s)
		}
	}
}

// Nothing that a service sends as its profile ends bench, and what is accepted can be kept.
func FuzzSummarise(f *testing.F) {
	f.Add(written(f, cpuProfile(map[string]int64{"a<b": 10, "a+c<b": 20})))
	f.Add([]byte{})
	var plain bytes.Buffer
	if err := cpuProfile(map[string]int64{"a<b": 10}).WriteUncompressed(&plain); err != nil {
		f.Fatal(err)
	}
	f.Add(plain.Bytes())
	f.Fuzz(func(t *testing.T, data []byte) {
		s, err := Summarise(CPU, data)
		if err != nil {
			return
		}
		if err := s.Check(); err != nil {
			t.Fatalf("%+v: %v", s, err)
		}
	})
}
