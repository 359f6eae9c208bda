package capacity

import (
	"strings"

	"github.com/seed-5a006608/bench/loadgen/units"
)

// Unit is the unit that the rates of a capacity count.
type Unit string

const (
	Requests Unit = ""

	// Journeys are counted where some are of several requests each. A journey is then one customer of the service: arrivals are
	// offered, their times are journey times, and a demand is the use of a resource by a whole journey.
	//
	// Models that do not hold for journeys are left out. Between its steps a journey is not in the service, so there is no M/M/c,
	// no prediction from response times and no table of expected ones. Under overload first steps crowd out the last ones, so the
	// completed rate does not last: no step overloads the service or comes in bursts, and saturation is not measured.
	Journeys Unit = "journeys"
)

// notForJourneys is the note on the models left out, with the reason.
const notForJourneys = "Saturation is not measured and no queue is fitted, so nothing is predicted from response times: a journey is several requests, and while the service is overloaded first steps crowd out the last ones."

// Rate writes a rate.
func (u Unit) Rate(perSecond float64) string {
	if u == Requests {
		return units.Rate(perSecond)
	}
	return u.of(units.Rate(perSecond))
}

// RateLow writes a lower bound of a rate.
func (u Unit) RateLow(perSecond float64) string {
	if u == Requests {
		return units.RateLow(perSecond)
	}
	return u.of(units.RateLow(perSecond))
}

func (u Unit) of(rate string) string {
	if number, ok := strings.CutSuffix(rate, "/s"); ok {
		return number + " " + string(u) + "/s"
	}
	return rate
}

// One is the name of one customer: request, or journey.
func (u Unit) One() string {
	if u == Requests {
		return "request"
	}
	return "journey"
}
