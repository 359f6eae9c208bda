package capacity

import (
	"bytes"
	"cmp"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/goccy/go-yaml"

	"github.com/seed-5a006608/bench/loadgen/units"
)

// PlanText is the inputs of a plan as text, from flags or a YAML file. "" means: not given.
type PlanText struct {
	Demand   string `yaml:"demand"`    // 5000/s, at the peak
	Curve    string `yaml:"curve"`     // CSV file of a day
	Growth   string `yaml:"growth"`    // 4%/month
	Peaks    string `yaml:"peaks"`     // CSV file of past peaks by month
	Horizon  string `yaml:"horizon"`   // months
	Headroom string `yaml:"headroom"`  // 30%
	Survive  string `yaml:"survive"`   // nothing, instance, or zone:3
	Spike    string `yaml:"spike"`     // factor
	ScaleLag string `yaml:"scale_lag"` // 3m
	Fleet    string `yaml:"fleet"`     // instances today
	Prices   string `yaml:"prices"`    // YAML file
}

// ParsePlanText reads a plan's file. Errors begin with name.
func ParsePlanText(name string, source []byte) (PlanText, error) {
	var t PlanText
	if err := yaml.UnmarshalWithOptions(source, &t, yaml.Strict()); err != nil {
		return t, fmt.Errorf("%s: %s", name, strings.SplitN(yaml.FormatError(err, false, false), "\n", 2)[0])
	}
	return t, nil
}

// Or returns t with its empty fields taken from u.
func (t PlanText) Or(u PlanText) PlanText {
	return PlanText{ // by place, so that none is left out
		cmp.Or(t.Demand, u.Demand), cmp.Or(t.Curve, u.Curve), cmp.Or(t.Growth, u.Growth), cmp.Or(t.Peaks, u.Peaks), cmp.Or(t.Horizon, u.Horizon),
		cmp.Or(t.Headroom, u.Headroom), cmp.Or(t.Survive, u.Survive), cmp.Or(t.Spike, u.Spike), cmp.Or(t.ScaleLag, u.ScaleLag),
		cmp.Or(t.Fleet, u.Fleet), cmp.Or(t.Prices, u.Prices),
	}
}

// Given reports whether any field is given.
func (t PlanText) Given() bool { return t != PlanText{} }

// Inputs parses the texts, and reads the files that they name with read. Empty fields come from base, the inputs of an
// earlier plan, or are defaults. Errors name the field.
func (t PlanText) Inputs(base *Inputs, read func(path string) ([]byte, error)) (*Inputs, error) {
	in := &Inputs{Horizon: 12}
	if base != nil {
		*in = *base
	}
	for _, field := range []struct {
		name, text string
		set        func(string) error
	}{
		{"curve", t.Curve, func(s string) error {
			return fromFile(read, s, func(b []byte) (err error) {
				in.Curve, err = readCurve(s, bytes.NewReader(b))
				in.Growth.Level = 0
				return err
			})
		}},
		{"demand", t.Demand, func(s string) (err error) {
			in.Demand, err = positiveRate(s)
			in.Curve, in.Growth.Level = nil, 0
			return err
		}},
		{"peaks", t.Peaks, func(s string) error { return fromFile(read, s, func(b []byte) error { return in.takePeaks(s, b, t) }) }},
		{"growth", t.Growth, func(s string) (err error) { in.Growth, err = parseGrowth(s); return err }},
		{"horizon", t.Horizon, func(s string) error { return whole(s, "months", &in.Horizon) }},
		{"headroom", t.Headroom, func(s string) error {
			part, err := percent(s)
			in.Use = 1 - part
			return err
		}},
		{"survive", t.Survive, func(s string) error {
			kind, zones, given := strings.Cut(s, ":")
			if in.Survive, in.Zones = kind, 0; given {
				return whole(zones, "zones", &in.Zones)
			}
			return nil
		}},
		{"spike", t.Spike, func(s string) error {
			v, ok := units.ParseNumber(strings.TrimSuffix(s, "x"))
			if !ok {
				return fmt.Errorf("%q is no factor such as 1.5", s)
			}
			in.Spike = v
			return nil
		}},
		{"scale_lag", t.ScaleLag, func(s string) (err error) {
			if in.ScaleLag, err = time.ParseDuration(s); err != nil {
				return fmt.Errorf("%q is no duration with a unit, such as 3m", s)
			}
			return nil
		}},
		{"fleet", t.Fleet, func(s string) error { return whole(s, "instances", &in.Fleet) }},
		{"prices", t.Prices, func(s string) error {
			return fromFile(read, s, func(b []byte) (err error) { in.Prices, err = parsePrices(s, b); return err })
		}},
	} {
		if field.text == "" {
			continue
		}
		if err := field.set(field.text); err != nil {
			return nil, fmt.Errorf("%s: %w", field.name, err)
		}
	}
	switch {
	case t.Demand == "" && t.Curve == "" && t.Peaks == "" && base == nil:
		return nil, fmt.Errorf("a plan needs the demand of now: give it as demand, such as 5000/s, or as the curve of a day")
	case t.Demand != "" && t.Curve != "":
		return nil, fmt.Errorf("demand and curve both say what the demand is: give one")
	case t.Growth != "" && t.Peaks != "":
		return nil, fmt.Errorf("growth and peaks both say how it grows: give one")
	}
	return in, in.Check()
}

// takePeaks fits the growth to past peaks. The last peak becomes today's demand where no other is given.
func (in *Inputs) takePeaks(name string, source []byte, t PlanText) error {
	peaks, err := readPeaks(name, bytes.NewReader(source))
	if err != nil {
		return err
	}
	in.Growth = fitGrowth(peaks)
	if t.Demand == "" && t.Curve == "" {
		in.Demand, in.Curve = peaks[len(peaks)-1], nil
	} else {
		in.Growth.Level = 0
	}
	return nil
}

func fromFile(read func(string) ([]byte, error), path string, use func([]byte) error) error {
	source, err := read(path)
	if err != nil {
		return err
	}
	return use(source)
}

func whole(s, unit string, v *int) error {
	s = strings.TrimSpace(strings.TrimSuffix(strings.TrimSpace(s), unit))
	n, err := strconv.Atoi(s)
	if err != nil {
		return fmt.Errorf("%q is no whole number of %s", s, unit)
	}
	*v = n
	return nil
}

func percent(s string) (float64, error) {
	v, ok := units.ParsePercent(s)
	switch {
	case !ok:
		return 0, fmt.Errorf("%q is no percentage such as 30%%", s)
	case !(v >= 0 && v < 100):
		return 0, fmt.Errorf("it must be 0 %% or more and below 100 %%, got %s", s)
	}
	return v / 100, nil
}
