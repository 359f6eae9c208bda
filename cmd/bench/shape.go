package main

import (
	"errors"
	"fmt"
	"io"

	"github.com/seed-5a006608/bench/profiles"
)

// shape lays the flags that change the profile over a file's.
func (o *driveOptions) shape(file profiles.File) (profiles.File, error) {
	var err error
	if file.Profile, err = o.profile(file.Profile); err != nil {
		return file, err
	}
	if o.given.Changed("warm-up") {
		if file.Profile, err = file.WithWarmUp(o.warmUp); err != nil {
			return file, fmt.Errorf("--warm-up: %w", err)
		}
		file.WarmUp = 0 // it is a phase now
	}
	if o.given.Changed("think") {
		file.Think = nil
		if o.think != "" {
			think, err := profiles.ParseThink(o.think)
			if err != nil {
				return file, fmt.Errorf("--think: %w", err)
			}
			file.Think = &think
		}
	}
	return file, nil
}

// profile makes of a profile the one that the flags of rates, users and lengths ask for.
func (o *driveOptions) profile(p profiles.Profile) (profiles.Profile, error) {
	if len(o.vuStages) > 0 {
		var err error
		if p, err = o.usersShape(); err != nil {
			return p, err
		}
	}
	if p.OfUsers() && (o.rate != "" || o.peak != "" || len(o.stages) > 0 || o.arrivals != "") {
		return p, errUsersDecide
	}
	if len(o.stages) > 0 {
		if o.rate != "" || o.peak != "" || o.duration != 0 {
			return p, errors.New("--stage makes a profile of its own: leave out --rate, --peak and --duration")
		}
		var stages []profiles.Stage
		for _, text := range o.stages {
			stage, err := profiles.ParseStage(text)
			if err != nil {
				return p, fmt.Errorf("--stage %s: %w", text, err)
			}
			stages = append(stages, stage)
		}
		var err error
		if p, err = profiles.FromStages(stages); err != nil {
			return p, fmt.Errorf("--stage: %w", err)
		}
	}
	if o.rate != "" && o.rate != "max" {
		rate, err := profiles.ParseRate(o.rate)
		if err == nil {
			p, err = p.WithRate(rate)
		}
		if err != nil {
			return p, fmt.Errorf("--rate %s: %w", o.rate, err)
		}
	}
	if o.peak != "" {
		peak, err := profiles.ParsePeak(o.peak)
		if err == nil {
			p, err = p.WithPeak(peak)
		}
		if err != nil {
			return p, fmt.Errorf("--peak %s: %w", o.peak, err)
		}
	}
	if o.duration != 0 {
		var err error
		if p, err = p.WithDuration(o.duration); err != nil {
			return p, fmt.Errorf("--duration %v: %w", o.duration, err)
		}
	}
	switch o.arrivals {
	case "":
	case string(profiles.Even), string(profiles.Poisson):
		p.Arrivals = profiles.Arrivals(o.arrivals)
	default:
		return p, fmt.Errorf("--arrivals %s: they are even or poisson", o.arrivals)
	}
	return p, p.Validate()
}

// printProfile writes the profile as a file; as it was written by hand where no flag changes it.
func (o *driveOptions) printProfile(file profiles.File, source []byte, w io.Writer) error {
	file, err := o.shape(file)
	if err != nil {
		return asUsage(err)
	}
	for _, flag := range []string{"file", "rate", "peak", "duration", "stage", "arrivals", "warm-up", "vus-stage", "think"} {
		if f := o.given.Lookup(flag); f != nil && f.Changed && f.Value.String() != f.DefValue {
			source = file.YAML()
		}
	}
	_, err = w.Write(source)
	return err
}
