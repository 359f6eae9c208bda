package report

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/seed-5a006608/bench/loadgen/runfile"
	"github.com/seed-5a006608/bench/loadgen/units"
	"github.com/seed-5a006608/bench/profiles"
	"github.com/seed-5a006608/bench/report/page"
)

// maxNamed bounds the targets that a line names one by one.
const maxNamed = 4

// commandOf is what made the runs.
func commandOf(subjects []subject, o Options) string {
	if command := strings.TrimSpace(page.Clean(o.Command, nameColumns*2)); command != "" {
		return command
	}
	return strings.TrimSpace("bench " + o.name(subjects[0].Plan.Profile))
}

// runFacts says what was driven, and where.
func runFacts(subjects []subject, o Options) page.Section {
	first := subjects[0]
	parts := page.Parts(page.Usual, labels(subjects))
	if samePlan(subjects) {
		parts = append(parts, page.Part{Text: loadOf(&first.Plan)})
		if first.Plan.Arrivals != "" && !first.closed() {
			parts = append(parts, page.Part{Text: name(first.Plan.Arrivals), Detail: page.Usual})
		}
	} else {
		parts = append(parts, page.Part{Text: "driven by different plans"})
	}
	parts = append(parts, page.Parts(page.Brief, repeated(subjects)...)...)
	if o.FromFile && !first.Started.IsZero() {
		parts = append(parts, page.Part{Text: "of " + page.Clean(first.Started.Format("2006-01-02 15:04"), nameColumns), Detail: page.Usual})
	}
	target := "target"
	if len(subjects) > 1 {
		target = "targets"
	}
	place := page.Parts(page.Usual, placeOf(&first.Environment, target, first.Target.Bundled, o), engineOf(first))
	return page.Section{Blocks: []page.Block{
		page.Facts{Command: commandOf(subjects, o), Parts: parts},
		page.Facts{Parts: append(place, page.Parts(page.Brief, sequences(subjects)...)...)},
	}}
}

// labels names the subjects. There is room for one in full, as it has its options in its name.
func labels(subjects []subject) string {
	if len(subjects) == 1 {
		return cmp.Or(longName(subjects[0].Target.Series()), subjects[0].label)
	}
	var names []string
	for i, s := range subjects {
		if i == maxNamed {
			return fmt.Sprintf("%s and %d more", strings.Join(names, ", "), len(subjects)-i)
		}
		names = append(names, s.label)
	}
	return strings.Join(names, ", ")
}

// samePlan reports whether the subjects were offered the same load.
func samePlan(subjects []subject) bool {
	first := subjects[0]
	for _, s := range subjects[1:] {
		if s.seeds() != first.seeds() || s.Plan.Arrivals != first.Plan.Arrivals || s.Plan.Model != first.Plan.Model ||
			loadOf(&s.Plan) != loadOf(&first.Plan) {
			return false
		}
	}
	return true
}

// loadOf describes the load of a plan in a few words.
func loadOf(plan *runfile.PlanRecord) string {
	var phases []runfile.PhaseRecord
	var total time.Duration
	for _, p := range plan.Phases {
		if p.Kind != profiles.Warmup {
			phases = append(phases, p)
			total += p.DurationNS
		}
	}
	if plan.Model == "closed" {
		users := "closed model, " + usersOf(plan) + thinking(plan)
		if total > 0 {
			users += " for " + units.Span(total)
		}
		if plan.PerJourney > 0 {
			users += ", in journeys"
		}
		return users
	}
	if len(phases) == 0 {
		return ""
	}
	if plan.PerJourney > 0 {
		return fmt.Sprintf("journeys, %s (%s requests/s once level)", openLoad(phases, total), units.ThreeDigits(highestRate(plan)*plan.PerJourney))
	}
	return openLoad(phases, total)
}

// highestRate is the highest rate that a plan offers after its warm-up.
func highestRate(plan *runfile.PlanRecord) (rate float64) {
	for _, p := range plan.Phases {
		if p.Kind != profiles.Warmup {
			rate = max(rate, p.From, p.To)
		}
	}
	return rate
}

// usersOf says how many users a plan of the closed model has: "20 users", "1 → 20 users".
func usersOf(plan *runfile.PlanRecord) string {
	var numbers []int
	for _, p := range plan.Phases {
		for _, n := range []int{p.FromVUs, p.ToVUs} {
			if last := len(numbers) - 1; last < 0 || numbers[last] != n {
				numbers = append(numbers, n)
			}
		}
	}
	if most := slices.Max(append(numbers, 0)); most == 0 || len(numbers) == 1 {
		return fmt.Sprintf("%d users", plan.VUs)
	}
	if len(numbers) > maxNamed {
		return fmt.Sprintf("%d to %d users", slices.Min(numbers), slices.Max(numbers))
	}
	var parts []string
	for _, n := range numbers {
		parts = append(parts, fmt.Sprint(n))
	}
	return strings.Join(parts, " → ") + " users"
}

// thinking says how users who think begin, and how long they do, to follow how many they are; nothing where they do not.
func thinking(plan *runfile.PlanRecord) string {
	if plan.ThinkNS <= 0 {
		return ""
	}
	begun := ""
	if plan.Start != runfile.Spread {
		begun = " begun together"
	}
	text := ", thinking " + units.Span(plan.ThinkNS)
	switch t, err := profiles.ParseThink(plan.Think); {
	case plan.Think == "" || err != nil:
	case t.Law == profiles.UniformThink:
		text = fmt.Sprintf(", thinking %s to %s", units.Span(t.Low), units.Span(t.High))
	case t.Law == profiles.ExponentialThink:
		text += " on average, exponentially"
	}
	return begun + text
}

func openLoad(phases []runfile.PhaseRecord, total time.Duration) string {
	of := map[profiles.Kind][]runfile.PhaseRecord{}
	low, high := math.Inf(1), math.Inf(-1)
	for _, p := range phases {
		of[p.Kind] = append(of[p.Kind], p)
		low, high = min(low, p.From, p.To), max(high, p.From, p.To)
	}
	first, last := phases[0], phases[len(phases)-1]
	switch spikes, steps, ramps := of[profiles.Spike], of[profiles.Step], of[profiles.Ramp]; {
	case len(spikes) == 1:
		return fmt.Sprintf("%s → %s for %s", units.Rate(first.From), units.Rate(max(spikes[0].From, spikes[0].To)), units.Span(spikes[0].DurationNS))
	case len(spikes) > 1:
		return fmt.Sprintf("%s → %s, %d spikes in %s", units.Rate(low), units.Rate(high), len(spikes), units.Span(total))
	case len(steps) > 1:
		return fmt.Sprintf("%s → %s in %d steps of %s", units.Rate(steps[0].To), units.Rate(steps[len(steps)-1].To), len(steps), units.Span(steps[0].DurationNS))
	case len(ramps) == 1 && len(phases) <= 2:
		return fmt.Sprintf("%s → %s in %s", units.Rate(ramps[0].From), units.Rate(ramps[0].To), units.Span(ramps[0].DurationNS))
	case low == high:
		return fmt.Sprintf("%s for %s", units.Rate(last.To), units.Span(total))
	}
	return fmt.Sprintf("%d phases between %s and %s in %s", len(phases), units.Rate(low), units.Rate(high), units.Span(total))
}

// placeOf says on which processors of which machine what was driven, called target and bundled or not, and bench ran.
func placeOf(e *runfile.Environment, target string, bundled bool, o Options) string {
	where := "bench"
	switch {
	case len(e.TargetCPUs) > 0 && len(e.GeneratorCPUs) > 0:
		where = fmt.Sprintf("%s on %s, bench on %s", target, cpuList(e.TargetCPUs), cpuList(e.GeneratorCPUs))
	case len(e.GeneratorCPUs) > 0:
		where = "bench on " + cpuList(e.GeneratorCPUs)
	case bundled:
		where = target + " and bench"
	}
	machine := "this machine"
	if o.FromFile {
		machine = "one machine"
	}
	if len(e.TargetCPUs) > 0 || len(e.GeneratorCPUs) > 0 {
		where += " of " + machine
	} else {
		where += " on " + machine
	}
	var about []string
	if cpu := page.Clean(e.CPU, 40); cpu != "" {
		about = append(about, cpu)
	}
	if e.Processors > 0 {
		about = append(about, plural(uint64(e.Processors), "core"))
	}
	if len(about) > 0 {
		where += " (" + strings.Join(about, ", ") + ")"
	}
	return where
}

func engineOf(s subject) string {
	var parts []string
	if engine := name(s.Plan.Engine); engine != "" {
		parts = append(parts, "engine "+engine)
	}
	if clock := page.Clean(s.Environment.Clock, 40); clock != "" {
		if !strings.Contains(clock, "clock") {
			clock += " clock"
		}
		// A tenth of a percent is what a start-up costs.
		if share, ok := stamped(s.Stamps); ok && share < 0.999 {
			clock += " (" + units.Percent(share) + " of the answers)"
		}
		parts = append(parts, clock)
	}
	return strings.Join(append(parts, spokenOver(s.Connections)...), ", ")
}

// cpuList writes processors as the kernel does: cpu 1, cpus 0-2,5.
func cpuList(cpus []int) string {
	if len(cpus) == 1 {
		return fmt.Sprintf("cpu %d", cpus[0])
	}
	var ranges []string
	for i := 0; i < len(cpus); {
		j := i
		for j+1 < len(cpus) && cpus[j+1] == cpus[j]+1 {
			j++
		}
		if i == j {
			ranges = append(ranges, fmt.Sprint(cpus[i]))
		} else {
			ranges = append(ranges, fmt.Sprintf("%d-%d", cpus[i], cpus[j]))
		}
		i = j + 1
	}
	return page.Clean("cpus "+strings.Join(ranges, ","), 40)
}

// plural writes a count with its noun: 1 core, 2 cores.
func plural(n uint64, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return units.Count(n) + " " + noun + "s"
}

// Sequence says how much of a sequence of requests was sent: a part of it, or how often all of it.
func Sequence(sent, lines uint64) string {
	switch {
	case lines == 0:
		return ""
	case sent < lines:
		return fmt.Sprintf("%s of %s sent", units.Count(sent), plural(lines, "line"))
	case sent == lines:
		return fmt.Sprintf("%s sent once", plural(lines, "line"))
	}
	return fmt.Sprintf("%s sent %s times", plural(lines, "line"), strconv.FormatFloat(float64(10*sent/lines)/10, 'f', -1, 64))
}

// sequences says it of runs that stand side by side, each under its label where there are several.
func sequences(subjects []subject) (list []string) {
	for _, s := range subjects {
		text := sequenceOf(s.Run)
		if text != "" && len(subjects) > 1 {
			text = s.label + ": " + text
		}
		if text != "" {
			list = append(list, text)
		}
	}
	return list
}

func sequenceOf(r *runfile.Run) string {
	return Sequence(r.Requests.Sent, uint64(max(r.Plan.Lines, 0)))
}
