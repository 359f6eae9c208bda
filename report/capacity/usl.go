package capacity

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"

	"gonum.org/v1/gonum/stat/distuv"

	"github.com/seed-5a006608/bench/loadgen/units"
)

// Load is the measured throughput of a number of users who each wait for the answer.
type Load struct {
	Users      float64 `json:"users"`
	Throughput float64 `json:"throughput"` // requests/s
}

// USL is the fitted Universal Scalability Law:
//
//	X(N) = λ·N / (1 + σ·(N − 1) + κ·N·(N − 1))
//
// N users, X requests/s, λ the throughput of one user, σ ≥ 0 the cost of contention (waiting for what is shared), κ ≥ 0
// that of coherency (keeping copies consistent), which grows with each pair of users (Gunther, Guerrilla Capacity
// Planning, 2007, ch. 4–5). With κ > 0 the throughput peaks at N = √((1 − σ)/κ) and falls from there on.
type USL struct {
	Points  []Load    `json:"points"`
	Scatter []float64 `json:"scatter,omitempty"` // standard error of each throughput as a share of it; empty: not known
	Lambda  Estimate  `json:"lambda"`            // requests/s
	Sigma   Estimate  `json:"sigma"`
	Kappa   Estimate  `json:"kappa"`

	Peak    *Load    `json:"peak,omitempty"`    // nil: the throughput never falls
	Limit   float64  `json:"limit,omitempty"`   // λ/σ, the ceiling of a law without a peak; 0: no ceiling
	Error   float64  `json:"relative_error"`    // root mean square of (measured − fitted) / fitted
	R2      float64  `json:"r2"`                // share of the variance that the law explains; 0 for a flat line
	Fit     *float64 `json:"fit_p,omitempty"`   // P value (0-1) of the goodness of fit; nil: not tested
	Says    string   `json:"says"`              // the dominant cost, in a sentence
	Sharp   *Sharp   `json:"sharp,omitempty"`   // nil: no sharper bend describes the throughputs better than the law
	Refused string   `json:"refused,omitempty"` // why these data do not tell the coefficients; then only Points are valid

	Contradicted *Contradiction `json:"contradicted,omitempty"` // nil: no step served more than the law allows at any number of users
}

// The limits of an accepted fit.
const (
	fewestUSL   = 4    // fewest throughputs: the law has three coefficients
	widestError = 0.15 // greatest relative error
	resamples   = 200
	negligible  = 0.02 // a smaller σ costs little at any number of users of a load test
)

// FitUSL fits the law to points in the order of their users, by least squares of the throughputs, as the R package usl does,
// with gonum's Newton method and coefficients of at least 0. scatter is the standard errors of the throughputs as shares of
// them; nil: not known. Intervals are by parametric bootstrap (Efron and Tibshirani, An Introduction to the Bootstrap, 1993,
// §6.5): throughputs are drawn around the fitted ones with the observed relative error, at n − 3 degrees of freedom, and
// fitted again. The seed makes them repeatable.
func FitUSL(points []Load, scatter []float64, seed uint64) USL {
	u := USL{Points: slices.Clone(points), Scatter: scatter}
	if u.Refused = unfit(u.Points); u.Refused != "" {
		return u
	}
	free, best := fitLaw(u.Points)
	u.Lambda.Value, u.Sigma.Value, u.Kappa.Value = best.coefficients()
	u.goodness(best)
	u.test(best)
	switch {
	case !(u.Lambda.Value > 0) || math.IsInf(u.Lambda.Value, 0) || math.IsNaN(u.Error):
		u.Refused = "no curve of the law comes near the measured throughputs"
		return u
	case u.Error > widestError:
		u.Refused = fmt.Sprintf("the measured throughputs lie %.0f %% (root mean square) off any curve of the law", u.Error*100)
		if u.sharply(); u.Sharp != nil {
			u.Refused += "; " + u.Sharp.words()
		}
		return u
	}
	u.describe(u.intervals(free, seed))
	u.sharply()
	if u.Sharp == nil && u.misfits() {
		u.Says = fmt.Sprintf("the throughputs lie further off the law than they scatter (p %.2g), so its coefficients are rough: %s", *u.Fit, u.Says)
	}
	return u
}

// unlikely is the P value below which throughputs contradict the law.
const unlikely = 0.01

// misfits reports whether the test rejects the law.
func (u *USL) misfits() bool { return u.Fit != nil && *u.Fit < unlikely }

// test fills in Fit by a χ² test: the sum of squared errors in units of each throughput's standard error. The degrees of
// freedom are the number of throughputs less that of coefficients above 0.
func (u *USL) test(l law) {
	freedom, sum := len(u.Points)-1, 0.0
	for _, e := range []Estimate{u.Sigma, u.Kappa} {
		if e.Value > 0 {
			freedom--
		}
	}
	if len(u.Scatter) != len(u.Points) || freedom < 1 {
		return
	}
	for i, p := range u.Points {
		sum += math.Pow((p.Throughput/l.at(p.Users)-1)/u.Scatter[i], 2)
	}
	p := distuv.ChiSquared{K: float64(freedom)}.Survival(sum)
	u.Fit = &p
}

// most is the greatest throughput that the law allows at any number of users, within the intervals of its coefficients; 0:
// no limit.
func (u *USL) most() float64 {
	sigma, kappa := u.Sigma.Low, u.Kappa.Low
	switch {
	case kappa > 0 && sigma < 1:
		at := math.Sqrt((1 - sigma) / kappa)
		return u.Lambda.High * at / (1 + sigma*(at-1) + kappa*at*(at-1))
	case sigma > 0:
		return u.Lambda.High / min(sigma, 1)
	}
	return 0
}

// unfit returns why points cannot be fitted at all, or "".
func unfit(points []Load) string {
	distinct := map[float64]bool{}
	for _, p := range points {
		if !(p.Users > 0) || !(p.Throughput > 0) || math.IsInf(p.Users, 0) || math.IsInf(p.Throughput, 0) {
			return fmt.Sprintf("the law cannot be fitted to a throughput of %g/s with %g users", p.Throughput, p.Users)
		}
		distinct[p.Users] = true
	}
	switch {
	case len(distinct) < fewestUSL:
		return fmt.Sprintf("the law has three coefficients, and needs throughputs at %d numbers of users or more: there are %d", fewestUSL, len(distinct))
	case points[len(points)-1].Users < 4*points[0].Users:
		return "the numbers of users lie too close together to tell contention from coherency"
	}
	return ""
}

// goodness fills in Error and R2.
func (u *USL) goodness(l law) {
	var throughputs []float64
	var relative float64
	for _, p := range u.Points {
		throughputs = append(throughputs, p.Throughput)
		relative += math.Pow(p.Throughput/l.at(p.Users)-1, 2)
	}
	u.Error = math.Sqrt(relative / float64(len(u.Points)))
	if _, sd := meanOf(throughputs); sd > 0 {
		u.R2 = max(0, 1-squares(u.Points, l)/(sd*sd*float64(len(u.Points)-1)))
	}
}

// intervals fills in the intervals of the coefficients by bootstrap. The draws are fitted without bounds, so that their
// spread is not cut off at 0, and lie around the unbounded estimate. It returns the share of draws in which contention costs
// more than coherency at the greatest number of users.
func (u *USL) intervals(l law, seed uint64) (contention float64) {
	n := len(u.Points)
	freedom := max(n-3, 1)
	var relative float64
	for _, p := range u.Points {
		relative += math.Pow(p.Throughput/l.at(p.Users)-1, 2)
	}
	noise := math.Sqrt(relative / float64(freedom))
	r := rand.New(rand.NewPCG(seed, 0))
	drawn := make([]Load, n)
	var all [3][]float64
	for range resamples {
		for i, p := range u.Points {
			drawn[i] = Load{p.Users, l.at(p.Users) * max(0.01, 1+noise*r.NormFloat64())}
		}
		lambda, sigma, kappa := refine(drawn, l).coefficients()
		all[0], all[1], all[2] = append(all[0], lambda), append(all[1], sigma), append(all[2], kappa)
		if max(sigma, 0) >= max(kappa, 0)*u.Points[n-1].Users {
			contention += 1.0 / resamples
		}
	}
	lambda, sigma, kappa := l.coefficients()
	for i, e := range []*Estimate{&u.Lambda, &u.Sigma, &u.Kappa} {
		at := []float64{lambda, sigma, kappa}[i]
		// The noise is itself estimated: Student's t over the normal quantile widens for that.
		wider := spread(1, freedom) / 1.959964
		e.Low = max(0, min(e.Value, at-wider*(at-quantileOf(all[i], 0.025))))
		e.High = max(e.Value, at+wider*(quantileOf(all[i], 0.975)-at))
	}
	return contention
}

// describe fills in Says: the cost that limits scaling at the greatest measured number of users. likely is the probability
// that contention costs more there than coherency.
func (u *USL) describe(likely float64) {
	sigma, kappa := u.Sigma.Value, u.Kappa.Value
	n := u.Points[len(u.Points)-1].Users
	if kappa > 0 && sigma < 1 {
		at := math.Sqrt((1 - sigma) / kappa)
		u.Peak = &Load{at, u.Lambda.Value * at / (1 + sigma*(at-1) + kappa*at*(at-1))}
	}
	if u.Peak == nil && sigma > 0 {
		u.Limit = u.Lambda.Value / sigma
	}
	contention, coherency := sigma*(n-1), kappa*n*(n-1)
	switch {
	case u.Sigma.High >= 0.95 && sigma > 0.8 && contention > 4*coherency:
		u.Says = "it is serial: requests are served one at a time, and more users only wait longer"
	case sigma < negligible && contention+coherency < 0.1*n && u.Sigma.Low == 0:
		u.Says = fmt.Sprintf("it scales in proportion up to %g users: neither contention nor coherency shows", n)
	case likely > 1-confidence && likely < confidence:
		u.Says = fmt.Sprintf("these throughputs do not tell whether contention costs more or coherency: contention does in %.0f %% of what they allow", likely*100)
	case contention >= coherency:
		u.Says = fmt.Sprintf("contention dominates: at %g users waiting for what is shared costs %s times what coherency does", n, units.ThreeDigits(contention/max(coherency, 1e-9)))
		if coherency == 0 {
			u.Says = fmt.Sprintf("contention alone limits it: %.3g %% of the work of a request is done one at a time", sigma*100)
		}
	default:
		u.Says = fmt.Sprintf("coherency dominates: at %g users keeping consistent costs %s times what contention does", n, units.ThreeDigits(coherency/max(contention, 1e-9)))
		if contention == 0 {
			u.Says = "coherency alone limits it: what each pair of users costs adds up"
		}
	}
	if u.Peak != nil && u.Peak.Users < n {
		u.Says += fmt.Sprintf("; beyond %.0f users the throughput falls", u.Peak.Users)
	}
}
