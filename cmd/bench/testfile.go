package main

import (
	"time"

	"github.com/seed-5a006608/bench/profiles"
)

// takeLimits takes the file's limits where no flag and no variable gives one.
func (o *driveOptions) takeLimits(l profiles.Limits) {
	if l.Connections != 0 && !o.given.Changed("connections") {
		o.connections = l.Connections
	}
	if l.Requests != 0 && !o.given.Changed("requests") {
		o.requests = l.Requests
	}
	if l.NoKeepAlive && !o.given.Changed("no-keepalive") {
		o.noKeepAlive = true
	}
	for name, from := range map[string]struct{ file, option *time.Duration }{
		"timeout":  {&l.Timeout, &o.timeout},
		"drain":    {&l.Drain, &o.drain},
		"deadline": {&l.Deadline, &o.deadline},
	} {
		if *from.file != 0 && !o.given.Changed(name) {
			*from.option = *from.file
		}
	}
}
