package rig

import (
	"cmp"
	"context"
	"errors"
	"fmt"

	"github.com/seed-5a006608/bench/loadgen"
	"github.com/seed-5a006608/bench/loadgen/consistency"
	"github.com/seed-5a006608/bench/loadgen/runfile"
	"github.com/seed-5a006608/bench/targets"
	"github.com/seed-5a006608/bench/targets/link"
)

// Target is what a command drives: a bundled service or a command of the user's, which bench starts, or a URL.
type Target struct {
	Name    string           // name of the bundled service, or of the service at the URL
	Label   string           // name on the progress line; "": its name in the plan
	Service *targets.Service // nil: a URL
	Plan    loadgen.Plan     // a bundled service's has no address before it has started
	Job     *loadgen.Job     // the plan, once it is up
	Notes   []string         // notes on the input, for every run's environment

	// Ask makes the plan of a bundled service ask its requests at its address.
	Ask      func(plan *loadgen.Plan, address string) error
	MaxProcs int // GOMAXPROCS of a bundled service; 0: that of its processors

	Cold bool // no warming of its cache before the comparison

	Command string // command that serves the URL; "": the user runs the service
	Flag    string // the flag that Command came from

	Rate    float64         // rate of a round, in requests/s
	Options loadgen.Options // options of its runs, once it is up

	Protocols string // versions of HTTP that its last run spoke, see [runfile.Run.Protocols]

	Sent     uint64 // requests of a sequence, in all runs until now
	Sequence uint64 // requests that follow each other before the first comes again; 0: they do not

	host  string // at which the command serves, host:port
	child *targets.Child
	link  *targets.Child  // the link between bench and child; nil: no link
	words func() []string // lines of a bundled service on standard error since it is up
}

// Owned reports whether bench starts it.
func (t *Target) Owned() bool { return t.Service != nil || t.Command != "" }

func (t *Target) label() string { return cmp.Or(t.Label, t.Plan.Target.Name) }

// Said are notes of what a bundled service said of itself while it was driven.
func (t *Target) Said() (notes []string) {
	if t.words == nil {
		return nil
	}
	for _, line := range t.words() {
		notes = append(notes, t.Plan.Target.Name+" said: "+line)
	}
	return notes
}

// GoOn lets the next run begin in a sequence of requests where this one has ended.
func (t *Target) GoOn(run *runfile.Run) {
	t.Plan.First += run.Requests.Due
	t.Sent, t.Sequence = t.Sent+run.Requests.Sent, uint64(run.Plan.Lines)
}

// start starts what bench owns, a bundled service on a database that is kept, or where that is nil on one of its own.
func (t *Target) start(ctx context.Context, r *Rig, data *targets.Kept, say func(string)) (err error) {
	if t.Options.Ledger == nil || t.Owned() { // what bench starts begins with data of its own
		t.Options.Ledger = consistency.New()
	}
	switch {
	case data != nil:
		t.child, err = data.Start(ctx, t.Name, t.startOptions(r, say))
	case t.Service != nil:
		t.child, err = targets.Start(ctx, t.Name, t.startOptions(r, say))
	case t.Command != "":
		t.child, err = t.startCommand(ctx, r.ReadyTimeout, say)
	default:
		return nil
	}
	if err != nil {
		return interruptedOr(ctx, err)
	}
	return t.started(ctx, r)
}

// startOptions say how a bundled service is started.
func (t *Target) startOptions(r *Rig, say func(string)) targets.StartOptions {
	return targets.StartOptions{
		ServeOptions: r.Serving, CPUs: t.Options.Environment.TargetCPUs,
		MaxProcs: r.processors(t),
		Trust:    func(pem string) { t.Plan.TLS.Trusted = pem },
		Progress: say, Warn: func(text string) { r.Warn(t.label(), text) },
	}
}

// started tells the plan where what has started is.
func (t *Target) started(ctx context.Context, r *Rig) error {
	t.Options.TargetPID, t.Options.TargetExit = t.child.PID, t.child.Done()
	if t.Service == nil {
		return nil
	}
	at := t.child.URL
	if t.Plan.Link != "" {
		err := t.unlink() // from a service that was killed
		if err == nil {
			t.link, err = targets.StartLink(ctx, targets.LinkOptions{
				To: at, Link: t.Plan.Link, Seed: t.Plan.Seed, HTTP3: r.Serving.HTTP3, CPUs: t.Options.Environment.TargetCPUs,
			})
		}
		if err != nil {
			return interruptedOr(ctx, err)
		}
		at = t.link.URL
	}
	t.words, t.Plan.Target.URL = t.child.Words, at
	return t.Ask(&t.Plan, at)
}

func (t *Target) stop() error {
	failed := t.unlink()
	if t.child == nil {
		return failed
	}
	child := t.child
	t.child = nil
	if err := errors.Join(failed, child.Stop()); err != nil || t.Command == "" {
		return err
	}
	return t.outlived()
}

// unlink ends the link, where there is one.
func (t *Target) unlink() error {
	if t.link == nil {
		return nil
	}
	link := t.link
	t.link = nil
	return link.Stop()
}

// checkLink refuses a link that cannot do what is asked to the protocol that is spoken.
func (t *Target) checkLink() error {
	if t.Plan.Link == "" {
		return nil
	}
	l, err := link.Parse(t.Plan.Link)
	if err == nil {
		err = l.Check(t.Plan.HTTP == runfile.HTTP3)
	}
	if err != nil {
		return &UsageError{fmt.Errorf("--link: %w", err)}
	}
	return nil
}
