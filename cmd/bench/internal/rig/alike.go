package rig

import (
	"fmt"
	"strings"

	"github.com/seed-5a006608/bench/loadgen/runfile"
)

// alike wants the targets driven alike, so that what is compared is theirs: by one version of HTTP, unless each was asked for, and by
// one engine.
func (r *Rig) alike() error {
	if err := OneVersion(r.Targets); err != nil {
		return err
	}
	return r.oneEngine()
}

// OneVersion refuses, with a [UsageError], targets of which it is known that they will be driven by different versions of HTTP, unless
// each was asked for.
func OneVersion(list []*Target) error {
	return oneVersion(list, func(t *Target) string {
		if v := t.Plan.Speaks(); v != "" {
			return "HTTP/" + v
		}
		return ""
	})
}

// Spoken refuses targets that were driven by different versions of HTTP, unless each was asked for, and says what the targets
// spoke where that differs.
func (r *Rig) Spoken() (note string, err error) {
	if err := oneVersion(r.Targets, func(t *Target) string { return t.Protocols }); err != nil {
		return "", err
	}
	var words []string
	differ := false
	for _, t := range r.Targets {
		if t.Protocols != "" {
			words = append(words, t.by(t.Protocols))
		}
		differ = differ || t.Protocols != r.Targets[0].Protocols
	}
	if !differ {
		return "", nil
	}
	return "versions of HTTP are compared: " + strings.Join(words, ", "), nil
}

// by is how a target is called that speaks a version of HTTP, which may be in its label already.
func (t *Target) by(version string) string {
	return strings.TrimSuffix(t.label(), " "+version) + " by " + version
}

// oneVersion refuses targets that speak different versions of HTTP where one of them was not asked for.
func oneVersion(list []*Target, spoken func(*Target) string) error {
	var first *Target // of which it is known
	asked, mixed := true, ""
	for _, t := range list {
		asked = asked && t.Plan.HTTP != runfile.HTTPAuto
		switch v := spoken(t); {
		case v == "":
		case first == nil:
			first = t
		case mixed == "" && v != spoken(first):
			mixed = first.by(spoken(first)) + " and " + t.by(v)
		}
	}
	if asked || mixed == "" {
		return nil
	}
	return &UsageError{fmt.Errorf("%s are not compared: --http VERSION has all speak one; --a-http and --b-http, given both, compare versions", mixed)}
}

// oneEngine has the http engine drive all targets where one needs it.
func (r *Rig) oneEngine() error {
	engines := make([]string, len(r.Targets))
	needed := false
	for i, t := range r.Targets {
		record, err := t.Plan.Record()
		if err != nil {
			return &UsageError{err}
		}
		engines[i] = record.Engine
		needed = needed || record.Engine == runfile.EngineHTTP
	}
	for i, t := range r.Targets {
		if !needed || engines[i] == runfile.EngineHTTP {
			continue
		}
		var err error
		t.Plan.Engine = runfile.EngineHTTP
		if t.Job, err = t.Plan.Compile(); err != nil {
			return &UsageError{fmt.Errorf("another target needs the http engine: %w", err)}
		}
		t.Options.Environment.Notes = append(t.Options.Environment.Notes, "the http engine sends the requests: another target needs it")
	}
	return nil
}
