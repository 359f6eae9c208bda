package report

import (
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"github.com/seed-5a006608/bench/loadgen/runfile"
)

// family is a metric family in the making; all its samples stand together, as the format asks.
type family struct {
	b          strings.Builder
	name, kind string
}

func newFamily(name, kind, unit, help string) *family {
	f := &family{name: name, kind: kind}
	fmt.Fprintf(&f.b, "# HELP %s %s\n# TYPE %s %s\n", name, help, name, kind)
	if unit != "" {
		fmt.Fprintf(&f.b, "# UNIT %s %s\n", name, unit)
	}
	return f
}

// add writes a sample; labels are pairs of a name and clean text.
func (f *family) add(suffix string, value float64, labels ...string) {
	f.b.WriteString(f.name + suffix)
	for i := 0; i < len(labels); i += 2 {
		before := ","
		if i == 0 {
			before = "{"
		}
		f.b.WriteString(before + labels[i] + `="` + labelEscapes.Replace(labels[i+1]) + `"`)
	}
	f.b.WriteString("} " + strconv.FormatFloat(value, 'g', -1, 64) + "\n")
}

var labelEscapes = strings.NewReplacer(`\`, `\\`, "\n", `\n`, `"`, `\"`)

// series is one phase of one run, or a run but its warm-up, with its labels.
type series struct {
	*runfile.Phase
	target, phase string
	journeys      []journeyRow
}

func (s series) labels(more ...string) []string {
	return append([]string{"target", s.target, "phase", s.phase}, more...)
}

// openDists are the distributions that become summaries.
var openDists = []struct {
	name, help string
	of         func(series) *runfile.Dist
}{
	{"response", "From the intended start to the last byte; successes, and what never finished at its bound.", func(s series) *runfile.Dist { return &s.ResponseTime }},
	{"service", "From the send to the last byte.", func(s series) *runfile.Dist { return &s.ServiceTime }},
	{"wait", "Waiting for a connection and a slot: the target's doing.", func(s series) *runfile.Dist { return &s.Wait }},
	{"lag", "The generator's own delay.", func(s series) *runfile.Dist { return &s.Lag }},
}

// openQuantiles are a summary's quantiles, by the names of [fileFigures].
var openQuantiles = map[string]string{"p50": "0.5", "p90": "0.9", "p95": "0.95", "p99": "0.99", "p999": "0.999", "max": "1"}

// WriteOpenMetrics writes the phases of runs as OpenMetrics 1.0 text: percentiles as summaries in seconds, requests by their
// outcome, rates, bytes, errors, and where
// they are known hits, stale reads, the origin's load and lost writes. The phase "overall" is every one but warm-up. A quantile that was not measured is left
// out, and one that is only a lower bound, as the sum may be, has a sample in bench_at_least.
func WriteOpenMetrics(w io.Writer, runs []*runfile.Run) error {
	subjects, err := fileSubjects(runs)
	if err != nil {
		return err
	}
	var all []series
	for _, s := range subjects {
		names := unique{}
		all = append(all, series{&s.Overall, s.label, names.name("overall", ""), s.journeyRows(&s.Overall)})
		for i := range s.Phases {
			all = append(all, series{&s.Phases[i], s.label, names.name(longName(s.Phases[i].Name), "the run"), s.journeyRows(&s.Phases[i])})
		}
	}
	families := append([]*family{requestsFamily(all), errorsFamily(subjects)}, rateFamilies(all)...)
	families = append(families, byteFamilies(all)...)
	families = append(families, verdictFamily(all), thresholdsFamily(subjects))
	families = append(families, distFamilies(all, anyJourneys(subjects))...)
	if anyPooled(subjects) {
		families = append(families, pooledFamily(subjects))
	}
	families = append(families, cacheFamilies(all)...)
	families = append(families, originFamilies(subjects)...)
	for _, f := range families {
		if _, err := io.WriteString(w, f.b.String()); err != nil {
			return err
		}
	}
	_, err = io.WriteString(w, "# EOF\n")
	return err
}

func requestsFamily(all []series) *family {
	f := newFamily("bench_requests", "counter", "", "Requests by what became of them.")
	for _, s := range all {
		r := &s.Requests
		for _, o := range []struct {
			outcome string
			n       uint64
		}{{"succeeded", r.Succeeded}, {"failed", r.Failed}, {"unfinished", r.Unfinished}, {"unsent", r.Unsent}} {
			f.add("_total", float64(o.n), s.labels("outcome", o.outcome)...)
		}
	}
	return f
}

func errorsFamily(subjects []subject) *family {
	f := newFamily("bench_errors", "counter", "", "Failures by kind.")
	for _, s := range subjects {
		kinds := unique{}
		for _, e := range s.Errors {
			f.add("_total", float64(e.Count), "target", s.label, "kind", kinds.name(longName(e.Kind), "unknown"))
		}
	}
	return f
}

func rateFamilies(all []series) []*family {
	offered := newFamily("bench_offered_requests_per_second", "gauge", "requests_per_second", "Rate of due requests.")
	served := newFamily("bench_served_requests_per_second", "gauge", "requests_per_second", "Rate of successes of the due requests, or where the backlog grew of those that finished within the phase.")
	achieved := newFamily("bench_achieved_requests_per_second", "gauge", "requests_per_second", "Rate of successes that finished within the phase.")
	for _, s := range all {
		offered.add("", s.Offered.Rate, s.labels()...)
		served.add("", s.Served().Rate, s.labels()...)
		achieved.add("", s.Achieved.Rate, s.labels()...)
	}
	return []*family{offered, served, achieved}
}

func byteFamilies(all []series) []*family {
	in := newFamily("bench_received_bytes", "counter", "bytes", "Bytes of bodies received.")
	out := newFamily("bench_sent_bytes", "counter", "bytes", "Bytes of bodies sent.")
	for _, s := range all {
		in.add("_total", float64(s.Bytes.In), s.labels()...)
		out.add("_total", float64(s.Bytes.Out), s.labels()...)
	}
	return []*family{in, out}
}

func verdictFamily(all []series) *family {
	f := newFamily("bench_verdict", "gauge", "", "1 beside what limited the phase.")
	for _, s := range all {
		if s.Verdict.Kind != "" {
			f.add("", 1, s.labels("verdict", kindOf(s.Verdict))...)
		}
	}
	return f
}

func thresholdsFamily(subjects []subject) *family {
	f := newFamily("bench_threshold_passed", "gauge", "", "1 where the run met the threshold, 0 where it failed it.")
	for _, s := range subjects {
		texts := unique{}
		for _, r := range s.Thresholds {
			if r.Undecided {
				continue
			}
			passed := 0.0
			if r.Passed {
				passed = 1
			}
			f.add("", passed, "target", s.label, "threshold", texts.name(longName(r.Text), "unknown"))
		}
	}
	return f
}

// pooledFamily tells a sum of runs from one run.
func pooledFamily(subjects []subject) *family {
	f := newFamily("bench_pooled_runs", "gauge", "", "Runs whose requests are counted together; rates are their mean.")
	for _, s := range subjects {
		labels := []string{"target", s.label}
		if seeds := s.seeds(); seeds != "" {
			labels = append(labels, "seeds", seeds)
		}
		f.add("", float64(s.Repetitions()), labels...)
	}
	return f
}

// cacheFamilies count what caches answered, of the phases that know it.
func cacheFamilies(all []series) (families []*family) {
	answers := newFamily("bench_cache_answers", "counter", "", "Answers that were marked as served from a cache, or as having missed it.")
	reads := newFamily("bench_judged_reads", "counter", "", "Reads that were judged by their version, and whether they were certainly stale.")
	marked, judged := false, false
	for _, s := range all {
		if c := s.Cache; c != (runfile.Cache{}) {
			marked = true
			answers.add("_total", float64(c.Hits), s.labels("result", "hit")...)
			answers.add("_total", float64(c.Misses), s.labels("result", "miss")...)
		}
		if c := s.Consistency; c != nil {
			judged = true
			reads.add("_total", float64(c.Stale), s.labels("result", "stale")...)
			reads.add("_total", float64(c.Reads-c.Stale), s.labels("result", "not stale")...)
		}
	}
	if marked {
		families = append(families, answers)
	}
	if judged {
		families = append(families, reads)
	}
	return families
}

// originFamilies tell what origins were asked and which writes they lack, of the runs that know it.
func originFamilies(subjects []subject) (families []*family) {
	rate := newFamily("bench_origin_statements_per_second", "gauge", "statements_per_second", "Statements at the origin behind the cache.")
	lost := newFamily("bench_lost_writes", "counter", "", "Acknowledged writes that the origin did not have after the run or a kill.")
	asked, readBack := false, false
	for _, s := range subjects {
		if s.Origin.Known() {
			asked = true
			rate.add("", s.Origin.Rate(), "target", s.label, "source", string(s.Origin.Source))
		}
		if l := lostOf(s); l != nil {
			readBack = true
			lost.add("_total", float64(l.Writes), "target", s.label)
		}
	}
	if asked {
		families = append(families, rate)
	}
	if readBack {
		families = append(families, lost)
	}
	return families
}

func distFamilies(all []series, journeys bool) []*family {
	atLeast := newFamily("bench_at_least", "gauge", "", "1 beside a quantile or sum that is only a lower bound, as requests never finished.")
	var families []*family
	for _, d := range openDists {
		f := newFamily("bench_"+d.name+"_seconds", "summary", "seconds", d.help)
		for _, s := range all {
			f.summarize(d.of(s), d.name, atLeast, s.labels()...)
		}
		families = append(families, f)
	}
	if journeys {
		families = append(families, journeyFamilies(all, atLeast)...)
	}
	return append(families, atLeast)
}

// summarize adds a distribution, which is called time where it is marked as a lower bound in atLeast.
func (f *family) summarize(d *runfile.Dist, time string, atLeast *family, labels ...string) {
	with := func(more ...string) []string { return slices.Concat(labels, more) }
	for _, figure := range fileFigures {
		quantile, ok := openQuantiles[figure.name]
		if !ok || d.Count == 0 {
			continue
		}
		value := figure.of(d)
		f.add("", value.Value.Seconds(), with("quantile", quantile)...)
		if value.AtLeast {
			atLeast.add("", 1, with("time", time, "of", quantile)...)
		}
	}
	if d.Mean().AtLeast {
		atLeast.add("", 1, with("time", time, "of", "sum")...)
	}
	f.add("_sum", d.MeanNS.Seconds()*float64(d.Count), labels...)
	f.add("_count", float64(d.Count), labels...)
}

// journeyFamilies tell of journeys and their steps.
func journeyFamilies(all []series, atLeast *family) []*family {
	journeys := newFamily("bench_journeys", "counter", "", "Journeys that arrived, by what became of them.")
	steps := newFamily("bench_steps", "counter", "", "Journeys by what became of a step: asked, left out by chance, stopped by a failure before it.")
	time := newFamily("bench_journey_seconds", "summary", "seconds", "From the arrival of a journey to the last byte of its last step, less what was thought.")
	response := newFamily("bench_step_seconds", "summary", "seconds", "From when a step was due to its last byte.")
	since := newFamily("bench_step_since_arrival_seconds", "summary", "seconds", "From the arrival of the journey to the step's last byte, less what was thought.")
	for _, s := range all {
		for _, r := range s.journeys {
			if r.counts == nil {
				for _, o := range []struct {
					outcome string
					n       uint64
				}{{"completed", r.of.Completed}, {"failed", r.of.Failed}, {"unfinished", r.of.Unfinished}, {"unstarted", r.of.Unstarted}} {
					journeys.add("_total", float64(o.n), s.labels("journey", r.journey, "outcome", o.outcome)...)
				}
				time.summarize(&r.time, "journey", atLeast, s.labels("journey", r.journey)...)
				continue
			}
			labels := s.labels("journey", r.journey, "step", r.step)
			for _, o := range []struct {
				outcome string
				n       uint64
			}{{"asked", r.counts.Asked}, {"left_out", r.counts.LeftOut}, {"stopped", r.counts.Stopped}} {
				steps.add("_total", float64(o.n), slices.Concat(labels, []string{"outcome", o.outcome})...)
			}
			response.summarize(&r.time, "step", atLeast, labels...)
			since.summarize(&r.counts.SinceArrival, "step_since_arrival", atLeast, labels...)
		}
	}
	return []*family{journeys, steps, time, response, since}
}
