// Package chart draws static SVG from plain numbers: one drawing for a browser with and without scripts, for print and for a
// viewer that allows no style. It knows nothing of runs or reports.
//
//	plot.go     with series.go lines, areas, bands and dots over a time, a rate or a percentile
//	heat.go     a latency heat map over time
//	forest.go   intervals against margins, one row each
//	bars.go     figures against their limits, one row each
//	stack.go    parts of a whole as areas, and as rows
//	scale.go    axes and their ticks; unit.go writes a tick
//	palette.go  colours, dashes and shapes
//	labels.go   names at the ends of lines
//	canvas.go   the only way out: numbers bounded, text escaped
//
// A drawing uses presentation attributes only: no style, script, link, font or address. Text, axes and grid take the
// colour of the text around them, so it shows on a light and on a dark ground. The data-* attributes and the classes say
// what a script needs to draw the same picture again over another stretch of time.
//
// Any value draws something valid: NaN is a gap, values beyond ±1e18 count as that.
package chart
