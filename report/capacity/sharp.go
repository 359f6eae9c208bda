package capacity

import (
	"fmt"
	"math"
)

// Sharp is a throughput that grows in proportion to the users and then not at all, as that of a fixed number of workers
// does: X(N) = min(N · Each, Most). The law of [USL] bends more softly than that.
type Sharp struct {
	Each  float64 `json:"each"` // requests/s of one user
	Most  float64 `json:"most"` // requests/s
	Users float64 `json:"users"`
	Error float64 `json:"relative_error"` // root mean square of (measured − fitted) / fitted
}

// The law is told to fit poorly where a test finds so, or where the scatter of the throughputs is not known is off by more than
// one of seconds scatters, and the sharp bend describes the throughputs with less than half of its error.
const poorError = 0.02

// sharply compares the fitted law with the sharp bend, and says so where that is the better description.
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
	return fmt.Sprintf("the throughput rises in proportion up to %.3g users and is flat from there (%.1f %% off), as that of a fixed number of workers is", s.Users, s.Error*100)
}
