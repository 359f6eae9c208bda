package rig

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"time"

	"github.com/seed-5a006608/bench/loadgen/request"
	"github.com/seed-5a006608/bench/report/capacity"
	"github.com/seed-5a006608/bench/targets"
)

// mostShared is for how many connections one database serves all targets: a throwaway server takes 400.
const mostShared = 350

// databases are those that bundled services are started on where a rig keeps them: one for all, or one for each.
type databases struct {
	list []*targets.Kept
	turn int // how often all targets were started anew
}

// keep makes the databases that outlive the services, where there are any to keep. Services that only read have one in common, and so
// differ in nothing that two databases could differ in.
func (r *Rig) keep(ctx context.Context) error {
	onServer := func(t *Target) bool { return t.Service != nil && t.Service.Name != "reference" }
	if !r.KeepsDatabases || r.Serving.DB == "" || !all(r.Targets, onServer) {
		return nil
	}
	for _, t := range r.Targets[:r.ownDatabases()] {
		began := time.Now()
		data, err := targets.Keep(ctx, t.Name, t.startOptions(r, func(text string) { r.Say(t.label(), text) }))
		if err != nil {
			return interruptedOr(ctx, err)
		}
		r.data.list = append(r.data.list, data)
		r.Filled += time.Since(began)
	}
	return nil
}

// ownDatabases is how many databases the targets need.
func (r *Rig) ownDatabases() int {
	connections := 0
	for _, t := range r.Targets {
		connections += targets.PoolSize(t.Name, r.Serving, r.processors(t)) + 1
	}
	if connections <= mostShared && all(r.Targets, (*Target).onlyReads) {
		return 1
	}
	return len(r.Targets)
}

// processors is how many a bundled service has.
func (r *Rig) processors(t *Target) int {
	return cmp.Or(t.MaxProcs, capacity.ProcessorsOf(t.Options.Environment))
}

// Kept is how many databases outlive the services: 1 is one for all; 0: each start makes its own.
func (r *Rig) Kept() int { return len(r.data.list) }

func all(list []*Target, is func(*Target) bool) bool {
	return !slices.ContainsFunc(list, func(t *Target) bool { return !is(t) })
}

// onlyReads reports whether it is certain that no request of the target's changes anything.
func (t *Target) onlyReads() bool {
	return t.Plan.Lines == nil && len(t.Plan.Journeys) == 0 && !slices.ContainsFunc(t.Plan.Requests, func(q request.Request) bool {
		return !slices.Contains([]string{"", "GET", "HEAD", "OPTIONS"}, q.Method)
	})
}

// database is the one that the target of that number is started on now, as it was made. Databases of their own go round among the
// targets, so that what two of them differ by is in the pairs; nil: the service makes its own.
func (d *databases) database(ctx context.Context, target int) (*targets.Kept, error) {
	switch len(d.list) {
	case 0:
		return nil, nil
	case 1:
		return d.list[0], nil
	}
	data := d.list[(target+d.turn)%len(d.list)]
	if d.turn == 0 {
		return data, nil
	}
	return data, data.Restore(ctx)
}

// close ends the databases, once the services have ended.
func (d *databases) close() error {
	var errs []error
	for _, data := range d.list {
		errs = append(errs, data.Close())
	}
	d.list = nil
	return errors.Join(errs...)
}
