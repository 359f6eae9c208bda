package selfcheck

import (
	"slices"
	"time"

	"github.com/seed-5a006608/bench/loadgen/runfile"
	"github.com/seed-5a006608/bench/profiles"
)

// Answer is one request as the server logged it.
type Answer struct {
	StartNS int64         // its header was read; Unix time
	Total   time.Duration // from there until the answer was handed to the kernel
}

// truth is what really became of a run's requests, the warm-up's left out.
type truth struct {
	service  runfile.Dist // of the server alone
	response runfile.Dist // from the intended start until the answer was handed to the kernel
	arrived  runfile.Dist // from the intended start until the server had read the request
}

// digits is the precision of the histograms of a run's totals. The truth passes through the same histograms, so that
// both sides round alike: at 20 ms a bucket is 16 us wide.
const digits = 3

// pair joins a run's schedule and the server's log, the i-th request that was due and the i-th that came. Requests due
// close to each other may come in another order, which moves a figure by no more than the distance between them. ok is
// false where the two are not of the same requests: some failed, or the log has others.
func pair(load Load, run *runfile.Run, answers []Answer) (t truth, ok bool) {
	schedule, err := profiles.NewSchedule(load.Profile, load.Seed)
	if err != nil || len(answers) == 0 || uint64(len(answers)) != schedule.Total() || run.Requests.Succeeded != schedule.Total() {
		return truth{}, false
	}
	answers = slices.Clone(answers)
	slices.SortFunc(answers, func(a, b Answer) int { return int(a.StartNS - b.StartNS) })
	var service, response, arrived []time.Duration
	warmUp := schedule.Spans()[0]
	if load.Profile.Phases[0].Kind != profiles.Warmup {
		warmUp.Count = 0
	}
	cursor := schedule.Cursor()
	for _, a := range answers {
		k, at, _ := cursor.Next()
		if k < warmUp.Count {
			continue
		}
		late := time.Duration(a.StartNS - run.Started.Add(at).UnixNano())
		service = append(service, a.Total)
		arrived = append(arrived, late)
		response = append(response, late+a.Total)
	}
	return truth{
		service:  runfile.NewDist(digits, service, nil),
		response: runfile.NewDist(digits, response, nil),
		arrived:  runfile.NewDist(digits, arrived, nil),
	}, true
}

// latenessOf summarises a distribution.
func latenessOf(d *runfile.Dist) Lateness {
	return Lateness{Count: d.Count, P50NS: d.P50NS, P99NS: d.P99NS, P999NS: d.P999NS, MaxNS: d.MaxNS}
}

// latenessOrNil summarises values, of which there may be none.
func latenessOrNil(values []time.Duration) *Lateness {
	if len(values) == 0 {
		return nil
	}
	d := runfile.NewDist(digits, values, nil)
	l := latenessOf(&d)
	return &l
}
