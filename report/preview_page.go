package report

import (
	"fmt"
	"io"
	"math"
	"slices"
	"strings"

	"github.com/seed-5a006608/bench/loadgen/runfile"
	"github.com/seed-5a006608/bench/loadgen/units"
	"github.com/seed-5a006608/bench/report/page"
)

// WritePreview writes what a plan would do.
func WritePreview(w io.Writer, v *runfile.Preview, o Options) error {
	return o.write(w, previewPage(v))
}

// previewPage says what a plan would do.
func previewPage(v *runfile.Preview) *page.Page {
	p := &page.Page{Title: "preview", Subjects: []string{page.Clean(v.Target.Name, 80)}}
	p.Add(page.Section{Blocks: []page.Block{
		page.Headline{Text: fmt.Sprintf("%s at %s: nothing is sent", v.Plan.Profile, page.Clean(v.Target.Name, 80))}, page.Text{Text: offeredOf(v)},
	}})
	if len(v.Curve) > 0 {
		p.Add(page.Chart{Drawing: offeredCurve{v}})
	}
	var facts []page.Block
	for _, fact := range takes(v) {
		facts = append(facts, page.Text{Text: fact})
	}
	if on := v.Plan.AbortOn; len(on) > 0 {
		facts = append(facts, page.Text{Text: fmt.Sprintf("aborted on %s, not judged in the first %s", longName(strings.Join(on, " or ")), units.Span(v.Plan.AbortGraceNS))})
	}
	if v.Plan.Profiled != "" {
		facts = append(facts, page.Text{Text: fmt.Sprintf("profiled in %s, which costs the target some of its processor", name(v.Plan.Profiled))})
	}
	p.Add(page.Section{Blocks: facts}, page.Section{
		Title:  "the first " + arrivalsOf(v) + "; of queries, headers and bodies only what bench draws and what is no secret",
		Blocks: []page.Block{page.Chart{Drawing: firstRequests{v}}},
	})
	return p
}

// offeredOf says in a sentence what is offered, and how long.
func offeredOf(v *runfile.Preview) string {
	if v.PerArrival > 0 && len(v.Curve) > 0 {
		return fmt.Sprintf("%s journeys in %s · %s arrivals · seed %d · %s requests each on average, if they go to their ends, at most %s once level · the last has thought %s after the profile's end, and all is over %s later at the latest",
			units.Count(v.Requests), units.Span(v.Length), v.Plan.Arrivals, v.Seed, units.ThreeDigits(v.PerArrival), units.Rate(highestRate(&v.Plan)*v.PerArrival),
			units.Span(v.Tail), units.Span(v.Plan.DrainNS))
	}
	if len(v.Curve) > 0 {
		return fmt.Sprintf("%s requests in %s · %s arrivals · seed %d", units.Count(v.Requests), units.Span(v.Length), v.Plan.Arrivals, v.Seed)
	}
	length := "for " + units.Span(v.Length)
	if v.Requests > 0 {
		length = "until " + plural(v.Requests, "request") + " are sent, " + length + " at most"
	}
	if v.PerArrival > 0 {
		if v.Requests > 0 {
			length = "until " + plural(v.Requests, "journey") + " have begun, for " + units.Span(v.Length) + " at most"
		}
		length += fmt.Sprintf(", in journeys of %s requests on average", units.ThreeDigits(v.PerArrival))
	}
	return fmt.Sprintf("closed model, %s%s %s · seed %d", usersOf(&v.Plan), thinking(&v.Plan), length, v.Seed)
}

// arrivalsOf says what arrives.
func arrivalsOf(v *runfile.Preview) string {
	if v.PerArrival > 0 {
		return "journeys, as if answers took no time, with … for what is taken of them"
	}
	return "requests"
}

// offeredCurve draws the offered rate, and lists the phases below it.
type offeredCurve struct{ *runfile.Preview }

// Lines draws the curve.
func (v offeredCurve) Lines(int) []string {
	highest := slices.Max(v.Curve)
	lines := []string{fmt.Sprintf("offered rate, 0 … %s", units.Rate(highest)), curve(v.Curve, highest)}
	for _, ph := range v.Plan.Phases {
		rate := units.Rate(ph.From)
		if ph.From != ph.To {
			rate += " → " + units.Rate(ph.To)
		}
		lines = append(lines, fmt.Sprintf("  %-10s %-10s %8s  %s", ph.Name, ph.Kind, units.Span(ph.DurationNS), rate))
	}
	return lines
}

// firstRequests lists requests, each with its headers below it.
type firstRequests struct{ *runfile.Preview }

// Lines lists the requests, none of their lines wider than width.
func (v firstRequests) Lines(width int) (lines []string) {
	for _, r := range v.First {
		at := ""
		if len(v.Curve) > 0 {
			at = fmt.Sprintf("%9s  ", units.Duration(r.At))
		}
		body := ""
		if r.Body > 0 {
			body = "  + " + units.Bytes(uint64(r.Body))
		}
		indent := page.Columns(at) + 9
		lines = append(lines, page.Wrap(fmt.Sprintf("  %3d  %s%s %s%s", r.K, at, r.Method, page.Clean(r.URL, 1<<10), body), width, indent)...)
		if len(r.Header) > 0 {
			lines = append(lines, page.Wrap(strings.Repeat(" ", indent-2)+page.Clean(strings.Join(r.Header, " · "), 1<<10), width, indent)...)
		}
	}
	return lines
}

// takes lists what the run takes of this machine and of the network.
func takes(v *runfile.Preview) []string {
	connections := plural(uint64(max(v.Plan.Connections, 0)), "connection")
	ports := "each takes a local port"
	if v.Plan.NoKeepAlive {
		ports = "each request takes a local port"
	}
	if v.Ports > 0 {
		ports += fmt.Sprintf(", of which there are %s", units.Count(uint64(v.Ports)))
	}
	if !v.Plan.NoKeepAlive {
		ports += "; where the target closes them after each answer, a request takes one"
	}
	files := ""
	if v.OpenFiles > 0 {
		files = fmt.Sprintf(" · this process may open %s", plural(v.OpenFiles, "file"))
	}
	bytes := fmt.Sprintf("requests of %s on average", units.Bytes(v.Bytes))
	if v.PerArrival > 0 {
		bytes = "requests as long as what is taken of answers"
	} else if v.Requests > 0 {
		bytes += fmt.Sprintf(", %s in all", units.Bytes(v.Bytes*v.Requests))
	}
	return []string{
		fmt.Sprintf("at most %s; %s%s", connections, ports, files),
		fmt.Sprintf("memory for histograms at most %s · %s", units.Bytes(uint64(max(v.Memory, 0))), bytes),
	}
}

// curve draws rates from 0 to the highest, a character each.
func curve(rates []float64, highest float64) string {
	var b strings.Builder
	for _, r := range rates {
		switch {
		case r <= 0 || highest <= 0:
			b.WriteString(gapCell)
		default:
			b.WriteString(bars[min(int(math.Ceil(r/highest*float64(len(bars))))-1, len(bars)-1)])
		}
	}
	return b.String()
}
