package main

import (
	"errors"
	"fmt"
	"strings"

	"github.com/seed-5a006608/bench/cmd/bench/internal/rig"
	"github.com/seed-5a006608/bench/loadgen/runfile"
	"github.com/seed-5a006608/bench/report/capacity"
	"github.com/seed-5a006608/bench/report/page"
)

// fromFile concludes from saved runs, or returns what a saved capacity concluded.
func (o *capacityOptions) fromFile(args []string) ([]*capacity.Capacity, error) {
	switch {
	case len(args) > 0:
		return nil, asUsage(fmt.Errorf("--from takes the steps from a file: leave out the target %s", args[0]))
	case len(o.names) > 0:
		return nil, asUsage(errors.New("--from takes the names of the targets from a file: leave out --name"))
	case o.file != "":
		return nil, asUsage(errSavedAsked)
	case len(o.gomaxprocs) > 0:
		return nil, asUsage(errors.New("--from takes the steps from a file: leave out --gomaxprocs"))
	}
	data, err := runfile.ReadBytes(o.from)
	if err != nil {
		return nil, asUsage(plain(err))
	}
	if capacity.IsFile(data) {
		return o.fromCapacity(data)
	}
	file, err := runfile.ReadFile(o.from)
	if err != nil {
		return nil, asUsage(plain(err))
	}
	var found []*capacity.Capacity
	for _, r := range file.Runs {
		objectives, err := o.objectivesOf(nil, journeysOfRun(r))
		if err != nil {
			return nil, err
		}
		search, err := capacity.FromRun(r, objectives)
		if err != nil {
			return nil, asUsage(fmt.Errorf("%s: the run at %s: %w", o.from, r.Target.Name, err))
		}
		found = append(found, capacity.Assess(r.Target, o.resources(new(rig.Target), r.Environment), search))
	}
	return found, nil
}

func (o *capacityOptions) fromCapacity(data []byte) ([]*capacity.Capacity, error) {
	found, err := capacity.Decode(o.from, data)
	switch {
	case err != nil:
		return nil, asUsage(err)
	case len(o.slo) > 0:
		return nil, asUsage(fmt.Errorf("%s: it was measured for %s, and other objectives take other steps: leave out --slo, or measure again", o.from, page.Clean(strings.Join(found[0].Objectives, " and "), 200)))
	case len(o.servers) > 0:
		return nil, asUsage(fmt.Errorf("%s: what it holds is fitted already: leave out --servers, or measure again", o.from))
	}
	return found, nil
}
