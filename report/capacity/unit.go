package capacity

import (
	"strings"

	"github.com/seed-5a006608/bench/loadgen/units"
)

// Unit is what the rates of a capacity count.
type Unit string

const (
	Requests Unit = ""

	// Journeys are counted where some are of several requests each. A journey is then one customer of the service: what is offered are
	// arrivals, what a step takes of them is journey time, and a demand is all that a journey asks of a resource.
	//
	// What does not hold of such customers is left out. Between its steps a journey is not in the service, so no M/M/c, no prediction
	// from response times and no table of expected ones is made. Under overload first steps crowd out the last ones, so what is completed
	// then is no rate that lasts: no step overloads the service or comes in bursts, and saturation is not measured.
	Journeys Unit = "journeys"
)

// notForJourneys says what is left out of the models, and why.
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

// One writes what the customer of a service is: a request, or a journey.
func (u Unit) One() string {
	if u == Requests {
		return "request"
	}
	return "journey"
}
