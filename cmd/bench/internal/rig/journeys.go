package rig

import (
	"slices"

	"github.com/seed-5a006608/bench/loadgen/request"
	"github.com/seed-5a006608/bench/profiles"
)

// mostSteps returns how many steps the longest of the journeys has; 1 where there are none, as a request is a journey of one step.
func mostSteps(journeys []request.Journey) int {
	most := 1
	for i := range journeys {
		most = max(most, len(journeys[i].Steps))
	}
	return most
}

// withoutThinking returns journeys whose users ask the next step at once.
func withoutThinking(journeys []request.Journey) []request.Journey {
	list := slices.Clone(journeys)
	for i := range list {
		list[i].Steps = slices.Clone(list[i].Steps)
		for n := range list[i].Steps {
			list[i].Steps[n].Think = profiles.Think{}
		}
	}
	return list
}
