package capacity

import (
	"errors"
	"fmt"
	"iter"
	"math"
	"slices"
	"strings"

	"github.com/goccy/go-yaml"
)

// Offer is the prices of one kind of instance, in the file's currency; 0: not offered.
type Offer struct {
	Name     string  `yaml:"name" json:"name"`
	Hourly   float64 `yaml:"hourly" json:"hourly"`                                 // on demand, an hour
	Reserved float64 `yaml:"reserved" json:"reserved,omitempty"`                   // an hour, paid for all hours whether used or not
	Spot     float64 `yaml:"spot" json:"spot,omitempty"`                           // an hour; the provider may take the instance away
	SpotLoss float64 `yaml:"spot_loss" json:"spot_loss,omitempty"`                 // share (0-1) of the spot instances that may be lost at once; default 0.2
	PerGB    float64 `yaml:"per_gb_out" json:"per_gb_out,omitempty"`               // for 10⁹ bytes sent
	Relative float64 `yaml:"relative_capacity" json:"relative_capacity,omitempty"` // capacity relative to the measured instance; default 1
}

// Prices is a price file.
type Prices struct {
	Currency string  `yaml:"currency" json:"currency"`
	Offers   []Offer `yaml:"offers" json:"offers,omitempty"`
}

const defaultSpotLoss = 0.2

// parsePrices reads a price file in YAML. Errors begin with name.
func parsePrices(name string, source []byte) (Prices, error) {
	var p Prices
	if err := yaml.UnmarshalWithOptions(source, &p, yaml.Strict()); err != nil {
		return p, fmt.Errorf("%s: %s", name, strings.SplitN(yaml.FormatError(err, false, false), "\n", 2)[0])
	}
	if len(p.Offers) == 0 {
		return p, fmt.Errorf("%s: it has no offers: give at least one with a name and an hourly price", name)
	}
	if p.Currency == "" {
		return p, fmt.Errorf("%s: it names no currency, such as currency: USD", name)
	}
	for i := range p.Offers {
		if err := p.Offers[i].check(); err != nil {
			return p, fmt.Errorf("%s: offer %d (%s): %w", name, i+1, p.Offers[i].Name, err)
		}
	}
	return p, nil
}

func (o *Offer) check() error {
	if o.Name == "" {
		return errors.New("it has no name")
	}
	for _, price := range []float64{o.Hourly, o.Reserved, o.Spot, o.PerGB, o.Relative, o.SpotLoss} {
		if price < 0 || math.IsNaN(price) || math.IsInf(price, 0) {
			return errors.New("a price is a number of 0 or more")
		}
	}
	switch {
	case o.Hourly == 0:
		return errors.New("its hourly price must be above 0: a plan at no cost says nothing")
	case o.SpotLoss >= 1:
		return errors.New("spot_loss is a share below 1")
	}
	if o.SpotLoss == 0 {
		o.SpotLoss = defaultSpotLoss
	}
	if o.Relative == 0 {
		o.Relative = 1
	}
	if o.Relative < 0.001 || o.Relative > 1000 {
		return fmt.Errorf("relative_capacity is the capacity in that of the measured instance, 0.001 to 1000, got %g", o.Relative)
	}
	return nil
}

// hoursPerMonth is a twelfth of a year's 8,760 hours.
const hoursPerMonth = 730

// Mix is the cheapest purchase of the instances that a day needs.
type Mix struct {
	Reserved int     `json:"reserved"`       // instances paid for all hours
	OnDemand float64 `json:"on_demand_mean"` // instances, mean over the day
	Spot     float64 `json:"spot_mean"`      // instances, mean over the day
	Monthly  float64 `json:"monthly"`        // cost of the instances in a month, without data transfer
}

// cheapestMix returns the cheapest mix that provides the needed instances in each equal part of the day: some reserved, the
// rest on demand or, where that is cheaper, as spot. The share spot_loss of spot instances may be lost at once, so e
// instances take ⌈e/(1 − spot_loss)⌉:
//
//	cost(R) = 730 h · (R·reserved + mean over parts of min(e·hourly, ⌈e/(1 − loss)⌉·spot)),  e = max(0, needed − R)
//
// It tries every R up to 4,096. Beyond, it tries the values of the curve itself: between two of them the cost is linear but
// for the rounding of spot instances.
func cheapestMix(o Offer, needed []int) Mix {
	most := 0
	for _, n := range needed {
		most = max(most, n)
	}
	if o.Reserved == 0 {
		most = 0
	}
	best := Mix{Monthly: math.Inf(1)}
	for reserved := range reservations(needed, most) {
		m := Mix{Reserved: reserved, Monthly: hoursPerMonth * float64(reserved) * o.Reserved}
		for _, n := range needed {
			elastic := max(0, n-reserved)
			part := 1 / float64(len(needed))
			spot := math.Ceil(float64(elastic)/(1-o.SpotLoss) - 1e-9)
			if o.Spot > 0 && spot*o.Spot < float64(elastic)*o.Hourly {
				m.Spot += spot * part
				m.Monthly += hoursPerMonth * part * spot * o.Spot
				continue
			}
			m.OnDemand += float64(elastic) * part
			m.Monthly += hoursPerMonth * part * float64(elastic) * o.Hourly
		}
		if m.Monthly < best.Monthly-1e-9 {
			best = m
		}
	}
	return best
}

// reservations returns the numbers of reserved instances to try.
func reservations(needed []int, most int) iter.Seq[int] {
	return func(yield func(int) bool) {
		for r := 0; r <= min(most, 4096); r++ {
			if !yield(r) {
				return
			}
		}
		levels := slices.Compact(slices.Sorted(slices.Values(needed)))
		for _, r := range levels {
			if r > 4096 && r <= most && !yield(r) {
				return
			}
		}
	}
}
