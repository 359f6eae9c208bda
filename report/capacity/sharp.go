package capacity

import (
	"fmt"
	"math"

	"github.com/seed-5a006608/bench/loadgen/units"
)

// Sharp is a throughput that grows in proportion to the users up to a maximum, as with a fixed number of workers:
// X(N) = min(N · Each, Most). The law of [USL] bends more gradually.
type Sharp struct {
	Each  float64 `json:"each"` // requests/s of one user
	Most  float64 `json:"most"` // requests/s
	Users float64 `json:"users"`
	Error float64 `json:"relative_error"` // root mean square of (measured − fitted) / fitted
}

// poorError is the relative error from which on the law fits poorly where the scatter of the throughputs is not known: more
// than the scatter of steps of a few seconds. The sharp bend must then have less than half of the law's error.
const poorError = 0.02

// sharply fills in Sharp where the sharp bend describes the throughputs better than the fitted law.
func (u *USL) sharply() {
	if u.Fit != nil && !u.misfits() || u.Fit == nil && u.Error < poorError {
		return
	}
	best := Sharp{Error: math.Inf(1)}
	for bend := 1; bend < len(u.Points); bend++ {
		var s Sharp
		for i, p := range u.Points {
			if i < bend {
				s.Each += p.Throughput / p.Users / float64(bend)
			} else {
				s.Most += p.Throughput / float64(len(u.Points)-bend)
			}
		}
		for _, p := range u.Points {
			s.Error += math.Pow(p.Throughput/min(p.Users*s.Each, s.Most)-1, 2)
		}
		if s.Error = math.Sqrt(s.Error / float64(len(u.Points))); s.Error < best.Error {
			s.Users = s.Most / s.Each
			best = s
		}
	}
	if best.Error > u.Error/2 {
		return
	}
	u.Sharp = &best
	u.Says = fmt.Sprintf("the law fits poorly, %.1f %% off, and its σ and κ do not tell contention from coherency here: %s", u.Error*100, best.words())
}

func (s *Sharp) words() string {
	return fmt.Sprintf("the throughput rises in proportion up to %s users and is flat from there (%s off), as that of a fixed number of workers is", units.Trimmed(s.Users), units.Share(s.Error))
}
