// Package html writes a report as one file that needs nothing else: no network, no server and, to be read whole, no script
// and no style. Viewers that allow neither, as Jenkins does, show every section, table and chart.
//
//	html.go    the file: its head, the policy that guards it, the blocks of a page
//	table.go   tables; data.go the values behind the charts over time, which page.js reads
//	run.go     the charts of a run; overtime.go those over its time, endpoints.go, journeys.go and stale.go of its parts
//	capacity.go, comparison.go, sweep.go, history.go and selfcheck.go   the charts of each other subject
//	page.css   how it looks on a screen and on paper
//	page.js    what it does beside: a cursor over all charts, zoom, phases, sorting, a dark ground
//
// Style and script only add. The script draws the same charts again over another stretch of time, from the tables that are
// on the page, so there is one drawing and one copy of the data.
package html
