package compare

const (
	// guardLevel is the two-sided error of the test whether bench is late as often beside one arm as beside the other.
	guardLevel = 0.01

	// mostDisturbed is the share of an arm's requests above which what is left of them is not believed alone.
	mostDisturbed = 0.35
)

// Guard says whether leaving out the requests that bench's own lateness disturbed was fair to both arms. Where one makes
// bench late, what is left flatters it, and all of it blames it for everything: then each verdict has to hold by what
// speaks against it.
type Guard struct {
	A, B      float64 // shares of the requests that were disturbed, 0-1
	Low, High float64 // of B's share less A's, by pairs, at guardLevel; ±Inf where there is no bound
	Differs   bool    // the shares differ by more than chance
	TooMany   bool    // one of them is above what is believed
}

// Fired reports whether verdicts had to hold in the rest and in all requests.
func (g Guard) Fired() bool { return g.Differs || g.TooMany }

// MoreBesideB reports beside which arm bench was late more often.
func (g Guard) MoreBesideB() bool { return g.B > g.A }

// disturbance counts requests that were disturbed.
type disturbance struct{ disturbed, due uint64 }

func (d disturbance) share() float64 { return perRequest(d.disturbed, float64(d.due)) }

// guardOf compares the shares of rounds that were driven in turn. It counts by pairs and never by request, as lateness
// comes in clumps.
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

// confirm holds the verdicts of latencies against all requests, which all has by metric, where the guard fired. A regression
// stands by the rest alone; a pass, and in a comparison either direction, takes both.
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
