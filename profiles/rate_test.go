package profiles

import (
	"math"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

func TestParseRate(t *testing.T) {
	for _, tc := range []struct {
		in   string
		want float64
	}{
		{"500", 500}, {"500/s", 500}, {"30k/s", 30000}, {"30K/s", 30000}, {"1.5k", 1500}, {"2M/s", 2e6},
		{"600/m", 10}, {"7200/h", 2}, {"0", 0}, {"0.5/s", 0.5}, {".5", 0.5}, {"1e3/s", 1000}, {"10M", 1e7}, {"6k/m", 100},
	} {
		if got, err := ParseRate(tc.in); err != nil || got != tc.want {
			t.Errorf("ParseRate(%q) = %v, %v, want %v", tc.in, got, err, tc.want)
		}
	}
	const how = "rate must be a number of requests such as 500/s, 30k/s or 600/m, got "
	for _, tc := range []struct{ in, want string }{
		{"", how + `""`}, {"fast", how + `"fast"`}, {"500/d", how + `"500/d"`}, {"500/", how + `"500/"`},
		{"500 /s", how + `"500 /s"`}, {"5m", how + `"5m"`}, {"k", how + `"k"`}, {"1kk", how + `"1kk"`}, {"0x10", how + `"0x10"`},
		{"1_000", how + `"1_000"`}, {"inf", how + `"inf"`}, {"nan", how + `"nan"`}, {"1e999", how + `"1e999"`},
		{"max", how + `"max"`}, {"1/s/s", how + `"1/s/s"`}, {"--1", how + `"--1"`}, {"1,000", how + `"1,000"`},
		{"-5/s", "rate must be above 0, got -5"},
		{"11M", "rate must be at most 10000000/s, got 11000000/s"},
		{"1e-9", "rate must be 0 or at least 1e-06/s, got 1e-09/s"},
		{strings.Repeat("9", 100) + "x", how + `"` + strings.Repeat("9", 60) + `"…`},
	} {
		if got, err := ParseRate(tc.in); err == nil || err.Error() != tc.want {
			t.Errorf("ParseRate(%.40q) = %v, %v\nwant %s", tc.in, got, err, tc.want)
		}
	}
}

func TestFormatRateIsReadBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		r := rapid.Float64Range(MinRate, MaxRate).Draw(t, "rate")
		if got, err := ParseRate(formatRate(r)); err != nil || got != r {
			t.Fatalf("ParseRate(%q) = %v, %v, want %v", formatRate(r), got, err, r)
		}
	})
}

func TestParsePeak(t *testing.T) {
	for _, tc := range []struct {
		in   string
		want Peak
	}{{"2000/s", Peak{Rate: 2000}}, {"2k", Peak{Rate: 2000}}, {"10x", Peak{Factor: 10}}, {"1.5x", Peak{Factor: 1.5}}} {
		if got, err := ParsePeak(tc.in); err != nil || got != tc.want {
			t.Errorf("ParsePeak(%q) = %v, %v, want %v", tc.in, got, err, tc.want)
		}
	}
	const factor = "peak must be a multiple above 1 such as 10x, or a rate such as 2000/s, got "
	for _, tc := range []struct{ in, want string }{
		{"1x", factor + `"1x"`}, {"x", factor + `"x"`}, {"-2x", factor + `"-2x"`}, {"NaNx", factor + `"NaNx"`},
		{"10 x", factor + `"10 x"`},
		{"0/s", `peak must be above 0, got "0/s"`},
		{"high", `peak must be a number of requests such as 500/s, 30k/s or 600/m, got "high"`},
	} {
		if got, err := ParsePeak(tc.in); err == nil || err.Error() != tc.want {
			t.Errorf("ParsePeak(%q) = %v, %v\nwant %s", tc.in, got, err, tc.want)
		}
	}
}

func TestStages(t *testing.T) {
	var stages []Stage
	for _, s := range []string{"10s:100/s", "1m30s:500/s", "0s:50", "5s:50/s"} {
		st, err := ParseStage(s)
		if err != nil {
			t.Fatalf("ParseStage(%q): %v", s, err)
		}
		stages = append(stages, st)
	}
	p, err := FromStages(stages)
	if err != nil {
		t.Fatal(err)
	}
	want := []Phase{
		{"stage-1", Hold, 10 * time.Second, 100, 100, 0, 0}, // the first holds its rate
		{"stage-2", Ramp, 90 * time.Second, 100, 500, 0, 0},
		{"stage-4", Hold, 5 * time.Second, 50, 50, 0, 0}, // stage 3 has jumped
	}
	if len(p.Phases) != len(want) || p.Name != "stages" || p.Arrivals != Even {
		t.Fatalf("FromStages = %+v, want the phases %+v", p, want)
	}
	for i := range want {
		if p.Phases[i] != want[i] {
			t.Errorf("phase %d = %+v, want %+v", i, p.Phases[i], want[i])
		}
	}
}

func TestStagesRefused(t *testing.T) {
	for _, tc := range []struct{ in, want string }{
		{"10s", `stage must be DURATION:RATE, such as 10s:100/s, got "10s"`},
		{"10:100", `stage "10:100": duration must be a number with a unit such as 500ms, 8s or 1h30m, got "10"`},
		{"10s:fast", `stage "10s:fast": rate must be a number of requests such as 500/s, 30k/s or 600/m, got "fast"`},
		{"10s:100/s:x", `stage "10s:100/s:x": rate must be a number of requests such as 500/s, 30k/s or 600/m, got "100/s:x"`},
	} {
		if got, err := ParseStage(tc.in); err == nil || err.Error() != tc.want {
			t.Errorf("ParseStage(%q) = %v, %v\nwant %s", tc.in, got, err, tc.want)
		}
	}
	for _, tc := range []struct {
		in   []Stage
		want string
	}{
		{nil, "no stages; give at least one, such as 10s:100/s"},
		{[]Stage{{time.Second, 10}, {-time.Second, 10}}, "stage 2: duration must be 0 or more, got -1s"},
		{[]Stage{{time.Second, 10}, {time.Second, -1}}, `phase "stage-2": to must be above 0, got -1`},
		{[]Stage{{time.Second, 10}, {time.Second, math.NaN()}}, `phase "stage-2": to must be a finite number, got NaN`},
		{[]Stage{{0, 10}}, "no phases; add at least one, with a name, a kind, a duration and a rate"},
	} {
		if got, err := FromStages(tc.in); err == nil || err.Error() != tc.want {
			t.Errorf("FromStages(%v) = %v, %v\nwant %s", tc.in, got, err, tc.want)
		}
	}
}
