package report

import (
	"fmt"
	"io"
	"math"
	"slices"
	"strings"

	"github.com/seed-5a006608/bench/loadgen"
)

// Preview writes what a plan would do.
func Preview(w io.Writer, v *loadgen.Preview, o Options) error {
	p := newPage(o.Width, o.Color)
	p.strong(fmt.Sprintf("%s at %s: nothing is sent", v.Plan.Profile, Clean(v.Target.Name, 80)))
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
		p.text(fmt.Sprintf("closed model, %d users for %s · seed %d", v.Plan.VUs, Span(v.Length), v.Seed), 2)
	}
	p.blank()
	p.line(fmt.Sprintf("connections at most %s · memory for histograms at most %s · body of a request %s on average",
		Count(uint64(max(v.Plan.Connections, 0))), Bytes(uint64(max(v.Memory, 0))), Bytes(v.BodyBytes)))
	if on := v.Plan.AbortOn; len(on) > 0 {
		p.text(fmt.Sprintf("aborted on %s, not judged in the first %s", longName(strings.Join(on, " or ")), Span(v.Plan.AbortGraceNS)), 2)
	}
	if v.Plan.Profiled != "" {
		p.text(fmt.Sprintf("profiled in %s, which costs the target some of its processor", name(v.Plan.Profiled)), 2)
	}
	p.blank()
	p.line("the first requests, query values and bodies left out")
	for _, r := range v.First {
		at := ""
		if len(v.Curve) > 0 {
			at = fmt.Sprintf("%9s  ", Duration(r.At))
		}
		body := ""
		if r.Body > 0 {
			body = "  + " + Bytes(uint64(r.Body))
		}
		p.line(fmt.Sprintf("  %3d  %s%s %s%s", r.K, at, r.Method, r.URL, body))
	}
	_, err := io.WriteString(w, p.out.String())
	return err
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
