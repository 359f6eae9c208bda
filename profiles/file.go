package profiles

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/goccy/go-yaml/ast"
)

// A File is a test file: a profile and the targets to drive with it, if any. The built-in profiles are such files without a
// target. This package does not read the texts of checks, thresholds and outputs.
type File struct {
	Profile
	Version    int           // version of the defaults, see [CurrentVersion]; 0: not given, the same as 1
	Think      *Think        // think time of users; nil: not given
	WarmUp     time.Duration // warm-up in front, in place of the profile's own; 0: no other warm-up
	Target     []Text        // bundled names or URLs
	Journeys   []Journey     // several requests of one user each, in place of Requests
	Requests   []Request     // requests to the targets; empty: the target's default requests
	Order      string        // order of the requests: sequential or random; "": not given, the same as random
	HTTP       string        // version of HTTP: 1.1, 2, 3 or auto; "": not given, the same as auto
	Expect     []Text        // conditions for an answer to be a success
	Accept     Text          // the codings of bodies that are asked for, as in gzip
	HitWhen    Text          // the header that tells a cache hit
	Origin     Origin
	Limits     Limits
	Thresholds []Text // thresholds that judge a run
	AbortOn    []Text // conditions that end a run early
	SLO        []Text // the service's objectives, in the same form
	Outputs    []Text // outputs, as kind=path
}

var (
	fileKeys = []string{"version", "name", "description", "arrivals", "think", "warm_up", "target", "phases", "order", "requests", "journeys", "http", "accept_encoding", "expect", "hit_when", "origin", "limits",
		"thresholds", "abort_on", "slo", "outputs"}
	phaseKeys = []string{"name", "kind", "duration", "rate", "from", "to", "vus"}
)

// Parse reads a test file: strict YAML of at most 1 MiB. An error reads "filename:line: what is wrong and what to do",
// naming the phase where one is meant.
//
//	version: 2               # of the defaults; without it, those of before there were versions
//	name: spike
//	arrivals: poisson        # or even, the default
//	target: cached           # optional; a list for several
//	phases:
//	  - name: calm
//	    kind: baseline       # warmup, baseline, ramp, hold, spike, recovery or step
//	    duration: 7s
//	    rate: 40/s           # or from: and to: for a rate that changes, or vus: of users, in all phases
//	order: sequential        # optional: the requests follow each other as they stand; or random, the default
//	requests:                # optional: what the targets are asked; drawn by weight where the order is random
//	  - name: item
//	    method: GET
//	    path: /items/{{zipf 1000 1.1}}
//	    headers: ["Accept: application/json"]
//	    consistency: {role: read, key: 'path~^/items/([0-9]+)', version: 'header:X-Version'} # optional, see [Consistency]
//	http: 1.1                # optional: or 2, or 3, or auto, the default
//	accept_encoding: gzip    # optional: or zstd, or identity
//	journeys:                # optional, in place of requests: several of one user, see [Journey]
//	  - name: buy
//	    steps:
//	      - {name: login, method: POST, path: /login, take: {token: "json:$.token"}}
//	      - {name: order, path: /orders, headers: ["Authorization: Bearer {{token}}"], think: 1s..3s}
//	limits:                  # optional
//	  connections: 64
//	  timeout: 5s            # and drain, deadline, requests, no_keepalive, body
//	origin:                  # optional
//	  metrics: http://127.0.0.1:9187/metrics
//	  counter: queries_total # and url, settle
//	thresholds: ["p99<200ms"] # optional, as expect, hit_when, abort_on, slo and outputs
func Parse(filename string, data []byte) (File, error) { return parse(filename, data, true) }

// ParseAsked parses a test file as Parse does, of which a command takes what is asked and of whom and drives that by a profile of its
// own: without phases it needs no name either.
func ParseAsked(filename string, data []byte) (File, error) { return parse(filename, data, false) }

// parse wants a profile where the file is the whole of what is driven.
func parse(filename string, data []byte, whole bool) (File, error) {
	r := fileReader{yamlFile: yamlFile{filename}, lines: map[string]int{}}
	pairs, err := r.document(data, fileKeys)
	if err != nil {
		return File{}, err
	}
	out := File{Profile: Profile{Arrivals: Even}}
	for _, pair := range pairs {
		r.lines[pair.key] = pair.line
		if err := r.fileKey(&out, pair); err != nil {
			return File{}, err
		}
	}
	_, phased := r.lines["phases"]
	if whole || phased || out.Name != "" && checkProfileName(out.Name) != nil {
		if err := out.Validate(); err != nil {
			return File{}, r.locate(err)
		}
	}
	if line, given := r.lines["journeys"]; given {
		for _, key := range []string{"requests", "order"} {
			if other, too := r.lines[key]; too {
				return File{}, r.errorf(max(line, other), "journeys and %s do not go together: a request is a journey of one step, so write it as one", key)
			}
		}
	}
	return out, nil
}

// fileReader remembers the line of each key, so that the errors of Validate can name it.
type fileReader struct {
	yamlFile
	lines  map[string]int
	phases []phaseLines
}

type phaseLines struct {
	line int
	keys map[string]int
}

func (r *fileReader) fileKey(out *File, pair yamlPair) (err error) {
	switch pair.key {
	case "phases":
		return r.phaseList(out, pair)
	case "target":
		return r.targets(out, pair)
	case "requests":
		return r.requestList(out, pair)
	case "journeys":
		return r.journeyList(out, pair)
	case "limits":
		return r.limits(out, pair)
	case "origin":
		return r.origin(out, pair)
	case "expect":
		out.Expect, err = r.texts(pair, "")
		return err
	case "thresholds":
		out.Thresholds, err = r.texts(pair, "")
		return err
	case "abort_on":
		out.AbortOn, err = r.texts(pair, "")
		return err
	case "slo":
		out.SLO, err = r.texts(pair, "")
		return err
	case "outputs":
		out.Outputs, err = r.texts(pair, "")
		return err
	}
	s, err := r.text(pair, "")
	if err != nil {
		return err
	}
	switch pair.key {
	case "version":
		out.Version, err = parseVersion(s)
	case "name":
		out.Name = s
	case "description":
		out.Description = strings.Join(strings.Fields(s), " ")
		if out.Description != "" {
			err = checkText(out.Description, "description", 1000)
		}
	case "arrivals":
		out.Arrivals, err = parseArrivals(s)
	case "order":
		out.Order, err = oneOf("order", s, []string{"sequential", "random"})
	case "http":
		out.HTTP, err = oneOf("http", s, []string{"1.1", "2", "3", "auto"})
	case "accept_encoding":
		out.Accept = Text{s, pair.line}
	case "hit_when":
		out.HitWhen = Text{s, pair.line}
	case "think":
		var think Think
		if think, err = ParseThink(s); err == nil {
			out.Think = &think
		}
	case "warm_up":
		if out.WarmUp, err = parseDuration(s); err == nil && out.WarmUp <= 0 {
			err = fmt.Errorf("warm_up must be above 0, got %s", quote(s))
		}
	}
	if err != nil {
		return r.errorf(pair.line, "%v", err)
	}
	return nil
}

func (r *fileReader) targets(out *File, pair yamlPair) error {
	nodes := []ast.Node{pair.value}
	if _, isMapping := pair.value.(ast.MapNode); !isMapping {
		var err error
		if nodes, err = r.items(pair, true); err != nil {
			return err
		}
	}
	if len(nodes) == 0 || len(nodes) > maxTargets {
		return r.errorf(pair.line, "target must list 1 to %d targets, got %d; leave the key out to name them on the command line",
			maxTargets, len(nodes))
	}
	for _, node := range nodes {
		s, err := r.target(node)
		if err != nil {
			return err
		}
		if err := checkText(s, "target", 2048); err != nil {
			return r.errorf(lineOf(node), "%v", err)
		}
		out.Target = append(out.Target, Text{s, lineOf(node)})
	}
	return nil
}

func (r *fileReader) phaseList(out *File, pair yamlPair) error {
	nodes, err := r.items(pair, false)
	if err != nil {
		return err
	}
	vus := FirstVUs
	for i, node := range nodes {
		ph, err := r.phase(i, node, vus)
		if err != nil {
			return err
		}
		vus = ph.ToVUs
		out.Phases = append(out.Phases, ph)
	}
	return nil
}

// phase reads a phase; before is the number of users at the end of the phase before it.
func (r *fileReader) phase(i int, node ast.Node, before int) (Phase, error) {
	where := phaseLabel(i, phaseName(node)) + ": "
	pairs, err := r.mapping(node, where, "a phase", phaseKeys)
	if err != nil {
		return Phase{}, err
	}
	given := make(map[string]string, len(pairs))
	lines := phaseLines{lineOf(node), make(map[string]int, len(pairs))}
	r.phases = append(r.phases, lines)
	for _, pair := range pairs {
		if given[pair.key], err = r.text(pair, where); err != nil {
			return Phase{}, err
		}
		lines.keys[pair.key] = pair.line
	}
	if problem := missingKey(given); problem != "" {
		return Phase{}, r.errorf(lines.line, "%s%s", where, problem)
	}
	ph := Phase{Name: given["name"]}
	fail := func(key string, err error) (Phase, error) {
		return Phase{}, r.errorf(lines.keys[key], "%s%v", where, err)
	}
	if ph.Kind, err = parseKind(given["kind"]); err != nil {
		return fail("kind", err)
	}
	if ph.Duration, err = parseDuration(given["duration"]); err != nil {
		return fail("duration", err)
	}
	if vus, ok := given["vus"]; ok {
		if ph.FromVUs, ph.ToVUs, err = parsePhaseVUs(vus, ph.Kind == Ramp, before); err != nil {
			return fail("vus", err)
		}
		return ph, nil
	}
	if _, ok := given["rate"]; ok {
		if ph.From, err = ParseRate(given["rate"]); err != nil {
			return fail("rate", err)
		}
		ph.To = ph.From
		return ph, nil
	}
	if ph.From, err = parseRate("from", given["from"]); err != nil {
		return fail("from", err)
	}
	if ph.To, err = parseRate("to", given["to"]); err != nil {
		return fail("to", err)
	}
	return ph, nil
}

// missingKey says which key of a phase is missing or conflicts with another; "" where all is well.
func missingKey(given map[string]string) string {
	for _, need := range []struct{ key, example string }{
		{"name", "name: peak"}, {"kind", "kind: hold"}, {"duration", "duration: 10s"},
	} {
		if _, ok := given[need.key]; !ok {
			return fmt.Sprintf("%s missing; add one such as \"%s\"", need.key, need.example)
		}
	}
	_, rate := given["rate"]
	_, from := given["from"]
	_, to := given["to"]
	_, vus := given["vus"]
	switch {
	case vus && (rate || from || to):
		return "vus stands beside a rate; users who wait for their answers decide the rate, so keep one of the two"
	case vus:
		return ""
	case rate && (from || to):
		return "rate stands beside from or to; keep rate for a steady phase, from and to for a changing one"
	case from && !to:
		return "to missing; a changing rate needs both from and to"
	case to && !from:
		return "from missing; a changing rate needs both from and to"
	case !rate && !from:
		return "rate missing; add one such as \"rate: 100/s\", or from and to for a changing one"
	}
	return ""
}

// phaseName looks ahead for the name, which messages about the keys before it need.
func phaseName(node ast.Node) string {
	m, ok := node.(ast.MapNode)
	if !ok {
		return ""
	}
	for it := m.MapRange(); it.Next(); {
		if key, _ := scalar(it.Key()); key == "name" {
			name, _ := scalar(it.Value())
			return name
		}
	}
	return ""
}

// locate puts the place in the file before what Validate found.
func (r *fileReader) locate(err error) error {
	var bad *fieldError
	if !errors.As(err, &bad) {
		return r.errorf(1, "%v", err)
	}
	if bad.phase < 0 {
		if line, ok := r.lines[bad.field]; ok {
			return r.errorf(line, "%v", err)
		}
		return r.errorf(1, "%v", err)
	}
	at := r.phases[bad.phase]
	for _, key := range []string{bad.field, "from"} {
		if line, ok := at.keys[key]; ok {
			return r.errorf(line, "%v", err)
		}
	}
	return r.errorf(at.line, "%v", err)
}
