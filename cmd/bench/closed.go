package main

import (
	"cmp"
	"errors"
	"fmt"

	"github.com/seed-5a006608/bench/loadgen"
	"github.com/seed-5a006608/bench/loadgen/runfile"
	"github.com/seed-5a006608/bench/profiles"
)

var errUsersDecide = errors.New("in the closed model the users decide the rate: leave out --rate, --peak, --stage and --arrivals")

// usersShape makes a profile of --vus-stage.
func (o *driveOptions) usersShape() (p profiles.Profile, err error) {
	if o.duration != 0 {
		return p, errors.New("--vus-stage makes a profile of its own: leave out --duration")
	}
	from := profiles.FirstVUs
	if o.given.Changed("vus") {
		from = o.vus
	}
	var stages []profiles.VUStage
	for _, text := range o.vuStages {
		stage, err := profiles.ParseVUStage(text)
		if err != nil {
			return p, fmt.Errorf("--vus-stage %s: %w", text, err)
		}
		stages = append(stages, stage)
	}
	if p, err = profiles.FromVUStages(from, stages); err != nil {
		return p, fmt.Errorf("--vus-stage: %w", err)
	}
	return p, nil
}

// closed returns the closed model that the flags and the file ask for, or nil.
func (o *driveOptions) closed(file profiles.File) (*loadgen.Closed, error) {
	p := file.Profile
	fast, ofUsers := o.rate == "max", p.OfUsers()
	switch {
	case !fast && !ofUsers && !o.given.Changed("vus"):
		for _, flag := range []struct {
			name  string
			given bool
		}{{"--think", file.Think != nil}, {"--start", o.start != ""}} {
			if flag.given {
				return nil, fmt.Errorf("%s is for the users of the closed model: give their number with --vus", flag.name)
			}
		}
		return nil, nil
	case fast && o.given.Changed("vus"):
		return nil, errors.New("--rate max and --vus both ask for the closed model: give one")
	case o.rate != "" && !fast || o.peak != "" || len(o.stages) > 0 || o.arrivals != "":
		return nil, errUsersDecide
	case fast && (file.Think != nil || o.start != ""):
		return nil, errors.New("--rate max is as fast as it goes: leave out --think and --start, or give --vus")
	case ofUsers && len(o.vuStages) == 0 && o.given.Changed("vus"):
		return nil, fmt.Errorf("%s says how many users there are: leave out --vus", p.Name)
	case !fast && !ofUsers && o.vus < 1:
		return nil, fmt.Errorf("--vus must be above 0, got %d", o.vus)
	}
	for _, ph := range p.Phases {
		if ph.From != p.Phases[0].From || ph.To != ph.From {
			return nil, fmt.Errorf("the closed model has no rate to change, and %s changes it: use bench sustained", p.Name)
		}
	}
	c := &loadgen.Closed{VUs: o.vus}
	if ofUsers {
		c.VUs = p.MostVUs()
	}
	if fast {
		c.VUs = cmp.Or(file.Limits.Connections, loadgen.DefaultConnections)
	}
	return c, o.thinking(c, file)
}

// thinking gives the users their think time, and how they begin.
func (o *driveOptions) thinking(c *loadgen.Closed, file profiles.File) error {
	if file.Think != nil {
		c.Think = *file.Think
	}
	switch c.Start = runfile.Start(o.start); {
	case c.Start == "" && file.AsBefore():
		c.Start = runfile.Together
	case c.Start == "":
		c.Start = runfile.Spread
	case c.Start != runfile.Spread && c.Start != runfile.Together:
		return fmt.Errorf("--start %s: it is %s or %s", o.start, runfile.Spread, runfile.Together)
	case c.Start == runfile.Spread && c.Think == profiles.Think{}:
		return errors.New("--start spread spreads users over a think time, and these do not think: give --think")
	}
	return nil
}
