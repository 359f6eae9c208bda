package main

import (
	"errors"
	"fmt"

	"github.com/seed-5a006608/bench/cmd/bench/internal/rig"
	"github.com/seed-5a006608/bench/loadgen"
	"github.com/seed-5a006608/bench/loadgen/runfile"
)

// twoVersions reports whether a side has a version of HTTP of its own.
func (o *compareOptions) twoVersions() bool { return o.aHTTP != "" || o.bHTTP != "" }

var errTwoVersions = errors.New("--a-http and --b-http are for two that are driven side by side: give --http")

// versioned makes arms by a plan, and has each spoken to by its own version of HTTP where one was given.
func (o *compareOptions) versioned(plan loadgen.Plan, arms func(loadgen.Plan) ([]*rig.Target, error)) ([]*rig.Target, error) {
	if !o.twoVersions() {
		return arms(plan)
	}
	versions := []string{o.aHTTP, o.bHTTP}
	for _, v := range versions {
		o.serving.HTTP2 = o.serving.HTTP2 || v == runfile.HTTP2
		o.serving.HTTP3 = o.serving.HTTP3 || v == runfile.HTTP3 && o.serving.TLS
	}
	shared := plan.Wire.Connections
	plan.Wire.Connections = 0
	list, err := arms(plan)
	if err != nil {
		return nil, err
	}
	if len(list) != len(versions) {
		return nil, errTwoVersions
	}
	for i, v := range versions {
		p := &list[i].Plan
		switch v {
		case "":
		case "auto":
			p.HTTP = runfile.HTTPAuto
		default:
			p.HTTP = v
		}
		if p.HTTP == runfile.HTTP2 {
			p.Wire.Connections = shared
		}
		if err := p.Check(); err != nil {
			return nil, fmt.Errorf("%s: %w", []string{"--a-http", "--b-http"}[i], err)
		}
	}
	return list, nil
}
