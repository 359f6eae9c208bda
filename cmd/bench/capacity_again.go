package main

import (
	"strconv"
	"time"

	"github.com/seed-5a006608/bench/report"
	"github.com/seed-5a006608/bench/report/capacity"
)

// againShare is the share of the confirmed rate in the suggested next command.
const againShare = 0.95

// againWarmUp is the warm-up of the suggested next command, long enough for journeys whose load is level after it.
func againWarmUp(c *capacity.Capacity) time.Duration {
	warmUp := 10 * time.Second
	for _, m := range c.Steps {
		warmUp = max(warmUp, m.WarmUp)
	}
	return warmUp
}

// again returns the command that drives nearly the confirmed rate for longer, at a warm service as in the search. It is empty
// without a confirmed rate.
func (o *capacityOptions) again(c *capacity.Capacity) string {
	if c.MaxRate.Confirmed == 0 || c.Size > 0 || o.from != "" {
		return ""
	}
	name := c.Target.ServiceName()
	if !c.Target.Bundled {
		name = withoutSecrets(c.Target.URL)
	}
	rate := againShare * c.MaxRate.Confirmed
	digits := 0
	if rate < 10 {
		digits = 2
	}
	words := []string{"bench", "sustained"}
	if o.targets == "" { // a targets file names its hosts itself
		words = append(words, name)
	}
	if c.Target.Named {
		words = append(words, "--name", c.Target.Name)
	}
	words = append(words, "--rate", strconv.FormatFloat(rate, 'f', digits, 64)+"/s", "--warm-up", againWarmUp(c).String())
	for _, text := range c.Objectives {
		words = append(words, "--threshold", text)
	}
	shared := repeated(o.given, func(name string) bool { return name != "name" && o.shared.Lookup(name) != nil })
	return report.Command(append(words, shared...)...)
}
