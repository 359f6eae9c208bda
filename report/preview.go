package report

import (
	"fmt"
	"io"
	"math"
	"slices"
	"strings"

	"github.com/seed-5a006608/bench/loadgen"
	"github.com/seed-5a006608/bench/report/page"
)

// Preview writes what a plan would do.
func Preview(w io.Writer, v *loadgen.Preview, o Options) error {
	p := newPage(o.Width, o.Color)
	p.strong(fmt.Sprintf("%s at %s: nothing is sent", v.Plan.Profile, page.Clean(v.Target.Name, 80)))
	if len(v.Curve) > 0 {
		p.text(fmt.Sprintf("%s requests in %s · %s arrivals · seed %d", Count(v.Requests), Span(v.Length), v.Plan.Arrivals, v.Seed), 2)
		p.blank()
		highest := slices.Max(v.Curve)
		p.line(fmt.Sprintf("offered rate, 0 … %s", Rate(highest)))
		p.line(curve(v.Curve, highest))
		for _, ph := range v.Plan.Phases {
			rate := Rate(ph.From)
			if ph.From != ph.To {
				rate += " → " + Rate(ph.To)
			}
			p.line(fmt.Sprintf("  %-10s %-10s %8s  %s", ph.Name, ph.Kind, Span(ph.DurationNS), rate))
		}
	} else {
		length := "for " + Span(v.Length)
		if v.Requests > 0 {
			length = "until " + plural(v.Requests, "request") + " are sent, " + length + " at most"
		}
		p.text(fmt.Sprintf("closed model, %s%s %s · seed %d", usersOf(&v.Plan), thinking(&v.Plan), length, v.Seed), 2)
	}
	p.blank()
	for _, fact := range takes(v) {
		p.text(fact, 2)
	}
	if on := v.Plan.AbortOn; len(on) > 0 {
		p.text(fmt.Sprintf("aborted on %s, not judged in the first %s", longName(strings.Join(on, " or ")), Span(v.Plan.AbortGraceNS)), 2)
	}
	if v.Plan.Profiled != "" {
		p.text(fmt.Sprintf("profiled in %s, which costs the target some of its processor", name(v.Plan.Profiled)), 2)
	}
	p.blank()
	p.line("the first requests; of queries, headers and bodies only what bench draws and what is no secret")
	for _, r := range v.First {
		at := ""
		if len(v.Curve) > 0 {
			at = fmt.Sprintf("%9s  ", Duration(r.At))
		}
		body := ""
		if r.Body > 0 {
			body = "  + " + Bytes(uint64(r.Body))
		}
		p.text(fmt.Sprintf("  %3d  %s%s %s%s", r.K, at, r.Method, page.Clean(r.URL, 1<<10), body), page.Columns(at)+9)
		if len(r.Header) > 0 {
			p.text(strings.Repeat(" ", page.Columns(at)+7)+page.Clean(strings.Join(r.Header, " · "), 1<<10), page.Columns(at)+9)
		}
	}
	_, err := io.WriteString(w, p.out.String())
	return err
}

// takes lists what the run takes of this machine and of the network.
func takes(v *loadgen.Preview) []string {
	connections := plural(uint64(max(v.Plan.Connections, 0)), "connection")
	ports := "each takes a local port"
	if v.Plan.NoKeepAlive {
		ports = "each request takes a local port"
	}
	if v.Ports > 0 {
		ports += fmt.Sprintf(", of which there are %s", Count(uint64(v.Ports)))
	}
	if !v.Plan.NoKeepAlive {
		ports += "; where the target closes them after each answer, a request takes one"
	}
	files := ""
	if v.OpenFiles > 0 {
		files = fmt.Sprintf(" · this process may open %s", plural(v.OpenFiles, "file"))
	}
	bytes := fmt.Sprintf("requests of %s on average", Bytes(v.Bytes))
	if v.Requests > 0 {
		bytes += fmt.Sprintf(", %s in all", Bytes(v.Bytes*v.Requests))
	}
	return []string{
		fmt.Sprintf("at most %s; %s%s", connections, ports, files),
		fmt.Sprintf("memory for histograms at most %s · %s", Bytes(uint64(max(v.Memory, 0))), bytes),
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
