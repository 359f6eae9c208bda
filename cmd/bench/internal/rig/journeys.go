package rig

import "github.com/seed-5a006608/bench/loadgen/request"

// mostSteps returns how many steps the longest of the journeys has; 1 where there are none, as a request is a journey of one step.
func mostSteps(journeys []request.Journey) int {
	most := 1
	for i := range journeys {
		most = max(most, len(journeys[i].Steps))
	}
	return most
}
