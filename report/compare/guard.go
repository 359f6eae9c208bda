package compare

const (
	// guardLevel is the two-sided error of the test whether bench disturbs both arms equally often.
	guardLevel = 0.01

	// mostDisturbed is the share of disturbed requests above which the others alone are not believed.
	mostDisturbed = 0.35
)

// Guard tells whether it was fair to both arms to leave out the requests that bench's own lateness disturbed. Where an arm
// itself makes bench late, the undisturbed requests flatter it and all requests together wrong it. Then a verdict stands
// only if it holds by both.
type Guard struct {
	A, B      float64 // shares of the requests that were disturbed, 0-1
	Low, High float64 // bounds of B's share less A's, by pairs, at guardLevel; ±Inf: no bound
	Differs   bool    // the shares differ by more than chance
	TooMany   bool    // a share is above mostDisturbed
}

// Fired reports whether verdicts had to hold by the undisturbed requests and by all requests.
func (g Guard) Fired() bool { return g.Differs || g.TooMany }

// MoreBesideB reports beside which arm bench was late more often.
func (g Guard) MoreBesideB() bool { return g.B > g.A }

// disturbance is the number of disturbed requests of a round, and of all that were due.
type disturbance struct{ disturbed, due uint64 }

func (d disturbance) share() float64 { return perRequest(d.disturbed, float64(d.due)) }

// guardOf compares the disturbed shares of rounds that were driven in turn. The unit is the pair and never the request, as
// lateness comes in clumps.
func guardOf(a, b []disturbance) Guard {
	var all [2]disturbance
	var x []float64
	for i := range min(len(a), len(b)) {
		x = append(x, b[i].share()-a[i].share())
		for side, d := range []disturbance{a[i], b[i]} {
			all[side].disturbed += d.disturbed
			all[side].due += d.due
		}
	}
	d := differenceOf("pairs", x, guardLevel, true)
	g := Guard{A: all[0].share(), B: all[1].share(), Low: d.Low, High: d.High}
	g.Differs = d.Low > 0 || d.High < 0
	g.TooMany = max(g.A, g.B) > mostDisturbed
	return g
}

// confirm checks the verdicts of latencies by all requests (all, by metric) where the guard fired. A regression stands by
// the undisturbed requests alone; a pass, and any verdict of a comparison without margins, must hold by both.
func (c *Comparison) confirm(gate bool, all map[string]candidate, level float64) {
	if !c.Guard.Fired() {
		return
	}
	for i := range c.Rows {
		row := &c.Rows[i]
		if !row.Judged || row.Metric.Quantile == 0 || row.Outcome != Pass && row.Outcome != Worse && row.Outcome != Better {
			continue
		}
		of, known := all[row.Metric.Key]
		switch {
		case !known:
		case gate:
			of.pass(level)
		default:
			decideComparison(of, level)
		}
		if known && of.row.Outcome == row.Outcome {
			row.PassedAt, row.Improved = max(row.PassedAt, of.row.PassedAt), row.Improved && of.row.Improved
		} else {
			row.Outcome, row.PassedAt, row.Improved = CannotTell, 0, false
		}
	}
}
