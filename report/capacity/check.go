package capacity

import (
	"errors"
	"fmt"
	"math"
	"reflect"
)

// The limits of a capacity file.
const (
	mostTargets = 64
	mostSteps   = 1000
	mostParts   = 24 * 60 // parts of a day's curve
	mostOffers  = 100
	mostRate    = 1e9 // requests/s
)

// check returns an error where a figure cannot come from a measurement.
func (c *Capacity) check() error {
	if _, err := ParseObjectives(c.Objectives); err != nil {
		return fmt.Errorf("objective %w", err)
	}
	switch {
	case len(c.Steps) > mostSteps:
		return fmt.Errorf("it has %d steps, more than %d", len(c.Steps), mostSteps)
	case c.Processors < 0 || c.Processors > 1<<16 || c.Size < 0 || c.Size > 1<<16:
		return fmt.Errorf("its number of processors is not from 0 to %d", 1<<16)
	case c.MaxRate.Rate.Rate > mostRate:
		return fmt.Errorf("its rate at the objective is %g/s", c.MaxRate.Rate.Rate)
	case c.MaxRate.Rate.Rate == 0 && c.MaxRate.Outcome == Found:
		return errors.New("its rate at the objective is 0/s, and it is said to be found")
	}
	if err := plausible(reflect.ValueOf(c), "capacity"); err != nil {
		return err
	}
	for _, r := range []*Rate{&c.MaxRate.Rate, c.Saturation, c.predicted()} {
		if r != nil && (r.Low > r.Rate || r.High != 0 && r.High < r.Rate && c.MaxRate.Outcome != Nowhere) {
			return fmt.Errorf("a rate of %g/s lies outside of its interval, %g to %g/s", r.Rate, r.Low, r.High)
		}
	}
	return nil
}

func (c *Capacity) predicted() *Rate {
	if c.Predicted == nil {
		return nil
	}
	return &c.Predicted.Rate
}

// plausible returns an error for a figure below 0 anywhere in v. Exceptions are the growth of a backlog, the cost of waking,
// and a plan, which is not read but computed again.
func plausible(v reflect.Value, name string) error {
	switch v.Kind() {
	case reflect.Pointer:
		if !v.IsNil() {
			return plausible(v.Elem(), name)
		}
	case reflect.Slice:
		for i := range v.Len() {
			if err := plausible(v.Index(i), name); err != nil {
				return err
			}
		}
	case reflect.Struct:
		for i := range v.NumField() {
			field := v.Type().Field(i)
			if !field.IsExported() || field.Type == reflect.TypeFor[*Plan]() || field.Name == "Growth" || field.Name == "Wake" {
				continue
			}
			if err := plausible(v.Field(i), field.Name); err != nil {
				return err
			}
		}
	case reflect.Float64:
		if f := v.Float(); !(f >= 0) {
			return fmt.Errorf("its %s is %g", name, f)
		}
	case reflect.Int, reflect.Int64:
		if n := v.Int(); n < 0 {
			return fmt.Errorf("its %s is %d", name, n)
		}
	}
	return nil
}

// check is [Inputs.Check] for inputs from a file, which may contain values that flags do not allow.
func (in *Inputs) check() error {
	g := in.Growth
	numbers := append([]float64{g.Monthly, g.Low, g.High, g.Scatter, g.Level, in.PerRequest}, g.Seasonal...)
	for _, v := range append(numbers, in.Curve...) {
		if math.Abs(v) > mostRate {
			return fmt.Errorf("it has a figure of %g", v)
		}
	}
	switch {
	case min(g.Monthly, g.Low, g.High) <= -1 || max(g.Monthly, g.Low, g.High) > mostGrowth || g.Scatter < 0 || g.Level < 0:
		return fmt.Errorf("its growth of %g (%g to %g) is not a possible growth", g.Monthly, g.Low, g.High)
	case g.Months < 0 || g.Months > maxPeaks || g.Months > 0 && g.Months < fewestPeaks:
		return fmt.Errorf("its growth is fitted to %d months", g.Months)
	case len(g.Seasonal) != 0 && (len(g.Seasonal) != 12 || g.Months < 24 || min(g.Seasonal[0], g.Seasonal[11]) <= 0):
		return errors.New("its seasons are not those of a year")
	case len(in.Curve) > mostParts || in.Curve != nil && len(in.Curve) < 2:
		return fmt.Errorf("its curve of a day has %d parts", len(in.Curve))
	case len(in.Prices.Offers) > mostOffers:
		return fmt.Errorf("it has %d offers, more than %d", len(in.Prices.Offers), mostOffers)
	case in.PerRequest < 0:
		return errors.New("its answers have fewer than 0 bytes")
	}
	for _, v := range append(append([]float64{}, in.Curve...), g.Seasonal...) {
		if v < 0 {
			return fmt.Errorf("its curve or its seasons hold %g", v)
		}
	}
	for i := range in.Prices.Offers {
		if err := in.Prices.Offers[i].check(); err != nil {
			return fmt.Errorf("offer %d: %w", i+1, err)
		}
	}
	return in.Check()
}
