package main

import (
	"errors"
	"fmt"
	"time"

	"github.com/seed-5a006608/bench/loadgen"
	"github.com/seed-5a006608/bench/loadgen/runfile"
	"github.com/spf13/pflag"
)

// abortOptions are the flags that end a run early.
type abortOptions struct {
	on    []string
	grace time.Duration
}

func (o *abortOptions) addFlags(f *pflag.FlagSet) {
	f.StringArrayVar(&o.on, "abort-on", nil, "end a run early, with exit 99, as soon as this is true: errors>5%, p99>2s, rate<50/s, p95@spike>1s (repeatable)")
	f.DurationVar(&o.grace, "abort-grace", 0, "how much of the beginning --abort-on leaves out (default 10s, at most a third of the run)")
}

// parse reads conditions for a run of that length; graceGiven says whether --abort-grace was.
func (o *abortOptions) parse(conditions []string, length time.Duration, graceGiven bool) (loadgen.Abort, error) {
	a := loadgen.Abort{Grace: o.grace}
	for _, text := range conditions {
		c, err := runfile.ParseCondition(text)
		if err != nil {
			return a, fmt.Errorf("--abort-on: %w", err)
		}
		a.On = append(a.On, c)
	}
	switch {
	case graceGiven && len(a.On) == 0:
		return a, errors.New("--abort-grace is about --abort-on: give a condition with it")
	case !graceGiven && len(a.On) > 0:
		a.Grace = loadgen.DefaultGrace(length)
	}
	return a, nil
}

// aborted returns the first run that was aborted, or nil.
func aborted(runs []*runfile.Run) *runfile.Run {
	for _, r := range runs {
		if r.Abort() != nil {
			return r
		}
	}
	return nil
}
