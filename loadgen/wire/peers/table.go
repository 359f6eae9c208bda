//go:build linux

package main

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"text/tabwriter"
)

// table is what is printed of a race.
type table struct{ *tabwriter.Writer }

func (p program) table(title string, columns ...string) table {
	fmt.Printf("\n%s, medians of %d runs of %v\n\n", title, p.rounds, p.length)
	t := table{tabwriter.NewWriter(os.Stdout, 0, 0, 2, ' ', tabwriter.AlignRight)}
	t.row("%s", strings.Join(columns, "\t"))
	return t
}

func (t table) row(format string, cells ...any) { fmt.Fprintf(t, format+"\t\n", cells...) }

func rateOf(m measured) float64    { return m.rate }
func cpuOf(m measured) float64     { return m.cpu }
func sendingOf(m measured) float64 { return m.sending }
func lagOf(m measured) float64     { return m.lag }
func idleOf(m measured) float64    { return m.idle }

func median(list []measured, of func(measured) float64) float64 {
	var values []float64
	for _, m := range list {
		values = append(values, of(m))
	}
	slices.Sort(values)
	return (values[(len(values)-1)/2] + values[len(values)/2]) / 2
}

// ratio is the median of the ratios round by round, because the machine drifts between rounds.
func ratio(own, peer []measured, of func(measured) float64) string {
	if len(peer) == 0 {
		return "–"
	}
	var ratios []measured
	for i := range own {
		ratios = append(ratios, measured{rate: of(own[i]) / of(peer[i])})
	}
	return fmt.Sprintf("%.2f", median(ratios, rateOf))
}
