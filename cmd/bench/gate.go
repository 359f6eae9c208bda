package main

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/seed-5a006608/bench/loadgen/runfile"
	"github.com/seed-5a006608/bench/loadgen/units"
	"github.com/seed-5a006608/bench/profiles"
	"github.com/seed-5a006608/bench/report"
	"github.com/seed-5a006608/bench/report/compare"
)

// gateOptions are the flags of a gate.
type gateOptions struct {
	margins      []string
	inconclusive string
	errorMargin  float64 // 0-1
	shares       []compare.PartMargin
	baseline     string
	floor        string
	orSave       bool
}

func newGateCommand(s streams) *cobra.Command {
	o := compareOptions{gate: &gateOptions{}}
	c := &cobra.Command{
		Use: "gate [OLD NEW | --baseline NAME [NEW | RUN...]]", Short: "Pass or fail a new version by how much slower than the old one it is", GroupID: "judge",
		Long: `Compare an old version of a service with a new one, side by side on this machine, and pass, fail or say that it
cannot be told: for CI. Both are driven in turn, as bench compare does, so that what a machine does to both
is no regression; a percentile regresses when it is surely slower by more than its margin, and passes when it surely is
not. P99 has two margins, as it scatters most: above 10 % it regresses, below 20 % it passes. With --slo, or the slo
of a test file, the new version is to hold those objectives as well, and misses one with exit 99.

Where the old version cannot be run any more, --baseline takes its place: as many runs of the new one are driven as
the baseline holds, by its plan and each of a fresh start, or RUNs are read from files. What happened to the machine
since the baseline was saved is then in the figures, so side by side is better. A margin below the noise floor that
bench baseline save measured is refused, with what would hold it. Where there is no such baseline yet it exits 4, and
with --or-save the new version becomes it.`,
		Example: `  bench gate --a-cmd './old --port 8081' --a http://127.0.0.1:8081 --b-cmd './new --port 8082' --b http://127.0.0.1:8082
  bench gate cached cached --max-time 60s        identical code: passes, or is inconclusive
  bench gate --baseline main --b-cmd './new --port 8082' --b http://127.0.0.1:8082
  bench gate --floor main cached cached          refuses margins that this machine cannot hold
  bench gate http://127.0.0.1:8081 http://127.0.0.1:8082 --margin p99=20% -o md=gate.md -o junit=gate.xml
  bench gate http://127.0.0.1:8081 http://127.0.0.1:8082 -f checkout.yaml --slo 'p99<200ms'`,
		RunE: func(cmd *cobra.Command, args []string) error { return o.run(cmd.Context(), args, s) },
	}
	o.addCompareFlags(c.Flags())
	c.Flags().StringArrayVar(&o.gate.margins, "margin", nil,
		"change for the worse that is let pass, such as p99=20%; p99=10%:20% regresses above the one and passes below the other; off leaves it out (default p50=5%, p95=10%, p99=10%:20%, goodput=5%, errors=0.1%; also p99.9, origin, stale and hits; repeatable)")
	c.Flags().StringArrayVar(&o.slo, "slo", nil, "an objective that the new version is to hold, as a threshold: p99<200ms, errors<0.1% (repeatable; over the file's)")
	o.addFileFlag(c.Flags(), "take requests or journeys, expect, hit_when, limits and slo of a test file")
	c.Flags().StringVar(&o.gate.baseline, "baseline", "", "hold the new version against this baseline, a `name` or a file, instead of an old one")
	c.Flags().BoolVar(&o.gate.orSave, "or-save", false, "where there is no such baseline, save one of the new version, say so, and exit 4 (--inconclusive pass: 0)")
	c.Flags().StringVar(&o.gate.floor, "floor", "", "refuse margins below the noise floor of this baseline, a `name` or a file, whose rate and rounds are taken")
	c.Flags().StringVar(&o.gate.inconclusive, "inconclusive", "fail", "what an inconclusive gate does: fail exits 4, pass exits 0")
	return c
}

// judged are the metrics that a gate may judge, by the names that --margin takes, with their margins in percent.
var judged = map[string]struct {
	metric  compare.Metric
	margins [2]float64 // above the first it regresses, below the second it passes
}{
	"p50": {compare.P50, [2]float64{5, 5}}, "p95": {compare.P95, [2]float64{10, 10}}, "p99": {compare.P99, [2]float64{10, 20}},
	"p99.9": {compare.P999, [2]float64{}}, "goodput": {compare.Goodput, [2]float64{5, 5}}, "origin": {compare.OriginQueries, [2]float64{}},
}

// inPoints are the parts of the requests that a gate may judge by a margin in points of their share, by the names that --margin takes.
var inPoints = map[string]compare.Part{"errors": "", "stale": compare.StaleReads, "hits": compare.CacheMisses}

// criteria reads --margin; the margins of errors, stale and hits are in points of the share of requests.
func (g *gateOptions) criteria() ([]compare.Criterion, error) {
	if g.inconclusive != "pass" && g.inconclusive != "fail" {
		return nil, fmt.Errorf("--inconclusive %s: it is pass or fail", g.inconclusive)
	}
	percent := map[string][2]float64{"errors": {0.1, 0.1}, "stale": {}, "hits": {}}
	for name, j := range judged {
		percent[name] = j.margins
	}
	for _, text := range g.margins {
		name, value, _ := strings.Cut(text, "=")
		_, points := inPoints[name]
		if _, known := percent[name]; !known {
			if _, isShare := marginsOf(name); isShare {
				return nil, fmt.Errorf("--margin %s: it does not say of what: write it as p99=%s", text, text)
			}
			return nil, fmt.Errorf("--margin %s: there is no %q: %s can be judged", text, name, strings.Join(slices.Sorted(maps.Keys(percent)), ", "))
		}
		if value == "off" && name != "errors" {
			percent[name] = [2]float64{}
			continue
		}
		margins, ok := marginsOf(value)
		switch {
		case !ok:
			return nil, fmt.Errorf("--margin %s: want a share above 0 %% and below 100 %%, such as %s=20%%, or two, such as p99=10%%:20%%", text, name)
		case margins[1] < margins[0]:
			return nil, fmt.Errorf("--margin %s: above the first it regresses and below the second it passes, so the second is not the lesser", text)
		case points && margins[0] != margins[1]:
			return nil, fmt.Errorf("--margin %s: %s has one margin, in points of a share, such as %s=0.1%%", text, name, name)
		}
		percent[name] = margins
	}
	g.errorMargin = percent["errors"][0] / 100
	g.shares = nil
	for _, name := range []string{"stale", "hits"} {
		if p := percent[name][0]; p > 0 {
			g.shares = append(g.shares, compare.PartMargin{Of: inPoints[name], Margin: p / 100})
		}
	}
	var list []compare.Criterion
	for _, name := range []string{"p50", "p95", "p99", "p99.9", "goodput", "origin"} {
		if p := percent[name]; p[0] > 0 {
			list = append(list, compare.Criterion{Metric: judged[name].metric, Margin: p[0] / 100, PassMargin: p[1] / 100})
		}
	}
	return list, nil
}

// marginsOf reads 20%, which is both margins, or 10%:20%.
func marginsOf(text string) (margins [2]float64, ok bool) {
	first, second, two := strings.Cut(text, ":")
	if !two {
		second = first
	}
	for i, t := range []string{first, second} {
		v, ok := units.ParsePercent(t)
		if !ok || v <= 0 || v >= 100 {
			return margins, false
		}
		margins[i] = v
	}
	return margins, true
}

// highest returns the highest quantile that is judged, by margins or by objectives, for which rounds must be long enough.
func (g *gateOptions) highest(objectives []runfile.Threshold) float64 {
	var q float64
	if list, err := g.criteria(); err == nil {
		for _, c := range list {
			q = max(q, c.Metric.Quantile)
		}
	}
	for _, t := range objectives {
		q = max(q, t.Quantile)
	}
	return q
}

// exit returns the error with the exit code of the gate's outcome; the report has the words.
func (g *gateOptions) exit(found *report.Compared) error {
	switch found.Result.Outcome() {
	case compare.Regression:
		return alreadySaid{exitError{exitRegression, errors.New("a regression")}}
	case compare.Missed:
		return alreadySaid{exitError{exitThreshold, errors.New("an objective is missed")}}
	case compare.Pass:
		return nil
	}
	if g.inconclusive == "pass" {
		return nil
	}
	return alreadySaid{exitError{exitInconclusive, errors.New("inconclusive")}}
}

// testFile is the test file, laid over a baseline's plan; of a sweep with the values of the cell.
func (o *compareOptions) testFile() (profiles.File, error) {
	under := o.under
	under.Version = profiles.CurrentVersion
	if o.file == "" {
		return under, nil
	}
	source, err := readBounded(o.file)
	if err != nil {
		return under, err
	}
	if c := o.sweeping.cell; c != nil {
		source = []byte(substitute(string(source), c.values))
	}
	file, err := profiles.ParseAsked(o.file, source)
	if err != nil {
		return under, noTestFile(o.file, source, err)
	}
	l, u := &file.Limits, under.Limits
	l.Connections, l.Timeout = cmp.Or(l.Connections, u.Connections), cmp.Or(l.Timeout, u.Timeout)
	l.Drain, l.Deadline = cmp.Or(l.Drain, u.Drain), cmp.Or(l.Deadline, u.Deadline)
	l.NoKeepAlive = l.NoKeepAlive || u.NoKeepAlive
	file.Order, file.HTTP = cmp.Or(file.Order, under.Order), cmp.Or(file.HTTP, under.HTTP)
	file.Accept.Text = cmp.Or(file.Accept.Text, under.Accept.Text)
	return file, nil
}

// roundObjectives refuses objectives of a phase.
func roundObjectives(list []runfile.Threshold) error {
	for _, t := range list {
		if t.Phase != "" {
			return fmt.Errorf("slo %s: a gate drives rounds of one rate, which have no phase %q: leave out the @", t.Text, t.Phase)
		}
	}
	return nil
}
