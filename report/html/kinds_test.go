package html_test

import (
	"fmt"
	"io"
	"math"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/seed-5a006608/bench/loadgen/runfile"
	"github.com/seed-5a006608/bench/report"
	"github.com/seed-5a006608/bench/report/capacity"
	"github.com/seed-5a006608/bench/report/compare"
	"github.com/seed-5a006608/bench/report/history"
	"github.com/seed-5a006608/bench/report/html"
	"github.com/seed-5a006608/bench/report/selfcheck"
)

// fewestFigures is how many charts a report of each kind has to show.
var fewestFigures = map[string]int{"run": 14, "gate": 7, "several": 8, "mirror": 4, "baseline": 1, "capacity": 7, "history": 1, "selfcheck": 1}

// kinds write a report of each kind, with hostile names where a name is from elsewhere.
func kinds(t testing.TB) map[string]func(io.Writer) error {
	return map[string]func(io.Writer) error{
		"run":       func(w io.Writer) error { _, err := w.Write(written(t, runs(t, 60))); return err },
		"gate":      func(w io.Writer) error { return html.WriteComparison(w, gate()) },
		"several":   func(w io.Writer) error { return html.WriteComparison(w, several()) },
		"mirror":    func(w io.Writer) error { return html.WriteMirror(w, mirrored()) },
		"baseline":  func(w io.Writer) error { return html.WriteBaseline(w, baseline(t)) },
		"capacity":  func(w io.Writer) error { return html.WriteCapacity(w, []*capacity.Capacity{measured()}) },
		"history":   func(w io.Writer) error { return html.WriteHistory(w, slowed()) },
		"selfcheck": func(w io.Writer) error { return html.WriteSelfcheck(w, trusted()) },
	}
}

func rows() []compare.Row {
	list := []compare.Row{
		{Metric: compare.P50, A: 10e6, B: 10.1e6, Change: compare.Interval{Center: 1.01, Low: 0.99, High: 1.03}, Decision: compare.Interval{Center: 1.01, Low: 0.98, High: 1.04}, Judged: true, Margin: 0.05, Outcome: compare.Pass},
		{Metric: compare.P99, A: 20e6, B: 24e6, Change: compare.Interval{Center: 1.2, Low: 1.15, High: 1.25}, Decision: compare.Interval{Center: 1.2, Low: 1.12, High: math.Inf(1)}, Judged: true, Margin: 0.1, Outcome: compare.Regression},
		{Metric: compare.Goodput, A: 100, B: 99, Change: compare.Interval{Center: 0.99, Low: 0.98, High: 1}},
	}
	for i := range list[:2] {
		for round := range 12 {
			list[i].RoundsA = append(list[i].RoundsA, list[i].A*(1+0.01*float64(round%5)))
			list[i].RoundsB = append(list[i].RoundsB, list[i].B*(1+0.01*float64(round%4)))
		}
	}
	return list
}

func gate() *report.Compared {
	found := compare.Comparison{A: "old", B: hostile, Rows: rows(), Outcome: compare.Regression, Pairs: 12,
		Errors: compare.Errors{Margin: 0.001, By: []compare.Difference{{Unit: "pairs", Low: -0.0001, High: 0.0002}, {Unit: "quads", Low: math.Inf(-1), High: math.Inf(1)}}, Outcome: compare.Pass},
		Parts: []compare.PartChange{
			{Of: compare.StaleReads, Errors: compare.Errors{Margin: 0.001, By: []compare.Difference{{Unit: "pairs", Center: 0.03, Low: 0.021, High: 0.04}}, Outcome: compare.Regression}},
			{Of: compare.CacheMisses, Errors: compare.Errors{Margin: 0.05, By: []compare.Difference{{Unit: "pairs", Center: 0.01, Low: -0.01, High: 0.02}}, Outcome: compare.Pass}},
		}}
	curve := func(arm string, scale float64) compare.Curve {
		c := compare.Curve{Arm: arm}
		for i := range 40 {
			c.Values = append(c.Values, time.Duration(scale*1e6*math.Pow(1.1, float64(i))))
		}
		return c
	}
	return &report.Compared{Result: compare.Result{Gate: true, Comparisons: []compare.Comparison{found}, Quads: 6, Planned: 20, Curves: []compare.Curve{curve("old", 1), curve(hostile, 1.2)}},
		Arms: []report.ComparedArm{{Name: "old", Rate: 100}, {Name: hostile, Rate: 100}}, Layout: compare.Layout{Round: time.Second, Quads: 20}, Seed: 1, Repeat: hostile, Notes: []string{hostile}}
}

// several is a comparison of three, one of which is not told apart from the first.
func several() *report.Compared {
	c := gate()
	c.Result.Gate, c.Result.Comparisons[0].Parts = false, nil
	alike := c.Result.Comparisons[0]
	alike.B, alike.Rows = "third", rows()
	alike.Rows[1].Decision = compare.Interval{Center: 1, Low: 0.97, High: 1.03}
	c.Result.Comparisons = append(c.Result.Comparisons, alike)
	c.Arms = append(c.Arms, report.ComparedArm{Name: "third", Rate: 100})
	return c
}

func mirrored() *report.Mirror {
	return &report.Mirror{Names: [2]string{"old", hostile}, Rows: rows(), Rate: 100, Length: time.Minute, Notes: []string{hostile}, Curves: [2]compare.Curve(gate().Result.Curves)}
}

func baseline(t testing.TB) *compare.Baseline {
	b := &compare.Baseline{Name: hostile, Saved: time.Unix(0, 0), Floor: compare.Floor{Runs: 8, Pairs: 16}}
	for i := range 8 {
		r := spike(9, hostile, 1+float64(i)/10)
		r.Started = time.Unix(int64(i), 0)
		b.Runs = append(b.Runs, r)
	}
	return b
}

func measured() *capacity.Capacity {
	c := &capacity.Capacity{Target: runfile.Target{Name: hostile}, Objectives: []string{"p99<50ms"}, Processors: 2, Limit: hostile, Bottleneck: hostile,
		MaxRate: capacity.MaxRate{Rate: capacity.Rate{Rate: 1500, Low: 1400, High: 1600}}, Saturation: &capacity.Rate{Rate: 2000, Low: 1900, High: 2100}, Knee: &capacity.KneeFound{Rate: 1200, P99: 20 * time.Millisecond},
		Demands: []capacity.Demand{{Resource: hostile, Servers: 2, Seconds: capacity.Estimate{Value: 0.001, Low: 0.0009, High: 0.0011}}},
		USL:     &capacity.USL{Lambda: capacity.Estimate{Value: 500, Low: 490, High: 510}, Sigma: capacity.Estimate{Value: 0.05, Low: 0.04, High: 0.06}, Kappa: capacity.Estimate{Value: 0.001, Low: 0.0009, High: 0.0011}, Says: hostile}}
	c.Queue = &capacity.FittedMMC{MMC: capacity.MMC{Workers: 2, ServiceRate: 1000}, Saturation: capacity.Rate{Rate: 2000, Low: 1900, High: 2100}}
	for i := range 8 {
		rate, busy := float64(i+1)*300, float64(i+1)*0.25
		c.Steps = append(c.Steps, capacity.Measurement{Step: capacity.Step{Rate: rate}, Offered: rate, Served: min(rate, 2000), P50: time.Duration(i+1) * time.Millisecond, P99: time.Duration(1<<i) * time.Millisecond,
			AtLeast: i == 7, Holds: i < 5, Undecided: i == 5, Why: hostile, CPU: &busy})
		c.USL.Points = append(c.USL.Points, capacity.Load{Users: float64(i + 1), Throughput: 480 * float64(i+1) / (1 + 0.05*float64(i))})
		c.USL.Scatter = append(c.USL.Scatter, 0.02)
	}
	c.Plan = &capacity.Plan{Headroom: 0.3, Capacity: c.MaxRate.Rate}
	for month := range 13 {
		c.Plan.Months = append(c.Plan.Months, capacity.Month{Month: month, Peak: capacity.Rate{Rate: 5000, Low: 4500, High: 5500}, Instances: 5 + month/3, Low: 4 + month/3, High: 6 + month/2,
			Costs: []capacity.MonthCost{{Offer: hostile, Total: 100 * float64(5+month/3), TotalLow: 90 * float64(5+month/3), TotalHigh: 120 * float64(5+month/3), Mix: capacity.Mix{Reserved: 3, OnDemand: 1.5, Spot: 0.5}}, {Offer: "large", Total: 900}}})
	}
	return c
}

func slowed() *history.History {
	c := history.Collector{Options: history.Options{Magnitude: history.DefaultMagnitude}}
	for day := range 30 {
		r := &runfile.Run{Target: runfile.Target{Name: hostile}, Started: time.Date(2026, 10, 1+day, 9, 0, 0, 0, time.UTC)}
		r.Plan.Profile, r.Verdict.Kind = "spike", runfile.Valid
		wobble := time.Duration(day*7%5) * 10 * time.Microsecond
		r.Overall.ResponseTime = runfile.Dist{Count: 5000, P50NS: time.Millisecond + wobble, P95NS: 3*time.Millisecond + wobble, P99NS: 10*time.Millisecond + wobble}
		if day >= 20 {
			r.Overall.ResponseTime.P99NS *= 2
		}
		c.Add(hostile, r)
	}
	return c.History()
}

func trusted() *selfcheck.Report {
	r := &selfcheck.Report{Trusted: &selfcheck.Trust{Engine: "wire", Rate: 5000}, Environment: runfile.Environment{CPU: hostile}}
	for _, name := range []string{"wire", hostile} {
		e := selfcheck.Engine{Name: name}
		for i, rate := range []float64{1000, 5000, 10000} {
			late := time.Duration(50*(i+1)) * time.Microsecond
			e.Pacing = append(e.Pacing, selfcheck.Pacing{Rate: rate, Holds: i < 2, Lag: selfcheck.Lateness{Count: 1000, P50NS: late, P99NS: 10 * late, P999NS: 20 * late, MaxNS: 30 * late}})
		}
		r.Engines = append(r.Engines, e)
	}
	return r
}

// The figures that a report of each kind was made of are on its page.
func TestFiguresOfEveryKind(t *testing.T) {
	wanted := map[string][]float64{}
	for _, r := range rows() {
		wanted["gate"], wanted["mirror"] = append(wanted["gate"], r.A, r.B), append(wanted["mirror"], r.A, r.B)
	}
	for _, m := range measured().Steps {
		wanted["capacity"] = append(wanted["capacity"], m.Step.Rate, m.Served, float64(m.P50), float64(m.P99))
	}
	for _, s := range slowed().Series {
		for _, p := range s.Points {
			wanted["history"] = append(wanted["history"], float64(p.Values[0]), float64(p.Values[2]))
		}
	}
	for _, e := range trusted().Engines {
		for _, p := range e.Pacing {
			wanted["selfcheck"] = append(wanted["selfcheck"], p.Rate, float64(p.Lag.P50NS), float64(p.Lag.P99NS))
		}
	}
	all := kinds(t)
	for name, want := range wanted {
		var b strings.Builder
		if err := all[name](&b); err != nil {
			t.Fatal(err)
		}
		for _, v := range want {
			if figure := fmt.Sprintf(` data-v="%s"`, strconv.FormatFloat(v, 'g', -1, 64)); !strings.Contains(b.String(), figure) {
				t.Errorf("%s: %s is not there", name, figure)
			}
		}
	}
}

// Nothing measured is nothing drawn, and no failure.
func TestEmptyReports(t *testing.T) {
	for name, write := range map[string]func(io.Writer) error{
		"run":        func(w io.Writer) error { return writeRuns(w, &runfile.Run{}, nil) },
		"comparison": func(w io.Writer) error { return html.WriteComparison(w, &report.Compared{}) },
		"mirror":     func(w io.Writer) error { return html.WriteMirror(w, &report.Mirror{}) },
		"capacity": func(w io.Writer) error {
			return html.WriteCapacity(w, []*capacity.Capacity{{USL: &capacity.USL{}, Plan: &capacity.Plan{}}})
		},
		"history": func(w io.Writer) error { return html.WriteHistory(w, &history.History{}) },
		"selfcheck": func(w io.Writer) error {
			return html.WriteSelfcheck(w, &selfcheck.Report{Engines: []selfcheck.Engine{{}}})
		},
	} {
		t.Run(name, func(t *testing.T) {
			var b strings.Builder
			if err := write(&b); err != nil {
				t.Fatal(err)
			}
			if strings.Contains(b.String(), "NaN") && !strings.Contains(b.String(), "Number.isNaN") || !strings.HasSuffix(b.String(), "</html>\n") {
				t.Errorf("%s", b.String())
			}
		})
	}
}

func writeRuns(w io.Writer, list ...*runfile.Run) error {
	p, err := report.RunPage(list, report.Options{Verbose: true})
	if err != nil {
		return err
	}
	return html.WriteRuns(w, p, list)
}

// Reports of every kind open in Chromium without an error and a request, and show what they were made of.
func TestEveryKindInChromium(t *testing.T) {
	chromium := browser(t)
	told := map[string][]string{
		"gate": {"P99", "+12 % … no bound, regression", "P50 by round", "Stale reads of ", "+2.1 % … +4 %", "Misses of "}, "several": {"P99 of all against old", "not told apart from it", "third", "0.97× … 1.03×"}, "mirror": {"+12 % … no bound, regression", "P99 by block", "All timed pairs."}, "baseline": {"8 runs"}, "capacity": {"holds 1,500/s", "saturated 2,000/s", "knee 1,200/s", "P99, fitted", "p99<50ms"},
		"history": {"P99 +100 %"}, "selfcheck": {"wire P99", "trusted up to"}, "run": {"cached P99"},
	}
	for name, write := range kinds(t) {
		t.Run(name, func(t *testing.T) {
			var b strings.Builder
			if err := write(&b); err != nil {
				t.Fatal(err)
			}
			ctx := tab(t, chromium, 1000, saved(t, []byte(b.String())))
			screenshot(t, ctx, name)
			drawn := value[string](t, ctx, "[...document.querySelectorAll('figure')].map(f => f.textContent).join('\\n')")
			for _, want := range told[name] {
				if !strings.Contains(drawn, want) {
					t.Errorf("the charts do not say %q: %.2000s", want, drawn)
				}
			}
			if outside := value[int](t, ctx, "[...document.querySelectorAll('.scroll > svg')].flatMap(s => [...s.querySelectorAll('text')].filter(e => { const a = s.getBoundingClientRect(), b = e.getBoundingClientRect(); return b.width > 0 && (b.left < a.left - 1 || b.right > a.right + 1); })).length"); outside > 0 {
				t.Errorf("%d texts reach out of their charts: %s", outside, value[string](t, ctx, "[...document.querySelectorAll('.scroll > svg')].flatMap(s => [...s.querySelectorAll('text')].filter(e => { const a = s.getBoundingClientRect(), b = e.getBoundingClientRect(); return b.width > 0 && (b.left < a.left - 1 || b.right > a.right + 1); })).map(e => e.textContent).join('|')"))
			}
		})
	}
}
