package report

import (
	"math"
	"time"

	"github.com/seed-5a006608/bench/loadgen/runfile"
	"github.com/seed-5a006608/bench/report/page"
)

// stampList says what the clock of the answers is worth, and what the network did.
func stampList(subjects []subject) page.List {
	b := page.List{Label: "timed by", Detail: page.Full}
	for _, s := range subjects {
		var parts []string
		if share, ok := stamped(s.Stamps); ok {
			parts = append(parts, "the kernel "+Percent(share)+" of the answers")
			if s.Overall.FirstByte.Count == 0 && s.Overall.ServiceTime.Count > 0 {
				parts = append(parts, "first byte not measured: longer answers were read late")
			}
		}
		if n := s.Network; n != nil && n.Samples > 0 {
			parts = append(parts,
				"round trip "+Duration(n.RoundTripSum/time.Duration(min(n.Samples, math.MaxInt64)))+" on average, "+Duration(n.RoundTripMax)+" at most",
				plural(n.Retransmitted, "segment")+" sent again")
		}
		if len(parts) > 0 {
			b.Items = append(b.Items, page.Item{Of: s.label, Text: page.Dotted(parts)})
		}
	}
	return b
}

// stamped returns the share of the answers whose arrival the kernel stamped.
func stamped(s *runfile.Stamps) (share float64, ok bool) {
	if s == nil || s.Kernel+s.User == 0 {
		return 0, false
	}
	return float64(s.Kernel) / (float64(s.Kernel) + float64(s.User)), true
}
