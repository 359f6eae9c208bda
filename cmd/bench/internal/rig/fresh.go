package rig

import (
	"context"

	"github.com/seed-5a006608/bench/loadgen/runfile"
	"github.com/seed-5a006608/bench/profiles"
	"github.com/seed-5a006608/bench/report/compare"
)

// Fresh is runs of one target, each of a fresh start where bench starts it.
type Fresh struct {
	Profile profiles.Profile
	Seeds   []uint64      // one a run
	Begins  func(run int) // called at the start of each run, from 1

	Runs    []*runfile.Run
	Again   int    // runs that were spoiled and repeated
	Spoiled bool   // too many runs were spoiled
	Why     string // why the last of them was spoiled
}

// Fresh drives all runs at the first target. A run that is no evidence is made again, at most half as many as there are to be.
// What there is until an error or an interrupt is kept.
func (r *Rig) Fresh(ctx context.Context, f *Fresh) error {
	t := r.Targets[0]
	first := uint64(0) // in a sequence of requests: those of the baseline begin where those of the new version do
	for len(f.Runs) < len(f.Seeds) {
		f.Begins(len(f.Runs) + 1)
		if t.Owned() {
			if err := r.Anew(ctx); err != nil {
				return err
			}
		}
		t.Plan.First = first
		run, err := t.Drive(ctx, f.Profile, nil, f.Seeds[len(f.Runs)])
		if err != nil {
			return err
		}
		why := compare.Spoiled(run)
		if why == "" {
			first = t.Plan.First
			f.Runs = append(f.Runs, run)
			continue
		}
		f.Why = why
		if f.Again++; f.Again > len(f.Seeds)/2 {
			f.Spoiled = true
			return nil
		}
	}
	return nil
}
