package report

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/seed-5a006608/bench/loadgen/runfile"
	"github.com/seed-5a006608/bench/report/capacity"
	"github.com/seed-5a006608/bench/report/page"
)

// measuredCapacity is what a search may have found, with a name that means harm.
func measuredCapacity(t *testing.T, name string) *capacity.Capacity {
	t.Helper()
	cpu := 0.94
	step := func(rate, served float64, p99 time.Duration, why string) capacity.Measurement {
		return capacity.Measurement{
			Step: capacity.Step{Purpose: capacity.Growing, Rate: rate, Hold: 4 * time.Second}, Offered: rate, Served: served,
			P50: p99 / 8, P99: p99, CPU: &cpu, Growth: rate - served, Holds: why == "", Why: why,
		}
	}
	c := &capacity.Capacity{
		Target: runfile.Target{Name: name}, Objectives: []string{"p99<50ms"}, Processors: 1, BrokeAt: 2000,
		MaxRate: capacity.MaxRate{Rate: capacity.Rate{Rate: 1840, Low: 1790, High: 1900}, Outcome: capacity.Found, Confirmed: 1800, Limiting: "the backlog grows by 41 requests/s"},
		Limit:   "Its processor limits it: 0.51 ms a request, full at 1960/s.",
		Steps:   []capacity.Measurement{step(2000, 1958, 1900*time.Millisecond, "the backlog grows by 41 requests/s"), step(500, 500, 4*time.Millisecond, ""), step(1000, 1000, 9*time.Millisecond, "")},
	}
	in := capacity.Inputs{
		Demand: 5000, Growth: capacity.Growth{Monthly: 0.04, Low: 0.04, High: 0.04}, Horizon: 12,
		Prices: capacity.Prices{Currency: "USD", Offers: []capacity.Offer{{Name: "small", Hourly: 0.17, Relative: 1, SpotLoss: 0.2}}},
	}
	if err := in.Check(); err != nil {
		t.Fatal(err)
	}
	var err error
	if c.Plan, err = capacity.MakePlan(in, c); err != nil {
		t.Fatal(err)
	}
	return c
}

// A plan of no month ahead is one for today.
func TestPlanForToday(t *testing.T) {
	c := measuredCapacity(t, "pooled")
	in, err := capacity.PlanText{Demand: "5000/s", Horizon: "0"}.Inputs(nil, nil)
	if err == nil {
		c.Plan, err = capacity.MakePlan(*in, c)
	}
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	if err := WriteCapacity(&b, []*capacity.Capacity{c}, Options{}); err != nil {
		t.Fatal(err)
	}
	if text := b.String(); !strings.Contains(text, "it carries today's peak") || strings.Contains(text, "+1 ") || strings.Contains(text, "horizon") {
		t.Errorf("%s", text)
	}
}

func TestCapacityReport(t *testing.T) {
	var b strings.Builder
	if err := WriteCapacity(&b, []*capacity.Capacity{measuredCapacity(t, "pooled")}, Options{}); err != nil {
		t.Fatal(err)
	}
	text := b.String()
	for _, want := range []string{
		"pooled holds 1,840/s (1,790 – 1,900, 95 %) with p99<50ms. Its processor limits it: 0.51 ms a\nrequest,",
		"500/s", "flat", "94 %", "no: the backlog grows by 41 requests/s", "confirmed: 1,800/s",
		"Fleet for 5,000/s today, +4.0 % a month, 12 months, 30 % headroom, one instance may be lost:",
		// 5,000/s / (1,840/s · 0.7) = 3.9; at 8,005/s 6.2. Instances cost 0.17 · 730 = 124.10 a month.
		"now  5,000/s          4  4 – 4       496 USD",
		"+12  8,005/s          7  7 – 7       869 USD",
		"it runs out in month 1 (1 to 2)",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("it lacks %q:\n%s", want, text)
		}
	}
	if at := strings.Index(text, "1,000/s"); at < strings.Index(text, "500/s") || at > strings.Index(text, "2,000/s") {
		t.Errorf("the steps are not by rate:\n%s", text)
	}
	for _, line := range strings.Split(text, "\n") {
		if page.Columns(line) > page.DefaultWidth {
			t.Errorf("%d columns: %s", page.Columns(line), line)
		}
	}
}

// What counts journeys says so wherever it writes a rate, as text and as Markdown.
func TestCapacityReportOfJourneys(t *testing.T) {
	c := measuredCapacity(t, "shop")
	c.Unit, c.NotPredicted, c.Asked = capacity.Journeys, "A journey is several requests.", []string{"buy/login", "buy/pay"}
	c.Objectives = []string{"p99{buy}<50ms", "p99{buy/pay}<20ms"}
	c.Demands = []capacity.Demand{{Resource: capacity.Processor, Servers: 1, Seconds: capacity.Estimate{Value: 0.0005, Low: 0.0004, High: 0.0006}, Saturation: capacity.Rate{Rate: 2000, Low: 1900, High: 2100}}}
	var err error
	if c.Plan, err = capacity.MakePlan(c.Plan.Inputs, c); err != nil {
		t.Fatal(err)
	}
	var text, md strings.Builder
	if err := errors.Join(WriteCapacity(&text, []*capacity.Capacity{c}, Options{}), WriteCapacityMarkdown(&md, []*capacity.Capacity{c})); err != nil {
		t.Fatal(err)
	}
	for form, got := range map[string]string{"text": strings.Join(strings.Fields(text.String()), " "), "Markdown": md.String()} {
		for _, want := range []string{
			"shop holds 1,840 journeys/s (1,790 – 1,900, 95 %) with p99", "completed", "confirmed: 1,800 journeys/s", "broke at 2,000 journeys/s", "a journey is several requests",
			"500 us a journey", "full at 2,000 journeys/s", "Fleet for 5,000 journeys/s today", "per million journeys", "million journeys in 30 days", "20ms allows an outage of 7.2 h", "the peak of 5,000 journeys/s", "The demand is of journeys",
		} {
			if !strings.Contains(got, want) {
				t.Errorf("%s lacks %q:\n%s", form, want, got)
			}
		}
	}
	if got, want := CapacityStep("shop", capacity.Measurement{Step: capacity.Step{Purpose: capacity.Growing, Unit: capacity.Journeys, Rate: 40}, Served: 39, Holds: true}),
		"shop: growth 40 journeys/s · 39 journeys/s served · P99 0 us · holds"; got != want {
		t.Errorf("%s\nwant %s", got, want)
	}
}

func TestCapacityReportOfSeveralSaysWhatIsSaved(t *testing.T) {
	holding := func(name, asked string, rate float64) *capacity.Capacity {
		c := measuredCapacity(t, name)
		c.Asked, c.MaxRate.Rate = []string{asked}, capacity.Rate{Rate: rate, Low: 0.97 * rate, High: 1.03 * rate}
		var err error
		if c.Plan, err = capacity.MakePlan(c.Plan.Inputs, c); err != nil {
			t.Fatal(err)
		}
		return c
	}
	nowhere := measuredCapacity(t, "broken")
	nowhere.Plan, nowhere.MaxRate = nil, capacity.MaxRate{Outcome: capacity.Nowhere, Rate: capacity.Rate{High: 1}}
	list := []*capacity.Capacity{
		holding("cached", "GET /summary", 1840), holding("uncached", "GET /summary", 184), // 4 and 39 instances
		holding("pooled", "GET /stock", 1500), holding("unpooled", "GET /stock", 1400), // 5 and 6
		nowhere,
	}
	var b strings.Builder
	if err := WriteCapacity(&b, list, Options{}); err != nil {
		t.Fatal(err)
	}
	text := strings.Join(strings.Fields(b.String()), " ")
	for _, want := range []string{
		"cached holds 10.0× what uncached does, and saves 35 instances at the same demand, or 4,344 USD a month",
		"pooled holds 1.1× what unpooled does, and saves 1 instance at the same demand, or 124 USD a month",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("it lacks %q:\n%s", want, b.String())
		}
	}
	list[0].MaxRate.AtLeast, list[3].MaxRate.AtLeast = true, true
	b.Reset()
	if err := WriteCapacity(&b, list, Options{}); err != nil {
		t.Fatal(err)
	}
	bounds := strings.Join(strings.Fields(b.String()), " ")
	if !strings.Contains(bounds, "cached holds at least 10.0× what uncached does") || strings.Contains(bounds, "pooled holds 1.1×") ||
		!strings.Contains(bounds, "how much unpooled takes is only known from below, so nothing is said of what others save against it") {
		t.Errorf("lower bounds are compared as if they were known:\n%s", b.String())
	}
	if !strings.Contains(text, "broken at no rate – –") {
		t.Errorf("what met its objective nowhere is not said so:\n%s", b.String())
	}
	if strings.Contains(text, "cached holds 1.23") || strings.Contains(text, "against unpooled") {
		t.Errorf("services that are asked differently are compared:\n%s", b.String())
	}
}

// Bursts are shown as what they are, and not as a point of the curve; a command is neither cut nor broken.
func TestCapacityReportOfBursts(t *testing.T) {
	plain, bursts := measuredCapacity(t, "pooled"), measuredCapacity(t, "pooled")
	cpu := 0.6
	bursts.Steps = append(bursts.Steps, capacity.Measurement{
		Step:    capacity.Step{Purpose: capacity.Bursts, Rate: 1100, Hold: 8 * time.Second, Burst: 200 * time.Millisecond},
		Offered: 1100, Served: 1100, P50: time.Millisecond, P99: 30 * time.Millisecond, CPU: &cpu, Holds: true,
	})
	if curve := capacityCurve(bursts); strings.Join(curve.Drawing.Lines(page.DefaultWidth), "\n") != strings.Join(capacityCurve(plain).Drawing.Lines(page.DefaultWidth), "\n") {
		t.Errorf("the bursts are a point of the curve:\n%s", strings.Join(curve.Drawing.Lines(page.DefaultWidth), "\n"))
	}
	command := "bench sustained pooled --rate 1710/s --warm-up 10s --threshold 'p99<50ms' --connections 64 --timeout 2s"
	var b strings.Builder
	if err := WriteCapacity(&b, []*capacity.Capacity{bursts}, Options{Again: command}); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"  60 %  in bursts of 200 ms\n", "\nnext: drive 95 % of what was confirmed again\n  " + command + "\n"} {
		if !strings.Contains(b.String(), want) {
			t.Errorf("it lacks %q:\n%s", want, b.String())
		}
	}
	if line := CapacityStep("pooled", bursts.Steps[3]); line != "pooled: bursts 1,100/s · 1,100/s served · P99 30 ms" {
		t.Error(line)
	}
}

func TestCapacityReportOfSizes(t *testing.T) {
	small, large := measuredCapacity(t, "pooled, GOMAXPROCS 1"), measuredCapacity(t, "pooled, GOMAXPROCS 2")
	small.Size, large.Size = 1, 2
	large.MaxRate.Rate.Rate = 3000
	var planned strings.Builder // for 5,000/s
	if err := WriteCapacity(&planned, []*capacity.Capacity{small, large}, Options{}); err != nil || !strings.Contains(planned.String(), "one instance of no size is known to carry the demand") {
		t.Errorf("%v; sizes that are too small for the demand are not said to be:\n%s", err, planned.String())
	}
	small.Plan, large.Plan = nil, nil
	var b strings.Builder
	if err := WriteCapacity(&b, []*capacity.Capacity{small, large}, Options{}); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		"pooled, GOMAXPROCS 2 holds 1.6× what pooled, GOMAXPROCS 1 does, with 2.0× its processors",
		"pooled, GOMAXPROCS 1 is the smallest size that meets the objective",
	} {
		if !strings.Contains(strings.Join(strings.Fields(b.String()), " "), want) {
			t.Errorf("it lacks %q:\n%s", want, b.String())
		}
	}
}

func TestCapacityReportIsCleaned(t *testing.T) {
	c := measuredCapacity(t, "evil\x1b[31m\nname|<b>")
	c.Notes = []string{"a note\x07 with <script> and | bars"}
	var terminal, md strings.Builder
	if err := WriteCapacity(&terminal, []*capacity.Capacity{c}, Options{Verbose: true}); err != nil {
		t.Fatal(err)
	}
	if err := WriteCapacityMarkdown(&md, []*capacity.Capacity{c}); err != nil {
		t.Fatal(err)
	}
	if strings.ContainsAny(terminal.String(), "\x1b\x07") || strings.ContainsAny(md.String(), "\x1b\x07") || strings.Contains(md.String(), "<script>") {
		t.Errorf("hostile text got through:\n%q\n%q", terminal.String(), md.String())
	}
	for _, want := range []string{"## Capacity of", "| now | 5,000/s | 4 |", "Formulas"} {
		if !strings.Contains(md.String(), want) {
			t.Errorf("the Markdown lacks %q:\n%s", want, md.String())
		}
	}
	if WriteCapacity(&terminal, nil, Options{}) == nil || WriteCapacityMarkdown(&md, nil) == nil {
		t.Error("nothing was reported on")
	}
}

func TestUndecidedStepsSayWhy(t *testing.T) {
	for reason, want := range map[capacity.Reason]string{capacity.Unsure: "undecided: bench was late", capacity.TooFew: "undecided: too few of an objective"} {
		if got := holdsWords(capacity.Measurement{Undecided: true, Reason: reason}); got != want {
			t.Errorf("%s: %s, want %s", reason, got, want)
		}
	}
}

func TestCapacityAnswers(t *testing.T) {
	for _, tc := range []struct {
		rate capacity.MaxRate
		want string
		cut  bool
	}{
		{capacity.MaxRate{Outcome: capacity.Nowhere, Rate: capacity.Rate{High: 1}, Limiting: "P99 is 2 s"}, "meets p99<50ms at no rate: even at 1/s p99 is 2 s", false},
		{capacity.MaxRate{Outcome: capacity.Everywhere, AtLeast: true, Rate: capacity.Rate{Rate: 500, Low: 500}}, "holds at least 500/s", false},
		{capacity.MaxRate{Outcome: capacity.Limited, AtLeast: true, Rate: capacity.Rate{Rate: 500, Low: 500}}, "holds at least 500/s with p99<50ms: above it bench or its host was too late", false},
		{capacity.MaxRate{Outcome: capacity.Limited}, "nothing can be said", false},
		{capacity.MaxRate{Outcome: capacity.OutOfTime}, "there was no time", false},
		{capacity.MaxRate{Outcome: capacity.OutOfTime}, "s: the search was cut short before it found a rate that holds p99<50ms.", true},
		{capacity.MaxRate{Outcome: capacity.Nowhere, Rate: capacity.Rate{High: 1}, Limiting: "P99 is 2 s"}, "s: the search was cut short before it found", true},
		{capacity.MaxRate{Outcome: capacity.OutOfTime, AtLeast: true, Rate: capacity.Rate{Rate: 500, Low: 500}}, "s holds at least 500/s with p99<50ms, as far as the search came: it was cut short.", true},
		{capacity.MaxRate{Outcome: capacity.Unconfirmed, Rate: capacity.Rate{Rate: 500, Low: 400, High: 600}}, "s holds about 500/s (400 – 600, 95 %) with p99<50ms, as far as the search came: it was cut short.", true},
	} {
		c := &capacity.Capacity{Target: runfile.Target{Name: "s"}, Objectives: []string{"p99<50ms"}, MaxRate: tc.rate, CutShort: tc.cut}
		if got := capacityAnswer(c); !strings.Contains(got, tc.want) {
			t.Errorf("%+v: %q, want %q", tc.rate, got, tc.want)
		}
	}
}
